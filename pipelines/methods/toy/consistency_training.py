"""Consistency training (Song et al. 2023, arXiv 2303.01469, Algorithm 3): no teacher.

    minimise |f(x0 + sigma_{n+1} z, sigma_{n+1}) - target(x0 + sigma_n z, sigma_n)|²

Both points lie on one line from x0: an Euler step of the ODE with the denoiser's value replaced by
x0 itself. The grid may grow finer while training, from `intervals` to `final_intervals`.

Different here: the squared distance (the paper's images: LPIPS); a grid that stays as it is unless
an experiment asks for a growing one, which needs more steps than ours to pay.
"""

from __future__ import annotations

import copy
import math

import torch
from pydantic import NonNegativeInt
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective, follow
from pipelines.methods.toy import Decay, Parents, options_of, rebuild_with, shape_of


class Options(Strict):
    """What an experiment can set."""

    intervals: Positive = 18  # of the grid of noise levels, at the start
    final_intervals: NonNegativeInt = 0  # at the end; 0: as at the start
    target_ema: Decay = 0.95  # decay of the target's weights, at the start; 0: the current weights


class TrainingLoss(PlaneObjective):
    """The distance between ends from two neighbouring levels of the same noise."""

    def __init__(self, student: Denoiser, options: Options) -> None:
        self.student, self.options = student, options
        self.network = student.network
        self.target = copy.deepcopy(student).requires_grad_(False)

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared distance of f at two points of one line, over a batch (B, 2)."""
        grid = EDM.process.grid(intervals_at(progress, self.options)).to(x0.device)
        n = integers(len(grid) - 1, len(x0), generator)
        noise = gaussian(x0.shape, generator)
        x_hi, x_lo = pair(x0, noise, grid[n + 1], grid[n])
        with torch.no_grad():
            target = self.target(x_lo, grid[n])
        return (self.student(x_hi, grid[n + 1]) - target).square().mean()

    def stepped(self, progress: float) -> None:
        """Let the target follow the student."""
        decay = target_ema_at(progress, self.options)
        follow(self.target.parameters(), self.network.parameters(), decay)


def pair(x0: Tensor, noise: Tensor, high: Tensor, low: Tensor) -> tuple[Tensor, Tensor]:
    """Return x0 at two noise levels with the same noise: two points (B, 2)."""
    return EDM.process.noised(x0, noise, high), EDM.process.noised(x0, noise, low)


def intervals_at(progress: float, options: Options) -> int:
    """Return how many intervals the grid has: N(k) - 1 of Song et al. 2023, appendix C."""
    if not options.final_intervals:
        return options.intervals
    first, final = options.intervals + 1, options.final_intervals
    grown: float = (progress * ((final + 1) ** 2 - first**2) + first**2) ** 0.5
    return math.ceil(grown - 1)


def target_ema_at(progress: float, options: Options) -> float:
    """Return the target's decay mu(k): nearer to 1 as the grid gets finer (appendix C)."""
    finer = (options.intervals + 1) / (intervals_at(progress, options) + 1)
    return float(options.target_ema**finer)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh network that learns from data alone."""
    student = shape_of(experiment).fresh(EDM.consistency, generator)
    return TrainingLoss(student, options_of(experiment, Options))


rebuild = rebuild_with(EDM.process, EDM.consistency)
