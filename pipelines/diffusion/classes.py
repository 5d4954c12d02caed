"""How well samples follow the class that they were asked for, and what that costs in variety."""

from __future__ import annotations

from torch import Tensor

from pipelines.diffusion.datasets import Dataset
from pipelines.diffusion.metrics import sliced_w2, spread


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
