"""How good samples are: four distances between clouds of points, and their spread.

None tells all by itself: the mean of the data can lie on the curve, and a collapsed model is
"on the manifold" with all its samples in one point. Read them together.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pipelines.diffusion.datasets import Dataset

OFF = 4.0  # noise widths
DIRECTIONS = 64


def off_manifold(x: Tensor, dataset: Dataset) -> float:
    """Return the share of points (n, 2) farther than four noise widths from the curve.

    What is not a number is off as well.
    """
    near = dataset.distance(x) <= OFF
    return (~near).double().mean().item()


def sliced_w2(x: Tensor, y: Tensor, directions: int = DIRECTIONS) -> float:
    """Return the sliced Wasserstein-2 distance of two clouds of equal size (n, 2).

    Root of the mean over evenly spaced directions of the squared one-dimensional distance
    (Bonneel et al. 2015), which for equal sizes pairs the sorted projections.
    """
    if x.shape != y.shape:
        raise ValueError(f"clouds of {len(x)} and {len(y)} points cannot be paired")
    angle = torch.arange(directions, dtype=x.dtype) * (math.pi / directions)
    axes = torch.stack([angle.cos(), angle.sin()]).to(x)  # (2, directions)
    gap = (x @ axes).sort(dim=0).values - (y @ axes).sort(dim=0).values
    return gap.double().square().mean().sqrt().item()


def energy_distance(x: Tensor, y: Tensor) -> float:
    """Return 2 E|X - Y| - E|X - X'| - E|Y - Y'| without bias, so that it may be negative.

    Székely & Rizzo 2013. Clouds (n, 2) and (m, 2); time and memory grow as n·m.
    """
    between = torch.cdist(x, y).mean(dtype=torch.float64)
    return (2 * between - _mean_gap(x) - _mean_gap(y)).item()


def _mean_gap(x: Tensor) -> Tensor:
    """Return the mean distance between two different points of one cloud."""
    return torch.cdist(x, x).sum(dtype=torch.float64) / (len(x) * (len(x) - 1))


def paired_rmse(x: Tensor, y: Tensor) -> float:
    """Return the root mean square distance between points (n, 2) of equal index."""
    return (x - y).double().square().sum(dim=1).mean().sqrt().item()


def spread(x: Tensor) -> float:
    """Return the deviation of a cloud (n, 2), root mean square over the axes."""
    return x.double().var(dim=0, correction=0).mean().sqrt().item()
