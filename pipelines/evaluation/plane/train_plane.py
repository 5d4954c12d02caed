"""Networks of the plane in training: replicas together or apart, with probes on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from pipelines.contracts.artifacts import History
from pipelines.contracts.experiment import Experiment, Preset
from pipelines.contracts.keys import TRAIN, Sampling
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.metrics import off_manifold, sliced_w2
from pipelines.diffusion.networks import Weights, member
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import PlaneTraining, fit
from pipelines.evaluation.plane.networks import (
    Lineage,
    method_of,
    noise_of,
    parents_of,
    parents_together,
    training_of,
)
from pipelines.evaluation.progress import Progress, Row, history
from pipelines.evaluation.rows import RowMaker
from pipelines.registry import METHODS

POINTS = 50  # of a history
PROBED = 2048  # samples behind a probe


@dataclass(frozen=True)
class TrainedReplicas:
    """The replicas of an experiment; `timing` is the mean of a replica."""

    weights: dict[int, Weights]  # by seed
    histories: tuple[History, ...]
    timing: Measurement


def train_plane(
    experiment: Experiment, lineage: Lineage, preset: Preset, code: str
) -> TrainedReplicas:
    """Train the replicas to the end, as one ensemble or one after another."""
    seeds = preset.seeds(experiment)
    together = METHODS[experiment.method].together
    groups = [seeds] if together else [[seed] for seed in seeds]
    jobs = [_Job(experiment, lineage, preset, group) for group in groups]
    seconds = sum(job.train() for job in jobs)
    weights = {seed: weights for job in jobs for seed, weights in job.weights_by_seed().items()}
    histories = tuple(history for job in jobs for history in job.histories())
    producer = Producer(rule="train_plane", experiment=experiment.name, code=code)
    timing = RowMaker(experiment.name, producer).row(
        Sampling(TRAIN, experiment.train.steps),  # its own steps, under every preset
        "cpu_seconds",
        seconds / len(seeds),
        unit="s",
        n=len(seeds),
        seeds=tuple(seeds),
    )
    return TrainedReplicas(weights, histories, timing)


@dataclass
class _Job:
    """Replicas in one training."""

    experiment: Experiment
    lineage: Lineage
    preset: Preset
    seeds: Sequence[int]
    tables: dict[int, list[Row]] = field(default_factory=dict)

    @cached_property
    def source(self) -> torch.Generator | tuple[torch.Generator, ...]:
        each = tuple(stream("train", seed) for seed in self.seeds)
        return each[0] if len(each) == 1 else each

    @cached_property
    def plane_training(self) -> PlaneTraining:
        experiment, steps = self.experiment, self.preset.steps(self.experiment)
        first = self.seeds[0] - experiment.seed
        every = len(self.preset.seeds(experiment))
        if len(self.seeds) == 1:
            parents = parents_of(self.lineage, first, every)
        else:
            parents = parents_together(self.lineage, every)
        return training_of(experiment, parents, self.source, steps)

    def train(self) -> float:
        """Train to the end; probe one-step samples on the way; return the CPU-seconds."""
        steps, probe, seconds = self.preset.steps(self.experiment), Probe(self.experiment), 0.0
        progress = Progress(self.experiment.name, steps, POINTS)
        self.tables = {seed: [] for seed in self.seeds}
        training, draw = self.plane_training, DATASETS[self.experiment.data].draw
        since = time.process_time()
        for scalars in fit(training, draw, self.source):
            row = progress.saw(scalars)
            if row is None:
                continue
            seconds += time.process_time() - since
            for seed, weights in self.weights_by_seed().items():
                self.tables[seed].append(row | probe(self.rebuilt(seed, weights)))
            progress.tell(_one_step([table[-1] for table in self.tables.values()]))
            since = time.process_time()
        return seconds

    def weights_by_seed(self) -> dict[int, Weights]:
        """Return the averaged weights of every replica."""
        kept = self.plane_training.weights()
        if len(self.seeds) == 1:
            return {self.seeds[0]: kept}
        return {seed: member(kept, k) for k, seed in enumerate(self.seeds)}

    def rebuilt(self, seed: int, weights: Weights) -> System:
        experiment, every = self.experiment, len(self.preset.seeds(self.experiment))
        parents = parents_of(self.lineage, seed - experiment.seed, every)
        return method_of(experiment).rebuild(experiment, weights, parents)

    def histories(self) -> Iterator[History]:
        for seed, table in self.tables.items():
            yield history(self.experiment.name, seed, table)


class Probe:
    """Samples of one evaluation, from the same noise at each probe, measured."""

    def __init__(self, experiment: Experiment) -> None:
        self.dataset = DATASETS[experiment.data]
        self.noise = rows(PROBED, noise_of(experiment), stream("noise"))
        self.real = rows(PROBED, self.dataset.draw, stream("probe", experiment.data))

    @torch.no_grad()
    def __call__(self, system: System) -> dict[str, float]:
        x: Tensor = system.denoise(
            system.process.start(self.noise), torch.tensor(system.process.highest)
        )
        known = self.dataset.distance is not None
        off = {"off_manifold": off_manifold(x, self.dataset)} if known else {}
        return off | {"sliced_w2": sliced_w2(x, self.real)}


def _one_step(latest: Sequence[Row]) -> str:
    """Return what the probes of the replicas say."""
    each = (
        f"sliced W2 {row['sliced_w2']:.3f}"
        if row.get("off_manifold") is None
        else f"{row['off_manifold']:.1%} off the curve"
        for row in latest
    )
    return f"  one step: {'; '.join(each)}"
