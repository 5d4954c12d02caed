"""Fidelity and diversity of a point set by balls around the k-th nearest neighbours.

Kynkäänniemi et al. 2019 (arXiv 1904.06991): precision and recall, by balls around real and around
generated points. Naeem et al. 2020 (arXiv 2002.09797): density and coverage, by balls around real
points alone, which outliers among the generated points cannot inflate.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

NEIGHBOURS = 5


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
        precision=_share(inside.any(0)),
        recall=_share(reached.any(1)),
        density=inside.double().sum().item() / (k * len(x)),
        coverage=_share(inside.any(1)),
    )


def radii(x: Tensor, k: int) -> Tensor:
    """Return the distance of each point to its k-th nearest other point, shape (n,)."""
    return torch.cdist(x, x).kthvalue(k + 1, dim=1).values  # the nearest is the point itself


def _share(hit: Tensor) -> float:
    return hit.double().mean().item()
