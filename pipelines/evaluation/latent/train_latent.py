"""Trainings of the tiny Stable Diffusion: a part of a base, or a model made from the base."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from statistics import fmean

from pipelines.contracts.artifacts import Arrays, History
from pipelines.contracts.keys import TRAIN, Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.evaluation.hardware import device_name
from pipelines.evaluation.progress import Progress, Row, history
from pipelines.evaluation.rows import RowMaker, spread_of
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.student_objective import StudentObjective
from pipelines.methods.latent.training import LatentTraining
from pipelines.methods.latent.training_context import TrainingContext
from pipelines.registry import LATENT_METHODS

POINTS = 200  # of a history
Trained = tuple[History, float]  # and the seconds that it took


def train_latent(
    experiment: LatentExperiment,
    parents: dict[str, Path],
    latents: Arrays,
    folder: Path,
    device: str,
) -> Trained:
    """Train once, write what was learnt into `folder`; return the history and the seconds."""
    told = load(parents["told"], device).unet if "told" in parents else None
    pipeline = load(parents["teacher"], device)
    context = TrainingContext(pipeline, latents, parents.get("adapter"), told)
    method = import_module(LATENT_METHODS[experiment.method].module)
    objective: StudentObjective = method.make(context, experiment)
    training = LatentTraining(objective, objective.tuning)
    objective.follow(training.weights())
    name = (experiment.name, experiment.seed)
    learnt = train_to_the_end(training, name, experiment.name, f"lower `lr` in {experiment.file}")
    objective.write(training.weights(), folder)
    return learnt, training.seconds


def train_to_the_end(
    training: LatentTraining,
    name: tuple[str, int],
    title: str,
    remedy: str,
    stepped: Callable[[LatentTraining], None] = lambda training: None,
) -> History:
    """Take the steps that are left and tell of them; return the history of these steps.

    Args:
        name: Experiment and seed of the history.
        title: What lines of the log begin with.
        remedy: What to do when the loss is no number; the process ends with it.
        stepped: Called after each step.
    """
    steps, table = training.tuning.steps, list[Row]()
    progress = Progress(title, steps, POINTS, math.ceil, training.done)
    try:
        while training.done < steps:
            if row := progress.saw(training.step()):
                table.append(row)
            progress.tell()
            stepped(training)
    except FloatingPointError as error:
        sys.exit(f"{title}: {error}; {remedy}")
    return history(*name, table)


def training_row(
    owner: str,
    steps: int,
    seconds: Sequence[float],
    seeds: Sequence[int],
    producer: Producer,
    device: str,
) -> Measurement:
    """Return how long trainings took: CPU-seconds, or on a GPU seconds by the clock."""
    return RowMaker(owner, producer).row(
        Sampling(TRAIN, steps),
        "seconds",
        fmean(seconds),
        unit="s",
        **spread_of(seconds, "trainings"),
        seeds=tuple(seeds),
        device=device_name(device),
    )
