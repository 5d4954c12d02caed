"""Whether samples are copies of training points.

Two measures, since each errs alone: a blurred sample lies near everything and copies nothing; a
copy with noise on it is no nearer to its original than a new point, yet has one original only.
"""

from __future__ import annotations

import torch
from torch import Tensor

ALONE = 1 / 3  # of the distance to the second nearest training point


def memorised(x: Tensor, known: Tensor) -> float:
    """Return the share of samples (n, dim) that have one training point (m, dim) to themselves.

    A sample counts as a copy if its nearest training point is nearer than a third of the way to
    the second nearest (Yoon et al. 2023, "Diffusion probabilistic models generalize when they
    fail to memorize"; Gu et al. 2023, arXiv 2310.02664).
    """
    nearest = torch.cdist(x, known).topk(2, dim=1, largest=False).values
    return (nearest[:, 0] < ALONE * nearest[:, 1]).double().mean().item()


def nearer_than_new(x: Tensor, new: Tensor, known: Tensor) -> float:
    """Return how often a sample is nearer to the training points than a new point is.

    The Mann-Whitney statistic of distances to the nearest of `known` (m, dim), over all pairs of
    a sample (n, dim) and an unseen point (k, dim), ties half: 1/2 for new data, 1 for copies
    (Meehan et al. 2020, arXiv 2004.05675).
    """
    own, other = (torch.cdist(points, known).amin(1) for points in (x, new))
    gap = other[None] - own[:, None]
    return ((gap > 0).double() + (gap == 0).double() / 2).mean().item()
