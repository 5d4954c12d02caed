"""Data in the plane whose distribution is known exactly, so that quality can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.diffusion.randomness import Draw

NOISE = 0.05  # deviation across the curve, in the coordinates of the half circles
CENTRE = torch.tensor([0.5, 0.25])
SCALE = torch.tensor([0.8676, 0.4970])  # deviation of each axis, noise included


@dataclass(frozen=True)
class Dataset:
    """How to draw points (n, 2) of unit deviation, and how far points are from the curve.

    Attributes:
        distance: Points (n, 2) → distances to the curve in noise widths, shape (n,).
    """

    draw: Draw
    distance: Callable[[Tensor], Tensor]


def draw_moons(count: int, generator: torch.Generator) -> Tensor:
    """Draw points of two interleaved half circles, unit deviation on each axis: (count, 2)."""
    device = generator.device
    angle = torch.pi * torch.rand(count, generator=generator, device=device)
    lower = torch.rand(count, generator=generator, device=device) < 0.5
    outer = torch.stack([angle.cos(), angle.sin()], dim=1)
    inner = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], dim=1)
    noise = NOISE * torch.randn(count, 2, generator=generator, device=device)
    curve = torch.where(lower[:, None], inner, outer)
    return (curve + noise - CENTRE.to(device)) / SCALE.to(device)


def moons_distance(x: Tensor) -> Tensor:
    """Return the distance of points (n, 2) to the nearer half circle, in noise widths: (n,)."""
    raw = x * SCALE.to(x) + CENTRE.to(x)
    turned = raw.new_tensor([1.0, 0.5]) - raw  # the lower half circle, laid on the upper one
    return torch.minimum(_half_circle_distance(raw), _half_circle_distance(turned)) / NOISE


def _half_circle_distance(x: Tensor) -> Tensor:
    """Return the distance to {(cos a, sin a): 0 ≤ a ≤ pi}, shape (n,)."""
    ring = (x.norm(dim=1) - 1).abs()
    end = torch.stack([x[:, 0].abs() - 1, x[:, 1]], dim=1).norm(dim=1)
    return torch.where(x[:, 1] >= 0, ring, end)


DATASETS: dict[str, Dataset] = {"moons": Dataset(draw_moons, moons_distance)}
