"""Wall-clock of systems, taken in rounds: a slow minute of the machine strikes all alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, stdev

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.keys import SystemKey
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.samplers import last
from pipelines.diffusion.systems import System
from pipelines.stages.toy.asked import guided_at, systems_of
from pipelines.stages.toy.drawing import fresh_noise, noise_of

SAMPLES = 1000


@dataclass(frozen=True)
class Run:
    """One system to be timed."""

    key: SystemKey
    system: System
    noise: Tensor
    renoise: list[tuple[float, Tensor]]

    def nfe(self) -> int:
        """Sample once, as a warm-up, and count the evaluations."""
        counted, counter = self.system.counted()
        self._sample(counted)
        return counter.nfe

    def seconds(self) -> float:
        since = time.perf_counter()
        self._sample(self.system)
        return time.perf_counter() - since

    def _sample(self, system: System) -> None:
        how = self.key.sampling
        last(system.states(how.base, how.steps, self.noise, self.renoise))


def runs_of(experiment: Experiment, system: System) -> Iterator[Run]:
    """Yield every sampler and step count of an experiment."""
    noise = rows(SAMPLES, noise_of(experiment), stream("noise"))
    for sampling in systems_of(experiment):
        guided = guided_at(experiment, system, sampling.guidance)
        extra = fresh_noise(experiment, guided, sampling, SAMPLES)
        yield Run(SystemKey(experiment.name, sampling), guided, noise, extra)


def timed(runs: Sequence[Run], rounds: int, producer: Producer) -> list[Measurement]:
    """Return the median seconds of every run over the rounds, two or more, sorted by key."""
    counts = [run.nfe() for run in runs]
    taken = [[run.seconds() for run in runs] for _ in range(rounds)]
    rows_ = [
        Measurement(
            key=run.key.key("seconds_per_1000"),
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
