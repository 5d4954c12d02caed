"""Signed distances of five shapes, about one unit in radius, rounded; negative inside.

The distances of triangle, star and heart are those of Inigo Quilez,
https://iquilezles.org/articles/distfunctions2d/.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def length(x: Tensor, y: Tensor) -> Tensor:
    """Return the distance from the middle."""
    return (x.square() + y.square()).sqrt()


def circle(x: Tensor, y: Tensor) -> Tensor:
    """Return the signed distance to a circle, negative inside."""
    return length(x, y) - 0.92


def box(x: Tensor, y: Tensor, half: float = 0.80, corner: float = 0.12) -> Tensor:
    """Return the distance of a square with rounded corners; y points up everywhere."""
    across, up = x.abs() - (half - corner), y.abs() - (half - corner)
    outside = length(across.clamp(min=0), up.clamp(min=0))
    return outside + torch.maximum(across, up).clamp(max=0) - corner


def triangle(x: Tensor, y: Tensor, half: float = 0.86, corner: float = 0.12) -> Tensor:
    """Return the distance of a triangle with equal sides 2 `half`, its tip up."""
    k = math.sqrt(3)
    across, up = x.abs() - half, y + 0.18 + half / k
    folded = across + k * up > 0
    a = torch.where(folded, (across - k * up) / 2, across)
    b = torch.where(folded, (-k * across - up) / 2, up)
    a = a - a.clamp(-2 * half, 0)
    return -length(a, b) * b.sign() - corner


def star(x: Tensor, y: Tensor, tip: float = 0.98, waist: float = 0.50) -> Tensor:
    """Return the distance of a star of five rays."""
    cos, sin = math.cos(math.pi / 5), math.sin(math.pi / 5)
    a, b = x.abs(), y
    fold = 2 * (cos * a - sin * b).clamp(min=0)
    a, b = a - fold * cos, b + fold * sin
    fold = 2 * (-cos * a - sin * b).clamp(min=0)
    a, b = (a + fold * cos).abs(), b + fold * sin - tip
    edge_x, edge_y = waist * sin, waist * cos - 1
    along = ((a * edge_x + b * edge_y) / (edge_x**2 + edge_y**2)).clamp(0, tip)
    inside = (b * edge_x - a * edge_y).sign()
    return length(a - edge_x * along, b - edge_y * along) * inside - 0.06


def heart(x: Tensor, y: Tensor, scale: float = 1.52) -> Tensor:
    """Return the distance of a heart, its point down."""
    a, b = (x / scale).abs(), y / scale + 0.56
    lobe = length(a - 0.25, b - 0.75) - math.sqrt(2) / 4
    diagonal = 0.5 * (a + b).clamp(min=0)
    flank = torch.minimum(length(a, b - 1), length(a - diagonal, b - diagonal))
    return torch.where(a + b > 1, lobe, flank * (a - b).sign()) * scale - 0.03


SHAPES = {"circle": circle, "square": box, "triangle": triangle, "star": star, "heart": heart}


def distances(x: Tensor, y: Tensor, which: Tensor) -> Tensor:
    """Return the distance of point (x, y), both (B, H, W), to each row's shape `which` (B,)."""
    result = torch.empty_like(x)
    for index, distance in enumerate(SHAPES.values()):
        rows = (which == index).nonzero()[:, 0]
        if len(rows):
            result[rows] = distance(x[rows], y[rows])
    return result
