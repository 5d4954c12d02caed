"""Fidelity, diversity and copies of a point set, by nearest neighbours.

Kynkäänniemi et al. 2019 (arXiv 1904.06991): precision and recall, by balls around real and around
generated points. Naeem et al. 2020 (arXiv 2002.09797): density and coverage, by balls around real
points alone, which outliers among the generated points cannot inflate.

Copies of training points have two measures, since each errs alone: a blurred sample lies near
everything and copies nothing; a copy with noise on it is no nearer to its original than a new
point, yet has one original only.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

NEIGHBOURS = 5
ALONE = 1 / 3  # of the distance to the second nearest training point


class Fidelity(NamedTuple):
    """Shares of generated points in real balls (precision) and the reverse (recall); mean
    number of real balls around a generated point over k (density); share of real balls that
    hold a generated point (coverage)."""

    precision: float
    recall: float
    density: float
    coverage: float


def fidelity(x: Tensor, real: Tensor, k: int = NEIGHBOURS) -> Fidelity:
    """Compare generated points (n, dim) with real ones (m, dim). Memory grows as n·m.

    Expected of a perfect sampler with n = m: coverage 1 - 2^-k, density 1.
    """
    between = torch.cdist(real, x)  # (m, n)
    inside = between <= radii(real, k)[:, None]
    reached = between <= radii(x, k)[None]
    return Fidelity(
        precision=_share_of(inside.any(0)),
        recall=_share_of(reached.any(1)),
        density=inside.double().sum().item() / (k * len(x)),
        coverage=_share_of(inside.any(1)),
    )


def radii(x: Tensor, k: int) -> Tensor:
    """Return the distance of each point to its k-th nearest other point, shape (n,)."""
    return torch.cdist(x, x).kthvalue(k + 1, dim=1).values  # the nearest is the point itself


def _share_of(hit: Tensor) -> float:
    return hit.double().mean().item()


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
