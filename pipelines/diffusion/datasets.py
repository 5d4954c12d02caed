"""Data whose distribution is known, so that quality can be measured: planes, and real digits.

In the plane every set has unit deviation on each axis and noise of known width, so that "off the
manifold" has a meaning. A point's mode (half circle, Gaussian, square, digit) is a function of
the point: it is the class of a training point, and tells which modes a model reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.diffusion.digits import CLASSES, PIXELS, draw_digits, draw_held_out, nearest_digit
from pipelines.diffusion.randomness import Draw

NOISE = 0.05  # deviation across the curve, in the coordinates of the half circles
CENTRE = torch.tensor([0.5, 0.25])
SCALE = torch.tensor([0.8676, 0.4970])  # deviation of each axis, noise included
WIDTH = 0.05  # deviation of each Gaussian of a mixture
BOARD = 4  # squares on a side of the checkerboard
SIDE = 3**0.5 / 2  # of a square: a uniform board of four has deviation 1
MARGIN = 1 / 80  # of a side: what counts as one noise width beside a square


@dataclass(frozen=True)
class Dataset:
    """How to draw points (n, dim), and where a point lies.

    Attributes:
        mode: Points (n, dim) → index of the nearest mode, shape (n,). All are equally likely.
        modes: How many there are.
        distance: Points → distance to the nearest mode in noise widths, shape (n,); None: what
            lies off the manifold is not known.
        fresh: How to draw data that no training sees; None: every draw is fresh.
    """

    draw: Draw
    mode: Callable[[Tensor], Tensor]
    modes: int
    distance: Callable[[Tensor], Tensor] | None = None
    dim: int = 2
    fresh: Draw | None = None


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
    return torch.minimum(*_half_circle_distances(x)) / NOISE


def nearer_moon(x: Tensor) -> Tensor:
    """Return 0 for points (n, 2) nearer to the upper half circle, 1 for the others: (n,)."""
    upper, lower = _half_circle_distances(x)
    return (lower < upper).long()


def _half_circle_distances(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distances to the upper and to the lower half circle, before scaling."""
    raw = x * SCALE.to(x) + CENTRE.to(x)
    turned = raw.new_tensor([1.0, 0.5]) - raw  # the lower half circle, laid on the upper one
    return _half_circle_distance(raw), _half_circle_distance(turned)


def _half_circle_distance(x: Tensor) -> Tensor:
    """Return the distance to {(cos a, sin a): 0 ≤ a ≤ pi}, shape (n,)."""
    ring = (x.norm(dim=1) - 1).abs()
    end = torch.stack([x[:, 0].abs() - 1, x[:, 1]], dim=1).norm(dim=1)
    return torch.where(x[:, 1] >= 0, ring, end)


def grid_centres(side: int = 5) -> Tensor:
    """Return the centres of a square grid of Gaussians, unit deviation an axis: (side², 2)."""
    line = torch.linspace(-1, 1, side)
    line = line / line.std(correction=0) * (1 - WIDTH**2) ** 0.5
    return torch.cartesian_prod(line, line)


def ring_centres(count: int = 8) -> Tensor:
    """Return the centres of a ring of Gaussians, unit deviation on each axis: (count, 2)."""
    angle = torch.arange(count) * (2 * torch.pi / count)
    radius: float = (2 * (1 - WIDTH**2)) ** 0.5
    return radius * torch.stack([angle.cos(), angle.sin()], dim=1)


def mixture(centres: Tensor) -> Dataset:
    """Return equal Gaussians of deviation `WIDTH` around centres (K, 2)."""

    def draw_mixture(count: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        which = torch.randint(len(centres), (count,), generator=generator, device=device)
        noise = torch.randn(count, 2, generator=generator, device=device)
        return centres.to(device)[which] + WIDTH * noise

    def gaps(x: Tensor) -> Tensor:
        """By components: torch's cdist of many points loses half of its digits."""
        gap: Tensor = (x[:, None] - centres.to(x)).norm(dim=2)
        return gap

    return Dataset(
        draw_mixture, lambda x: gaps(x).argmin(1), len(centres), lambda x: gaps(x).amin(1) / WIDTH
    )


def draw_checkerboard(count: int, generator: torch.Generator) -> Tensor:
    """Draw points evenly from the black squares of a board of four by four: (count, 2)."""
    device = generator.device
    which = torch.randint(BOARD**2 // 2, (count,), generator=generator, device=device)
    inside = torch.rand(count, 2, generator=generator, device=device) - 0.5
    return _square_centres().to(device)[which] + SIDE * inside


def checkerboard_distance(x: Tensor) -> Tensor:
    """Return the distance of points (n, 2) to the nearest black square, in margins: (n,)."""
    return _square_gaps(x).amin(1) / (MARGIN * SIDE)


def nearest_square(x: Tensor) -> Tensor:
    """Return the index of the nearest black square, shape (n,)."""
    return _square_gaps(x).argmin(1)


def _square_centres() -> Tensor:
    """Return the centres of the squares whose row and column are both even or both odd."""
    cells = torch.cartesian_prod(torch.arange(BOARD), torch.arange(BOARD))
    black = cells[cells.sum(1) % 2 == 0]
    return SIDE * (black - (BOARD - 1) / 2)


def _square_gaps(x: Tensor) -> Tensor:
    """Return the distances of points (n, 2) to all black squares, 0 inside: (n, 8)."""
    away = (x[:, None] - _square_centres().to(x)).abs() - SIDE / 2
    gaps: Tensor = away.clamp_min(0).norm(dim=2)
    return gaps


DATASETS: dict[str, Dataset] = {
    "moons": Dataset(draw_moons, nearer_moon, 2, moons_distance),
    "grid25": mixture(grid_centres()),
    "ring8": mixture(ring_centres()),
    "checkerboard": Dataset(draw_checkerboard, nearest_square, 8, checkerboard_distance),
    "digits": Dataset(draw_digits, nearest_digit, CLASSES, dim=PIXELS, fresh=draw_held_out),
}
