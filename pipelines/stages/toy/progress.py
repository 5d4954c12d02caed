"""Trainings as they are watched: progress on the terminal, scalars and probes of histories."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from pipelines.contracts.artifacts import History
from pipelines.contracts.experiment import Experiment, Preset
from pipelines.contracts.keys import training_key
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.ensembles import member
from pipelines.diffusion.metrics import off_manifold, sliced_w2
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import Trainee, fit
from pipelines.registry import METHODS
from pipelines.stages.toy.drawing import noise_of
from pipelines.stages.toy.networks import Lineage, method_of, parents_of, parents_together

POINTS = 50  # of a history
PROBED = 2048  # samples behind a probe
LINES = 10  # on the terminal
Table = list[dict[str, float]]


@dataclass(frozen=True)
class Result:
    """The replicas of an experiment; `timing` is the mean of a replica."""

    weights: dict[int, Weights]  # by seed
    histories: tuple[History, ...]
    timing: Measurement


def trained(experiment: Experiment, lineage: Lineage, preset: Preset, code: str) -> Result:
    """Train the replicas to the end, as one ensemble or one after another."""
    seeds = preset.seeds(experiment)
    together = METHODS[experiment.method].together
    groups = [seeds] if together else [[seed] for seed in seeds]
    jobs = [_Job(experiment, lineage, preset, group) for group in groups]
    seconds = sum(job.run() for job in jobs)
    weights = {seed: weights for job in jobs for seed, weights in job.weights().items()}
    histories = tuple(history for job in jobs for history in job.histories())
    return Result(weights, histories, _timing(experiment, seeds, seconds / len(seeds), code))


@dataclass
class _Job:
    """Replicas in one training."""

    experiment: Experiment
    lineage: Lineage
    preset: Preset
    seeds: Sequence[int]
    tables: dict[int, Table] = field(default_factory=dict)

    @cached_property
    def source(self) -> torch.Generator | tuple[torch.Generator, ...]:
        each = tuple(stream("train", seed) for seed in self.seeds)
        return each[0] if len(each) == 1 else each

    @cached_property
    def trainee(self) -> Trainee:
        experiment, steps = self.experiment, self.preset.steps(self.experiment)
        first = self.seeds[0] - experiment.seed
        alone = len(self.seeds) == 1
        every = len(self.preset.seeds(experiment))
        parents = (
            parents_of(self.lineage, first, every)
            if alone
            else parents_together(self.lineage, every)
        )
        return method_of(experiment).make(experiment, parents, self.source, steps)

    def run(self) -> float:
        """Train to the end; probe one-step samples on the way; return the CPU-seconds."""
        steps, probe, seconds = self.preset.steps(self.experiment), Probe(self.experiment), 0.0
        draw = DATASETS[self.experiment.data].draw
        self.tables = {seed: [] for seed in self.seeds}
        for chunk in _chunks(fit(self.trainee, draw, self.source), steps):
            seconds += chunk.seconds
            for seed, weights in self.weights().items():
                self.tables[seed].append(chunk.row | probe(self.system(seed, weights)))
            _report(self.experiment, self.tables, steps)
        return seconds

    def weights(self) -> dict[int, Weights]:
        """Return the averaged weights of every replica."""
        kept = self.trainee.weights()
        if len(self.seeds) == 1:
            return {self.seeds[0]: kept}
        return {seed: member(kept, k) for k, seed in enumerate(self.seeds)}

    def system(self, seed: int, weights: Weights) -> System:
        experiment, every = self.experiment, len(self.preset.seeds(self.experiment))
        parents = parents_of(self.lineage, seed - experiment.seed, every)
        return method_of(experiment).rebuild(experiment, weights, parents)

    def histories(self) -> Iterator[History]:
        for seed, table in self.tables.items():
            columns = {name: tuple(row[name] for row in table) for name in sorted(table[0])}
            yield History(experiment=self.experiment.name, seed=seed, columns=columns)


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


def _report(experiment: Experiment, tables: dict[int, Table], steps: int) -> None:
    first = next(iter(tables.values()))
    if len(first) % (POINTS // LINES) == 0 or first[-1]["step"] == steps:
        row = first[-1]
        told = "; ".join(_told(table[-1]) for table in tables.values())
        print(
            f"{experiment.name}: step {row['step']:.0f}/{steps}  loss {row['loss']:.4g}"
            f"  one step: {told}",
            file=sys.stderr,
            flush=True,
        )


def _told(row: dict[str, float]) -> str:
    off = row.get("off_manifold")
    return f"sliced W2 {row['sliced_w2']:.3f}" if off is None else f"{off:.1%} off the curve"


def _timing(experiment: Experiment, seeds: list[int], seconds: float, code: str) -> Measurement:
    """Return the row of a training, called by the experiment's own steps under every preset."""
    return Measurement(
        key=training_key(experiment.name, experiment.train.steps, "cpu_seconds"),
        value=seconds,
        unit="s",
        n=len(seeds),
        seeds=tuple(seeds),
        produced_by=Producer(rule="train", experiment=experiment.name, code=code),
    )
