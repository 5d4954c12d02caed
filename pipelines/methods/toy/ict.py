"""Improved consistency training (Song & Dhariwal 2023, arXiv 2310.14189): no teacher.

    minimise E lambda(sigma_i) d(f(x0 + sigma_{i+1} z, sigma_{i+1}), sg f(x0 + sigma_i z, sigma_i))

Against the training of 2023, as the paper's Table 1 lists it: the target is the current network
(no moving average); d is the pseudo-Huber distance (section 3.3); lambda = 1 / (sigma_{i+1} -
sigma_i) (3.1); the grid doubles (3.4); levels come from a discretised lognormal (3.5).

Different here: no dropout and no other scale of the level's embedding, as nothing is learnt by
heart from endless data; c = 0.03 and at most 320 intervals (the paper: 0.00054 sqrt(d) and 1280)
for data of two dimensions and a training of thousands of steps.
"""

from __future__ import annotations

import math

import torch
from pydantic import PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.losses import pseudo_huber
from pipelines.diffusion.randomness import Source, drawn, gaussian, members
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, options_of, rebuild_with, shape_of


class Options(Strict):
    """What an experiment can set."""

    intervals: Positive = 10  # of the grid at the start
    final_intervals: Positive = 320  # of the grid at the end
    huber: PositiveFloat = 0.03  # c of the pseudo-Huber distance
    mean: float = -1.1  # of the lognormal of the levels
    deviation: PositiveFloat = 2.0  # the same


class ImprovedLoss(PlaneObjective):
    """Consistency training with a finer grid round after round and a robust distance."""

    def __init__(self, student: Denoiser, options: Options) -> None:
        self.student, self.options = student, options
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted distance of f at two points of one line, over a batch (B, 2)."""
        grid = EDM.process.grid(intervals_at(progress, self.options)).to(x0.device)
        chances = level_chances(grid, self.options.mean, self.options.deviation)
        i = choices(chances, len(x0), generator)
        noise = gaussian(x0.shape, generator)
        low, high = grid[i], grid[i + 1]
        with torch.no_grad():
            target = self.student(EDM.process.noised(x0, noise, low), low)
        gap = pseudo_huber(
            self.student(EDM.process.noised(x0, noise, high), high), target, self.options.huber
        )
        return (gap / (high - low)).mean()


def intervals_at(progress: float, options: Options) -> int:
    """Return N(k) - 1 of section 3.4: doubled after equal shares of the training."""
    first, final = options.intervals, max(options.intervals, options.final_intervals)
    stages = math.floor(math.log2(final / first)) + 1
    return int(min(first * 2 ** math.floor(progress * stages), final))


def level_chances(grid: Tensor, mean: float, deviation: float) -> Tensor:
    """Return the chance of each interval of a rising grid (N + 1,), shape (N,) (section 3.5)."""
    z = torch.erf((grid.log() - mean) / (math.sqrt(2) * deviation))
    return z.diff() / z.diff().sum()


def choices(chances: Tensor, count: int, source: Source) -> Tensor:
    """Draw indices with given chances, shape (count, 1)."""

    def draw_intervals(share: int, generator: torch.Generator) -> Tensor:
        return torch.multinomial(chances, share, replacement=True, generator=generator)[:, None]

    return drawn(draw_intervals, count // len(members(source)), source)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh network that learns from data alone."""
    student = shape_of(experiment).fresh(EDM.consistency, generator)
    return ImprovedLoss(student, options_of(experiment, Options))


rebuild = rebuild_with(EDM.process, EDM.consistency)
