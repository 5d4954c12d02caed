"""Stochastic samplers: steps that remove more noise than the ODE and put some back.

In sigma and x0 + sigma noise (states of DDPM divided by sqrt(abar)) one step is

    x_low = x0 + sqrt(low² - s²) (x_high - x0) / high + s noise
    s     = eta low sqrt(1 - low² / high²)

eta = 1: ancestral sampling of DDPM (Ho et al. 2020, equation 7); eta = 0: DDIM, which is Euler's
method on the ODE (Song et al. 2021, equations 12 and 16).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from torch import Tensor

from pipelines.diffusion.denoisers import Denoise

ETAS = {"ddim": 0.0, "ddim_half": 0.5, "ddpm": 1.0}


def ddim(
    denoise: Denoise, x: Tensor, levels: Tensor, noises: Iterable[Tensor], eta: float
) -> Iterator[tuple[Tensor, float]]:
    """Yield the states (B, dim) from the highest of falling levels down to 0.

    Args:
        noises: One (B, dim) for each step but the last, which adds none.
    """
    yield x, levels[0].item()
    for (high, low), noise in zip(pairwise(levels), chain(noises, [x.new_zeros(())]), strict=True):
        pred_x0 = denoise(x, high)
        fresh = eta * low * (1 - (low / high) ** 2).sqrt()
        kept = (low**2 - fresh**2).sqrt()
        x = pred_x0 + kept / high * (x - pred_x0) + fresh * noise
        yield x, low.item()
