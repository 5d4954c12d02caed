"""How good samples are: distances between point sets, and their spread.

None tells all by itself: the mean of the data can lie on the curve, and a collapsed model is
"on the manifold" with all its samples in one point. Read them together.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from pipelines.diffusion.datasets import Dataset
from pipelines.diffusion.randomness import normal, stream

OFF = 4.0  # noise widths
DIRECTIONS = 64
BLOCK = 125  # rows of a matrix of distances
BANDWIDTHS = (0.1, 0.3, 1.0)  # of the kernels: a mode, its neighbourhood, all points


def off_manifold(x: Tensor, dataset: Dataset) -> float:
    """Return the share of points (n, 2) farther than four noise widths from the curve.

    What is not a number is off as well.

    Raises:
        ValueError: The data set does not know where its manifold lies.
    """
    if dataset.distance is None:
        raise ValueError("off_manifold wants data whose manifold is known")
    near = dataset.distance(x) <= OFF
    return (~near).double().mean().item()


def sliced_w2(x: Tensor, y: Tensor, directions: int = DIRECTIONS) -> float:
    """Return the sliced Wasserstein-2 distance of two point sets of equal size (n, dim).

    Root of the mean over fixed directions, in the plane evenly spaced, of the squared
    one-dimensional distance (Bonneel et al. 2015), which for equal sizes pairs the sorted
    projections.
    """
    if x.shape != y.shape:
        raise ValueError(f"point sets of {len(x)} and {len(y)} points cannot be paired")
    axes = _directions(directions, x)
    gap = _sorted(axes.T @ x.T) - _sorted(axes.T @ y.T)
    return math.sqrt(np.square(gap, dtype=np.float64).mean())


def _sorted(lines: Tensor) -> np.ndarray:
    """Sort each row: by numpy, several times as fast as torch on a processor."""
    return np.sort(lines.cpu().numpy(), axis=1)


def _directions(count: int, x: Tensor) -> Tensor:
    """Return unit vectors, one a column, of the dimension and kind of x: (dim, count)."""
    dim = x.shape[1]
    if dim != 2:
        axes = normal(count, stream("directions", dim), dim).T
        unit: Tensor = axes / axes.norm(dim=0)
        return unit.to(x)
    angle = torch.arange(count, dtype=x.dtype) * (math.pi / count)
    return torch.stack([angle.cos(), angle.sin()]).to(x)


def energy_distance(x: Tensor, y: Tensor) -> float:
    """Return 2 E|X - Y| - E|X - X'| - E|Y - Y'| without bias, so that it may be negative.

    Székely & Rizzo 2013. Point sets (n, dim) and (m, dim); the time grows as n·m.
    """
    between = _summed_gaps(x, y) / (len(x) * len(y))
    return (2 * between - _mean_gap(x) - _mean_gap(y)).item()


def _mean_gap(x: Tensor) -> Tensor:
    """Return the mean distance between two different points of one set."""
    return _summed_gaps(x, x) / (len(x) * (len(x) - 1))


def _summed_gaps(x: Tensor, y: Tensor) -> Tensor:
    """Return the sum of all distances, row block by row block, within the processor's cache."""
    return sum(
        (torch.cdist(part, y).sum(dtype=torch.float64) for part in x.split(BLOCK)),
        start=torch.zeros((), dtype=torch.float64, device=x.device),
    )


def mmd_squared(x: Tensor, y: Tensor) -> float:
    """Return the squared maximum mean discrepancy without bias, so that it may be negative.

    Gretton et al. 2012 (JMLR 13, equation 3), point sets (n, dim) and (m, dim). The kernel is the
    mean of three Gaussians exp(-|x - y|² / (2 h²)), h = `BANDWIDTHS` times sqrt(dim / 2), so
    that distances are taken in deviations of the data at any dimension.
    """
    between = _kernel(x, y).mean(dtype=torch.float64)
    return (_mean_kernel(x) + _mean_kernel(y) - 2 * between).item()


def _mean_kernel(x: Tensor) -> Tensor:
    """Return the mean kernel of two different points of one set."""
    own = _kernel(x, x)
    return (own.sum(dtype=torch.float64) - own.trace()) / (len(x) * (len(x) - 1))


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    """Return the kernel of all pairs of points, shape (n, m)."""
    halved = torch.cdist(x, y).square() / x.shape[1]
    total = torch.zeros_like(halved)
    for h in BANDWIDTHS:
        total += (halved * (-1 / h**2)).exp_()
    return total / len(BANDWIDTHS)


def paired_rmse(x: Tensor, y: Tensor) -> float:
    """Return the root mean square distance between points (n, dim) of equal index."""
    return (x - y).double().square().sum(dim=1).mean().sqrt().item()


def spread(x: Tensor) -> float:
    """Return the deviation of a point set (n, dim), root mean square over the axes."""
    return x.double().var(dim=0, correction=0).mean().sqrt().item()
