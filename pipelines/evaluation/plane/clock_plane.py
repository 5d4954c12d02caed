"""Wall-clock of systems, taken in rounds: a slow minute of the machine strikes all alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, stdev

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.samplers import last
from pipelines.diffusion.systems import System
from pipelines.evaluation.plane.asked import Asked, guided_at, systems_of
from pipelines.evaluation.plane.sample_plane import fresh_noise, noise_of

SAMPLES = 1000


@dataclass(frozen=True)
class Run:
    """One system to be timed."""

    name: str  # experiment/sampler@steps
    asked: Asked
    system: System
    noise: Tensor
    renoise: list[tuple[float, Tensor]]

    def nfe(self) -> int:
        """Sample once, as a warm-up, and count the evaluations."""
        counted, counter = self.system.counted()
        last(counted.states(self.asked.base, self.asked.steps, self.noise, self.renoise))
        return counter.nfe

    def seconds(self) -> float:
        since = time.perf_counter()
        last(self.system.states(self.asked.base, self.asked.steps, self.noise, self.renoise))
        return time.perf_counter() - since


def runs_of(experiment: Experiment, system: System) -> Iterator[Run]:
    """Yield every sampler and step count of an experiment."""
    noise = rows(SAMPLES, noise_of(experiment), stream("noise"))
    for asked in systems_of(experiment):
        guided = guided_at(experiment, system, asked.guidance)
        extra = fresh_noise(experiment, guided, asked.sampler, asked.steps, SAMPLES)
        yield Run(f"{experiment.name}/{asked.name}", asked, guided, noise, extra)


def timed(runs: Sequence[Run], rounds: int, producer: Producer) -> list[Measurement]:
    """Return the median seconds of every run over the rounds, two or more, sorted by key."""
    counts = [run.nfe() for run in runs]
    taken = [[run.seconds() for run in runs] for _ in range(rounds)]
    rows_ = [
        Measurement(
            key=f"{run.name}/seconds_per_1000",
            value=median(seconds),
            unit="s",
            n=rounds,
            spread=stdev(seconds),
            spread_over=f"{rounds} repeats",
            parts=tuple(seconds),
            draws="rounds of the clock",
            nfe=nfe,
            threads=torch.get_num_threads(),
            produced_by=producer,
        )
        for run, nfe, *seconds in zip(runs, counts, *taken, strict=True)
    ]
    return sorted(rows_, key=lambda row: row.key)
