"""Noise processes: how data become noise, and the levels at which a sampler stops on its way back.

Variance exploding (EDM):  x_t = x0 + sigma * noise,        sigma from 0 to sigma_max
Flow matching:             x_t = (1 - t) * x0 + t * noise,  t from 0 to 1
TrigFlow:                  x_t = cos(t) * x0 + sin(t) * noise, t from 0 to pi / 2

In the first two, the probability-flow ODE is dx/dlevel = (x - D(x, level)) / level, where D is the
denoiser E[x0 | x_t]; so samplers need not know which of the two they run on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from pipelines.diffusion.randomness import Source, gaussian

P_MEAN, P_STD = -0.8, 1.4  # of ln sigma in training
CLAMP = (0.002, 80.0)


class Process(Protocol):
    """What samplers and methods ask of a noise process. `level` has shape (B, 1) or ()."""

    @property
    def lowest(self) -> float:
        """The level that counts as data for a consistency function."""

    @property
    def highest(self) -> float:
        """The level at which sampling starts."""

    @property
    def halfway(self) -> tuple[float, float]:
        """Two levels, high and medium: a worked example looks at these."""

    def noised(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Return x_t of data and noise at a level for each point."""

    def renoised(self, x: Tensor, noise: Tensor, level: float) -> Tensor:
        """Bring a sample of level `lowest` up to `level`."""

    def start(self, noise: Tensor) -> Tensor:
        """Return x_T of standard normal noise."""

    def levels(self, steps: int, start: float | None = None) -> Tensor:
        """Return `steps` falling levels from `start` or `highest`, and a final 0."""

    def grid(self, intervals: int) -> Tensor:
        """Return rising levels from lowest to highest, shape (intervals + 1,)."""


@dataclass(frozen=True)
class VarianceExploding:
    """Karras et al. 2022 (arXiv 2206.00364), with sigma_max for data of unit deviation."""

    lowest: float = 0.01
    highest: float = 10.0
    rho: float = 7.0
    halfway: tuple[float, float] = (2.0, 0.5)

    def noised(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Return x_t = x0 + sigma * noise."""
        return x0 + level * noise

    def renoised(self, x: Tensor, noise: Tensor, level: float) -> Tensor:
        """Bring a sample of level `lowest` up to `level` (Song et al. 2023, Algorithm 1)."""
        missing: float = (level**2 - self.lowest**2) ** 0.5
        return x + missing * noise

    def start(self, noise: Tensor) -> Tensor:
        """Return x_T: beside sigma_max the data's own deviation is neglected."""
        return self.highest * noise

    def levels(self, steps: int, start: float | None = None) -> Tensor:
        """Return `steps` falling sigmas and a final 0, shape (steps + 1,)."""
        sigmas = karras(steps, self.lowest, start or self.highest, self.rho)
        return torch.cat([sigmas, sigmas.new_zeros(1)])

    def grid(self, intervals: int) -> Tensor:
        """Return rising sigmas from lowest to highest, shape (intervals + 1,)."""
        return karras(intervals + 1, self.lowest, self.highest, self.rho).flip(0)


@dataclass(frozen=True)
class EvenLevels:
    """Levels at even distances, as flows have them."""

    lowest: float
    highest: float

    def levels(self, steps: int, start: float | None = None) -> Tensor:
        """Return evenly spaced levels from `start` or the highest down to 0, (steps + 1,)."""
        return torch.linspace(start or self.highest, 0.0, steps + 1)

    def grid(self, intervals: int) -> Tensor:
        """Return evenly spaced levels from lowest to highest, shape (intervals + 1,)."""
        return torch.linspace(self.lowest, self.highest, intervals + 1)


@dataclass(frozen=True)
class FlowMatching(EvenLevels):
    """Straight lines from noise to data (Lipman et al. 2023, arXiv 2210.02747; t = 1 is noise)."""

    lowest: float = 0.01
    highest: float = 1.0
    halfway: tuple[float, float] = (2 / 3, 1 / 3)  # t / (1 - t) = 2 and 0.5

    def noised(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Return x_t = (1 - t) x0 + t noise."""
        return (1 - level) * x0 + level * noise

    def renoised(self, x: Tensor, noise: Tensor, level: float) -> Tensor:
        """Bring a sample of level `lowest` up to `level`."""
        shrink = (1 - level) / (1 - self.lowest)
        missing: float = (level**2 - (shrink * self.lowest) ** 2) ** 0.5
        return shrink * x + missing * noise

    def start(self, noise: Tensor) -> Tensor:
        """Return x_1: the noise itself."""
        return noise


@dataclass(frozen=True)
class Segmented(VarianceExploding):
    """Variance exploding, with the levels between segments as the stops of a sampler."""

    def levels(self, steps: int, start: float | None = None) -> Tensor:
        """Return `steps` falling sigmas of an even Karras grid and a final 0: (steps + 1,)."""
        sigmas = karras(steps + 1, self.lowest, start or self.highest, self.rho)
        return torch.cat([sigmas[:-1], sigmas.new_zeros(1)])


@dataclass(frozen=True)
class TrigFlow(EvenLevels):
    """Lu & Song 2024 (arXiv 2410.11081), section 3: levels are angles t, tan t = sigma of EDM.

    x_t = cos(t) x0 + sin(t) noise has unit deviation at every angle. The highest is that of
    sigma = 10 here, not pi / 2, so that the teacher has been trained at it.
    """

    lowest: float = 0.0
    highest: float = math.atan(10.0)
    halfway: tuple[float, float] = (math.atan(2.0), math.atan(0.5))

    def noised(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Return x_t = cos(t) x0 + sin(t) noise."""
        return level.cos() * x0 + level.sin() * noise

    def renoised(self, x: Tensor, noise: Tensor, level: float) -> Tensor:
        """Bring a sample up to `level`."""
        return math.cos(level) * x + math.sin(level) * noise

    def start(self, noise: Tensor) -> Tensor:
        """Return x_t of the highest level: the data's share is neglected."""
        return math.sin(self.highest) * noise


def training_sigmas(count: int, generator: Source) -> Tensor:
    """Draw the levels at which EDM trains, ln sigma ~ N(-0.8, 1.4²), shape (count, 1).

    For images Karras et al. have (-1.2, 1.2²).
    """
    normal = gaussian((count, 1), generator)
    return (P_MEAN + P_STD * normal).exp().clamp(*CLAMP)


def karras(count: int, lowest: float, highest: float, rho: float) -> Tensor:
    """Return `count` falling sigmas, evenly spaced in sigma^(1/rho) (EDM, equation 5)."""
    if count == 1:
        return torch.tensor([highest])
    ramp = torch.linspace(0, 1, count, dtype=torch.float64)
    high, low = highest ** (1 / rho), lowest ** (1 / rho)
    sigmas: Tensor = ((high + ramp * (low - high)) ** rho).float()
    sigmas[0], sigmas[-1] = highest, lowest
    return sigmas
