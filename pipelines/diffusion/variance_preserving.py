"""DDPM's noise process (Ho et al. 2020, arXiv 2006.11239): T steps that keep the variance at one.

    x_t = sqrt(abar_t) x0 + sqrt(1 - abar_t) noise,     abar_t = product of (1 - beta_s), s <= t

Divided by sqrt(abar_t) this is x0 + sigma_t noise with sigma_t = sqrt((1 - abar_t) / abar_t): a
walk along the levels of a variance-exploding process (Karras et al. 2022, Table 1, column VP;
Song et al. 2021, arXiv 2010.02502, section 4.3). States here are divided so, levels are sigmas,
and every sampler and student of that process works; the network sees x_t itself and its t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Scalings
from pipelines.diffusion.schedules import VarianceExploding

STEPS = 1000  # T


def linear_betas(steps: int = STEPS) -> Tensor:
    """Return betas from 1e-4 to 0.02 (Ho et al. 2020, section 4), float64."""
    return torch.linspace(1e-4, 0.02, steps, dtype=torch.float64)


def cosine_betas(steps: int = STEPS, offset: float = 0.008) -> Tensor:
    """Return betas whose abar is a squared cosine (Nichol & Dhariwal 2021, equation 17)."""
    time = torch.linspace(0, 1, steps + 1, dtype=torch.float64)
    abar = ((time + offset) / (1 + offset) * torch.pi / 2).cos() ** 2
    return (1 - abar[1:] / abar[:-1]).clamp_max(0.999)


BETAS = {"linear": linear_betas, "cosine": cosine_betas}


@cache
def alphas_cumprod(betas: str) -> Tensor:
    """Return abar_t at t = 0 … T - 1, shape (T,), float64."""
    return (1 - BETAS[betas]()).cumprod(0)


@cache
def log_sigmas(betas: str) -> Tensor:
    """Return ln sigma_t at t = 0 … T - 1, rising, shape (T,), float64."""
    abar = alphas_cumprod(betas)
    return ((1 - abar) / abar).log() / 2


def sigma_at(t: Tensor, betas: str) -> Tensor:
    """Return sigma at times between 0 and T - 1, in between geometrically."""
    table = log_sigmas(betas).to(t.device)
    below = t.double().floor().long().clamp(0, STEPS - 2)
    logs = torch.lerp(table[below], table[below + 1], t.double() - below)
    return logs.exp().to(t.dtype)


def time_of(sigma: Tensor, betas: str) -> Tensor:
    """Return the time t of a sigma, between 0 and T - 1: the inverse of `sigma_at`."""
    table = log_sigmas(betas).to(sigma.device)
    logs = sigma.double().log().clamp(table[0], table[-1])
    above = torch.searchsorted(table, logs.contiguous()).clamp(1, STEPS - 1)
    share = (logs - table[above - 1]) / (table[above] - table[above - 1])
    return (above - 1 + share).to(sigma.dtype)


@dataclass(frozen=True)
class VariancePreserving(VarianceExploding):
    """The process in sigma and x_t / sqrt(abar_t); build it with `variance_preserving`."""

    betas: str = "linear"

    def start(self, noise: Tensor) -> Tensor:
        """Return x_T divided by sqrt(abar_T), where x_T is the noise itself."""
        deviation: float = (1 + self.highest**2) ** 0.5
        return deviation * noise

    def levels(self, steps: int, start: float | None = None) -> Tensor:
        """Return the sigmas of evenly spaced times from the start down, and 0: (steps + 1,).

        The times are round(T (1 - i / steps)) - 1, i = 0, 1, …: the first is the noisiest.
        """
        count = self._time(start or self.highest) + 1
        if steps > count:
            raise ValueError(f"{steps} steps do not fit between {count:.0f} times")
        times = (count * (1 - torch.arange(steps, dtype=torch.float64) / steps)).round() - 1
        times[0] = count - 1
        return torch.cat([sigma_at(times, self.betas).float(), torch.zeros(1)])

    def grid(self, intervals: int) -> Tensor:
        """Return rising sigmas at evenly spaced times, shape (intervals + 1,)."""
        times = torch.linspace(0, self._time(self.highest), intervals + 1, dtype=torch.float64)
        return sigma_at(times, self.betas).float()

    def _time(self, sigma: float) -> float:
        return time_of(torch.tensor(sigma, dtype=torch.float64), self.betas).item()


def variance_preserving(betas: str, cut: float = float("inf")) -> VariancePreserving:
    """Return the process, up to its last time or to the sigma `cut`."""
    first, last = log_sigmas(betas)[[0, -1]].exp().tolist()
    return VariancePreserving(lowest=first, highest=min(last, cut), betas=betas)


def noise_scalings(sigma: Tensor, betas: str) -> Scalings:
    """Return the factors of x - sigma F(x_t, t / T): the network predicts the noise."""
    one = torch.ones_like(sigma)
    shrink = (1 + sigma**2).rsqrt()  # sqrt(abar)
    return Scalings(one, -sigma, shrink, time_of(sigma, betas) / STEPS)


def noise_consistency_scalings(sigma: Tensor, betas: str, lowest: float) -> Scalings:
    """Return the factors of x - (sigma - lowest) F: the identity at the lowest level."""
    return noise_scalings(sigma, betas)._replace(c_out=lowest - sigma)
