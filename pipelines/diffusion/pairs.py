"""Pairs of a starting noise and the end of the teacher's ODE from it, made when first asked."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.diffusion.randomness import normal
from pipelines.diffusion.samplers import last
from pipelines.diffusion.systems import System

CHUNK = 2000  # rows that fit the processor's cache


class Pairs:
    """`count` pairs; making them is part of the training that asks for them."""

    def __init__(
        self, teacher: System, sampler: str, steps: int, count: int, dim: int = 2
    ) -> None:
        self.teacher, self.sampler, self.steps = teacher, sampler, steps
        self.count, self.dim = count, dim
        self.made: tuple[Tensor, Tensor] | None = None

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw noise and ends, both (size, dim), with replacement."""
        if self.made is None:
            self.made = self.make(generator)
        noise, end = self.made
        at = torch.randint(self.count, (size,), generator=generator, device=noise.device)
        return noise[at], end[at]

    def make(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Solve the teacher's ODE from fresh noise."""
        noise = normal(self.count, generator, self.dim)
        ends = [
            last(self.teacher.states(self.sampler, self.steps, part))
            for part in noise.split(CHUNK)
        ]
        return noise, torch.cat(ends)
