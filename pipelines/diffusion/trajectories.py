"""Recorded ODE trajectories: one that teaches well, and restarts from points on the way.

All points of one trajectory have the same endpoint. Solving the ODE again from several of them
shows how far a sampler keeps to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.diffusion.samplers import ODE_SAMPLERS, State, last
from pipelines.diffusion.systems import System

APART = 0.4  # least distance between the marked points of a worked example


@dataclass(frozen=True)
class Trajectories:
    """States of some points on their way.

    Attributes:
        x: Shape (S + 1, P, 2).
        level: Their noise levels, falling, S + 1 of them.
    """

    x: Tensor
    level: tuple[float, ...]

    @classmethod
    def from_states(cls, states: Sequence[State]) -> Trajectories:
        """Return the trajectories of a sampler's states."""
        return cls(torch.stack([x for x, _ in states]), tuple(level for _, level in states))

    def nearest(self, level: float) -> int:
        """Return the index of the state whose level is nearest."""
        return min(range(len(self.level)), key=lambda i: abs(self.level[i] - level))


def chosen(paths: Trajectories, high: int, medium: int) -> int:
    """Return the number of the point whose way from state `high` to the end bends most.

    Only ways whose states `high` and `medium` and whose end lie well apart count; if there are
    none (a network that has learned nothing), all do.
    """
    x = paths.x[high:]
    gaps = torch.stack(
        [
            (x[0] - paths.x[medium]).norm(dim=1),
            (paths.x[medium] - x[-1]).norm(dim=1),
            (x[0] - x[-1]).norm(dim=1),
        ]
    )
    clear = gaps.amin(dim=0) >= APART
    bend = bends(x)
    return int(torch.where(clear, bend + bend.max() + 1, bend).argmax())


def bends(x: Tensor) -> Tensor:
    """Return the largest distance of each way (S, P, dim) from its own chord, shape (P,)."""
    chord = x[-1] - x[0]
    along = chord / chord.norm(dim=1, keepdim=True).clamp_min(1e-12)
    away = x - x[0]
    across = away - (away * along).sum(-1, keepdim=True) * along
    bend: Tensor = across.norm(dim=-1).amax(dim=0)
    return bend


def restart_indices(steps: int, count: int = 5) -> list[int]:
    """Return `count` inner states of a path of `steps` steps, evenly spread."""
    return [round(steps * (i + 1) / (count + 1)) for i in range(count)]


def restarts(system: System, sampler: str, steps: int, paths: Trajectories) -> Tensor:
    """Solve again from five states on the way, with `steps` steps each: ends, (5, P, 2)."""
    return torch.stack(
        [
            last(
                ODE_SAMPLERS[sampler](
                    system.denoise, paths.x[i], system.process.levels(steps, paths.level[i])
                )
            )
            for i in restart_indices(steps)
        ]
    )
