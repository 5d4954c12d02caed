"""Denoisers: D(x_t, level) → the expected x0, around networks of different training targets.

    EDM:   D(x, sigma) = c_skip x + c_out F(c_in x, ln(sigma) / 4)
    flow:  D(x, t)     = x - t F(x, t)              F predicts the velocity noise - x0

A consistency function has the same signature but returns the *end of the ODE trajectory* through
x_t; its scalings make it the identity at the lowest level. The exact denoisers at the end of this
file need no network: they are the oracles of the tests and of teaching.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

Denoise = Callable[[Tensor, Tensor], Tensor]  # (B, 2), (B, 1) or () → (B, 2)


class Scalings(NamedTuple):
    """x ↦ c_skip x + c_out F(c_in x, c_noise): four factors, each shaped like the level."""

    c_skip: Tensor
    c_out: Tensor
    c_in: Tensor
    c_noise: Tensor


def edm_scalings(sigma: Tensor, sigma_data: float = 1.0) -> Scalings:
    """Return the preconditioning of Karras et al. 2022 (Table 1)."""
    total = sigma**2 + sigma_data**2
    c_out = sigma * sigma_data / total.sqrt()
    return Scalings(sigma_data**2 / total, c_out, total.rsqrt(), sigma.log() / 4)


def flow_scalings(t: Tensor) -> Scalings:
    """Return the factors of x - t F(x, t): the identity at t = 0."""
    one = torch.ones_like(t)
    return Scalings(one, -t, one, t)


def flow_consistency_scalings(t: Tensor, lowest: float) -> Scalings:
    """Return the factors of x - (t - lowest) F: the straight way to the lowest level."""
    return flow_scalings(t)._replace(c_out=lowest - t)


def consistency_scalings(sigma: Tensor, lowest: float, sigma_data: float = 1.0) -> Scalings:
    """Return factors with c_skip = 1 and c_out = 0 at `lowest` (Song et al. 2023, appendix C)."""
    edm = edm_scalings(sigma, sigma_data)
    away = sigma - lowest
    c_skip = sigma_data**2 / (away**2 + sigma_data**2)
    return edm._replace(c_skip=c_skip, c_out=away * sigma_data * edm.c_in)


def trig_scalings(t: Tensor) -> Scalings:
    """Return cos(t) x + sin(t) F(x, ln(tan t) / 4): EDM's own, of sigma = tan t, seen in TrigFlow.

    c_in x of EDM *is* the TrigFlow point, so that an EDM network serves both (with F of the other
    sign than Lu & Song 2024, section 3).
    """
    return Scalings(t.cos(), t.sin(), torch.ones_like(t), t.tan().log() / 4)


def unbounded_scalings(scalings: Scalings) -> Scalings:
    """Return factors that let the network's output through: no boundary condition."""
    zero = torch.zeros_like(scalings.c_skip)
    return scalings._replace(c_skip=zero, c_out=zero + 1)


class Denoiser(nn.Module):
    """A network between scalings."""

    __call__: Callable[..., Tensor]

    def __init__(self, network: nn.Module, scalings: Callable[[Tensor], Scalings]) -> None:
        super().__init__()
        self.network = network
        self.scalings = scalings

    def forward(self, x: Tensor, level: Tensor, *further: Tensor) -> Tensor:
        """Return the estimate of x0 for points (B, 2) at levels (B, 1) or ().

        `further` are its other conditions, (B, 1) each: a class, a guidance.
        """
        c = self.scalings(level)
        conditions = torch.cat([c.c_noise.expand(len(x), 1), *further], dim=1)
        raw = self.network(c.c_in * x, conditions)
        out: Tensor = c.c_skip * x + c.c_out * raw
        return out


class Counted:
    """A denoiser that counts its calls: the number of function evaluations (NFE)."""

    def __init__(self, denoise: Denoise) -> None:
        self.denoise = denoise
        self.nfe = 0

    def __call__(self, *point: Tensor) -> Tensor:
        self.nfe += 1
        return self.denoise(*point)


def gaussian_denoiser(mean: Tensor, deviation: Tensor) -> Denoise:
    """Return the exact denoiser of normal data with independent axes, at sigma.

    Args:
        mean: Shape (2,). deviation: Shape (2,).
    """

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        gain = deviation**2 / (deviation**2 + sigma**2)
        return mean + gain * (x - mean)

    return denoise


def ideal_denoiser(data: Tensor) -> Denoise:
    """Return the exact denoiser of a finite data set (M, 2), at sigma.

    D(x, sigma) = sum_i w_i y_i, w = softmax(-|x - y_i|² / (2 sigma²)) (EDM, equation 57).
    """

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        squared = torch.cdist(x, data).square()  # (B, M)
        return torch.softmax(-squared / (2 * sigma**2), dim=1) @ data

    return denoise
