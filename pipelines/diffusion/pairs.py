"""Pairs of a starting noise and the end of the teacher's ODE from it, made when first asked."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.diffusion.randomness import Source, gaussian, integers, members
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

    def drawn_batch(self, size: int, generator: Source) -> tuple[Tensor, Tensor]:
        """Draw noise and ends, both (size, dim), with replacement.

        Of networks trained together each draws its share from pairs of its own.
        """
        if self.made is None:
            self.made = self.solve(generator)
        noise, end = self.made
        replicas = len(members(generator))
        at = integers(self.count, size, generator).view(replicas, -1)
        at = (at + self.count * torch.arange(replicas, device=at.device)[:, None]).flatten()
        return noise[at], end[at]

    def solve(self, generator: Source) -> tuple[Tensor, Tensor]:
        """Solve the teacher's ODE from fresh noise: both (networks count, dim)."""
        replicas = len(members(generator))
        noise = gaussian((replicas * self.count, self.dim), generator)
        each = noise.view(replicas, self.count, self.dim)
        ends = [
            last(self.teacher.states(self.sampler, self.steps, part.flatten(0, 1)))
            for part in each.split(CHUNK, dim=1)
        ]
        return noise, torch.cat([end.view(replicas, -1, self.dim) for end in ends], 1).flatten(
            0, 1
        )
