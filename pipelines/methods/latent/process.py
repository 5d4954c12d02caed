"""The process of Stable Diffusion and one step of DDIM, for networks that predict v.

x_t = alpha_t x0 + sigma_t noise with alpha_t² = alphas_cumprod[t]; v = alpha_t noise - sigma_t x0
(Salimans & Ho 2022, arXiv 2202.00512, appendix D).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pipelines.methods.latent.denoiser import noising

TIMES = 1000
Predict = Callable[[Tensor, Tensor, Tensor], Tensor]  # x_t, t, text states → v


class Process:
    """Rates by time; times t are whole numbers (B,), everything else has the shape of x."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.alphas_cumprod = noising().alphas_cumprod.to(device)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return alpha_t and sigma_t, shape (B, 1, 1, 1)."""
        kept = self.alphas_cumprod[t][:, None, None, None]
        return kept.sqrt(), (1 - kept).sqrt()

    def noised(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """Return x_t of latents and noise at the timesteps t."""
        alpha, sigma = self.rates(t)
        return alpha * x0 + sigma * noise

    def velocity(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """Return v = alpha * noise - sigma * x0 at the timesteps t."""
        alpha, sigma = self.rates(t)
        return alpha * noise - sigma * x0

    def split(self, x_t: Tensor, v: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return x0 and noise that a velocity implies."""
        alpha, sigma = self.rates(t)
        return alpha * x_t - sigma * v, sigma * x_t + alpha * v

    def ddim(self, x_t: Tensor, v: Tensor, t: Tensor, s: Tensor) -> Tensor:
        """Return x_s, one step of DDIM from t to an earlier s (Song et al. 2020, equation 12)."""
        x0, noise = self.split(x_t, v, t)
        return self.noised(x0, noise, s)


@torch.no_grad()
def with_and_without(
    predict: Predict, x_t: Tensor, t: Tensor, condition: Tensor, empty: Tensor
) -> tuple[Tensor, Tensor]:
    """Return v with the captions and v without, from one call of twice the batch.

    Args:
        predict: x_t (B, C, 8, 8), t (B,), text states (B, T, D) → v.
        condition, empty: Text states of the captions and of no caption, (B, T, D).
    """
    both = predict(torch.cat([x_t, x_t]), torch.cat([t, t]), torch.cat([condition, empty]))
    with_text, without = both.chunk(2)
    return with_text, without


def guided_velocity(
    predict: Predict, x_t: Tensor, t: Tensor, condition: Tensor, empty: Tensor, w: Tensor
) -> Tensor:
    """Return v under guidance; `w` (B, 1, 1, 1) is diffusers' scale, LCM's omega is w - 1."""
    return extrapolated(*with_and_without(predict, x_t, t, condition, empty), w)


def extrapolated(with_text: Tensor, without: Tensor, w: Tensor) -> Tensor:
    """Return v under guidance from v with a caption and without: w = 1 is none."""
    return without + w * (with_text - without)
