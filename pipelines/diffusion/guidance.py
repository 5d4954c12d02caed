"""Classifier-free guidance: denoisers that are told a class, and how strongly to follow it.

    D_w(x, sigma, c) = D(x, sigma) + w (D(x, sigma, c) - D(x, sigma))

w is the guidance of this project and the `guidance_scale` of diffusers: 0 ignores the class, 1 is
no guidance. Ho & Salimans 2022 (arXiv 2207.12598, equation 6) and Luo et al. 2023 (LCM) write
(1 + omega) and -omega before the two terms: omega = w - 1. Noise predictions and denoisers are
affine in each other, so the same w combines both. A guided step takes two evaluations.

Guidance changes the probability-flow ODE itself, dx/dsigma = (x - D_w) / sigma: the one that LCM
calls "augmented". Its marginals are not those of noised data of p(x)^(1 - w) p(x | c)^w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

NULL = -1.0  # the label "any class"
# x (B, dim), its level, label (B, 1)[, guidance (B, 1)] → (B, dim)
ConditionalDenoise = Callable[..., Tensor]
Classify = Callable[[Tensor], Tensor]  # points (B, dim) → their classes (B,)


def alternating(x: Tensor, classes: int) -> Tensor:
    """Return the labels asked for: row i wants class i modulo `classes`, shape (B, 1)."""
    return (torch.arange(len(x), device=x.device) % classes).to(x)[:, None]


def guided(
    denoise: ConditionalDenoise, x: Tensor, level: Tensor, label: Tensor, w: Tensor
) -> Tensor:
    """Return D_null + w (D_label - D_null) for w of shape (B, 1) or (): two evaluations."""
    free = denoise(x, level, torch.full_like(label, NULL))
    return free + w * (denoise(x, level, label) - free)


@dataclass(frozen=True)
class Guided:
    """A denoiser that is told classes, as a function of (x, level) alone.

    The rows of a batch ask for the classes in turn, so that all methods are asked for the same.

    Attributes:
        denoise: What evaluates the network.
        takes_guidance: The network takes the guidance as an input, and one evaluation does.
        known: The only guidance of a network that was distilled at one; None: any.
    """

    denoise: ConditionalDenoise
    classes: int
    guidance: float = 1.0
    takes_guidance: bool = False
    known: float | None = None

    def at(self, guidance: float) -> Guided:
        """Return this denoiser at another guidance."""
        if self.known not in (None, guidance):
            raise ValueError(f"a network distilled at w = {self.known:g} has no other guidance")
        return replace(self, guidance=guidance)

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        label = alternating(x, self.classes)
        if self.takes_guidance:
            return self.denoise(x, level, label, torch.full_like(label, self.guidance))
        if self.known is not None or self.guidance == 1:
            return self.denoise(x, level, label)
        return guided(self.denoise, x, level, label, x.new_tensor(self.guidance))
