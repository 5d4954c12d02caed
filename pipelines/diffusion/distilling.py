"""The objective of consistency distillation, which several methods share.

Song et al. 2023 (arXiv 2303.01469), Algorithm 2: neighbouring points of the teacher's trajectory
have the same end.
"""

from __future__ import annotations

import copy
from typing import Protocol

import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.losses import pseudo_huber
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.samplers import heun_step
from pipelines.diffusion.systems import Family
from pipelines.diffusion.training import PlaneObjective, follow


class Discretised(Protocol):
    """How fine the grid of levels is, and how slowly the target follows the student."""

    @property
    def intervals(self) -> int:
        """How many parts the noise levels are divided into."""

    @property
    def target_ema(self) -> float:
        """Decay of the target network; 0 follows the student at once."""


class DistillationLoss(PlaneObjective):
    """The squared distance of f at two neighbouring levels, or another.

    Args:
        huber: c of a pseudo-Huber distance in place of the squared one, if it is not 0.
        both_sides: The target is the student itself, and the gradient flows through both.
    """

    def __init__(
        self,
        student: Denoiser,
        teacher: Denoiser,
        family: Family,
        options: Discretised,
        huber: float = 0.0,
        both_sides: bool = False,
    ) -> None:
        self.student, self.teacher = student, teacher
        self.network, self.huber, self.both_sides = student.network, huber, both_sides
        self.target = copy.deepcopy(student).requires_grad_(False)
        self.process, self.target_ema = family.process, options.target_ema
        self.grid = family.process.grid(options.intervals)

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the mean distance of f at two neighbouring levels over a batch (B, 2)."""
        grid = self.grid.to(x0.device)
        n = integers(len(grid) - 1, len(x0), generator)
        low, high = grid[n], grid[n + 1]
        noise = gaussian(x0.shape, generator)
        x_hi = self.process.noised(x0, noise, high)
        with torch.no_grad():
            x_lo = self.solved(x_hi, high, low)
        return self.distance(self.student(x_hi, high), self.aim(x_lo, low))

    def aim(self, x_lo: Tensor, low: Tensor) -> Tensor:
        """Return f at the lower level, where the student is to agree."""
        if self.both_sides:
            return self.student(x_lo, low)
        with torch.no_grad():
            return self.target(x_lo, low)

    def distance(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the mean distance of paired points (B, 2)."""
        if self.huber:
            return pseudo_huber(x, y, self.huber).mean()
        return (x - y).square().mean()

    def solved(self, x_hi: Tensor, high: Tensor, low: Tensor) -> Tensor:
        """Return the teacher's Heun step from `high` to `low`, both (B, 1)."""
        return heun_step(self.teacher, x_hi, high, low)

    def stepped(self, progress: float) -> None:
        """Let the target follow the student."""
        follow(self.target.parameters(), self.network.parameters(), self.target_ema)
