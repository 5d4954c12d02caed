"""A training as it is watched: progress on the terminal, scalars and probes for the history."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from pipelines.contracts.artifacts import History
from pipelines.contracts.experiment import Experiment, Preset
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.metrics import off_manifold, sliced_w2
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import fit
from pipelines.methods.toy import Parents
from pipelines.stages.toy.drawing import noise_of
from pipelines.stages.toy.networks import MethodModule

POINTS = 50  # of a history
PROBED = 2048  # samples behind a probe
LINES = 10  # on the terminal


@dataclass(frozen=True)
class Result:
    weights: Weights
    history: History
    timing: Measurement


def trained(
    experiment: Experiment,
    method: MethodModule,
    parents: Parents,
    seed: int,
    preset: Preset,
    code: str,
) -> Result:
    """Train a network to the end; probe its one-step samples on the way."""
    steps, table, seconds = preset.steps(experiment), list[dict[str, float]](), 0.0
    generator = stream("train", seed)
    trainee = method.make(experiment, parents, generator, steps)
    for chunk in _chunks(fit(trainee, DATASETS[experiment.data].draw, generator), steps):
        seconds += chunk.seconds
        system = method.rebuild(experiment, trainee.weights(), parents)
        table.append(chunk.row | _probe(system, experiment))
        _report(experiment, table, steps)
    columns = {name: tuple(row[name] for row in table) for name in sorted(table[0])}
    history = History(experiment=experiment.name, seed=seed, columns=columns)
    return Result(trainee.weights(), history, _timing(experiment, seed, seconds, code))


@dataclass(frozen=True)
class _Chunk:
    """A stretch of training: its last row with the mean loss, and its CPU-seconds."""

    row: dict[str, float]
    seconds: float


def _chunks(scalars: Iterator[dict[str, float]], steps: int) -> Iterator[_Chunk]:
    ends = {round(steps * (i + 1) / POINTS) for i in range(POINTS)} - {0}
    losses, since = list[float](), time.process_time()
    for row in scalars:
        losses.append(row["loss"])
        if row["step"] in ends:
            mean = sum(losses) / len(losses)
            yield _Chunk({**row, "loss": mean}, time.process_time() - since)
            losses, since = [], time.process_time()


@torch.no_grad()
def _probe(system: System, experiment: Experiment) -> dict[str, float]:
    """Measure samples of one evaluation, from the same noise at each probe."""
    dataset = DATASETS[experiment.data]
    x_T = system.process.start(rows(PROBED, noise_of(experiment), stream("noise")))
    x = system.denoise(x_T, torch.tensor(system.process.highest))
    real = rows(PROBED, dataset.draw, stream("probe", experiment.data))
    off = {} if dataset.distance is None else {"off_manifold": off_manifold(x, dataset)}
    return off | {"sliced_w2": sliced_w2(x, real)}


def _report(experiment: Experiment, table: list[dict[str, float]], steps: int) -> None:
    if len(table) % (POINTS // LINES) == 0 or table[-1]["step"] == steps:
        row = table[-1]
        print(
            f"{experiment.name}: step {row['step']:.0f}/{steps}  loss {row['loss']:.4g}"
            f"  one step: {_told(row)}",
            file=sys.stderr,
            flush=True,
        )


def _told(row: dict[str, float]) -> str:
    off = row.get("off_manifold")
    return f"sliced W2 {row['sliced_w2']:.3f}" if off is None else f"{off:.1%} off the curve"


def _timing(experiment: Experiment, seed: int, seconds: float, code: str) -> Measurement:
    """Return the row of a training, called by the experiment's own steps under every preset."""
    return Measurement(
        key=f"{experiment.name}/train@{experiment.train.steps}/cpu_seconds",
        value=seconds,
        unit="s",
        seeds=(seed,),
        produced_by=Producer(rule="train", experiment=experiment.name, code=code),
    )
