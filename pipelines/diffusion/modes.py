"""Which modes of the data a point set reaches, how evenly, and whether those asked for.

Count modes only together with the share off the manifold: a structureless blob passes the count,
and its missing mass shows in the total variation.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.diffusion.datasets import Dataset
from pipelines.diffusion.metrics import sliced_w2, spread

NEAR = 4.0  # noise widths within which a point belongs to its mode
FAIR = 0.2  # of its fair share makes a mode reached


def mode_shares(x: Tensor, dataset: Dataset) -> Tensor:
    """Return the share of all points (n, dim) that lies in each mode, shape (modes,).

    Where the manifold is known, points farther than four noise widths lie in none. What is not a
    number lies in none either.
    """
    good = x.isfinite().all(1)
    if dataset.distance is not None:
        good = good & (dataset.distance(x) <= NEAR)
    counts = torch.bincount(dataset.mode(x[good]), minlength=dataset.modes)
    return counts.double() / len(x)


def modes_reached(x: Tensor, dataset: Dataset) -> float:
    """Return how many modes hold at least a fifth of their fair share."""
    return float((mode_shares(x, dataset) >= FAIR / dataset.modes).sum())


def mode_variation(x: Tensor, dataset: Dataset) -> float:
    """Return the total variation between the modes' shares and equal ones, off mass counted.

    Half the sum of the absolute differences; "off" is one more mode, whose fair share is 0.
    """
    shares = mode_shares(x, dataset)
    off = 1 - shares.sum()
    return ((shares - 1 / dataset.modes).abs().sum() + off).item() / 2


def class_accuracy(x: Tensor, label: Tensor, dataset: Dataset) -> float:
    """Return the share of samples (n, dim) whose nearest mode is that of their label (n,)."""
    return (dataset.mode(x) == label).double().mean().item()


def class_spread(x: Tensor, label: Tensor) -> float:
    """Return the mean over the classes asked for of the deviation of their samples."""
    each = [spread(x[label == k]) for k in label.unique()]
    return sum(each) / len(each)


def class_sliced_w2(x: Tensor, label: Tensor, real: Tensor, dataset: Dataset) -> float:
    """Return the mean over the classes of the sliced Wasserstein-2 distance to real points.

    Of each class as many points are compared as the rarer of both sets has.
    """
    known = dataset.mode(real)
    pairs = [(x[label == k], real[known == k]) for k in label.unique()]
    each = [sliced_w2(a[: len(b)], b[: len(a)]) for a, b in pairs]
    return sum(each) / len(each)
