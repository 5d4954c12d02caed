"""Distances between two sets of paired points, and the line on which two points lie."""

from __future__ import annotations

from torch import Tensor


def squared(x: Tensor, y: Tensor) -> Tensor:
    """Return |x - y|² of points (B, 2), shape (B, 1)."""
    return (x - y).square().sum(dim=1, keepdim=True)


def pseudo_huber(x: Tensor, y: Tensor, c: float) -> Tensor:
    """Return sqrt(|x - y|² + c²) - c of points (B, 2), shape (B, 1).

    Song & Dhariwal 2023 (arXiv 2310.14189), section 3.3: |x - y|² / 2c where points are nearer
    than c, |x - y| where they are farther. c = 0 gives the distance, whose slope at zero is taken
    as zero.
    """
    gap = squared(x, y)
    return (gap + c**2).clamp_min(1e-12).sqrt() - c


def adaptive(x: Tensor, y: Tensor, power: float, c: float) -> Tensor:
    """Return w |x - y|², w = 1 / (|x - y|² + c)^power held constant, shape (B, 1).

    Geng et al. 2025 (arXiv 2505.13447), section 4.3: power 1 resembles a normalised gradient.
    """
    gap = squared(x, y)
    return gap / (gap.detach() + c) ** power
