"""The Fréchet distance of two sets of features, each taken for a Gaussian."""

from __future__ import annotations

import torch
from torch import Tensor


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """Return |m_x - m_y|² + tr(S_x + S_y - 2 (S_x S_y)^½) of features (n, d) and (m, d).

    Dowson & Landau 1982; on the features of a classifier: Heusel et al. 2017 (arXiv 1706.08500).
    Biased: between two samples of one distribution it is above 0, the more the fewer they are.
    """
    (mean_x, cov_x), (mean_y, cov_y) = _moments(x), _moments(y)
    root = _root(cov_x)
    # S_x S_y and S_x^½ S_y S_x^½ have the same eigenvalues, and the latter is symmetric.
    both = torch.linalg.eigvalsh(root @ cov_y @ root).clamp_min(0).sqrt().sum()
    apart = (mean_x - mean_y).square().sum()
    return float((apart + cov_x.trace() + cov_y.trace() - 2 * both).item())


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    x = x.double()
    return x.mean(0), x.T.cov()


def _root(covariance: Tensor) -> Tensor:
    """Return the symmetric root of a covariance (d, d)."""
    values, vectors = torch.linalg.eigh(covariance)
    root: Tensor = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    return root
