"""Score distillation: noise a sample again and ask denoisers which way is more likely.

With D = x + sigma² grad ln p(x; sigma) for each denoiser, the difference of two scores is that of
two denoisers over sigma². A sample moved along `real - fake` lowers the Kullback-Leibler
divergence of the student's noised distribution from the teacher's (Yin et al. 2024, arXiv
2311.18828, equations 3 to 7).
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.diffusion.adam import Adam
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.randomness import Source, gaussian

FLOOR = 1e-3  # keeps the normalisation finite where the teacher agrees exactly


def lognormal(
    count: int, mean: float, deviation: float, bounds: tuple[float, float], like: Source
) -> Tensor:
    """Draw noise levels exp(N(mean, deviation²)) within bounds, shape (count, 1)."""
    return (mean + deviation * gaussian((count, 1), like)).exp().clamp(*bounds)


@torch.no_grad()
def distribution_gradient(
    real: Denoise, fake: Denoise, x: Tensor, noise: Tensor, sigma: Tensor
) -> Tensor:
    """Return the gradient of the divergence at samples x (B, 2), shape (B, 2).

    (D_fake - D_real)(x + sigma noise), over the mean distance |x - D_real| of each sample: the
    weight of DMD's equation 8, in which the factors sigma² and alpha cancel.
    """
    x_t = x + sigma * noise
    guess = real(x_t, sigma)
    size = (x - guess).abs().mean(dim=1, keepdim=True) + FLOOR
    return (fake(x_t, sigma) - guess) / size


def pulled(x: Tensor, gradient: Tensor) -> Tensor:
    """Return a loss whose gradient with respect to x (B, 2) is `gradient` / B (DMD, equation 7).

    Its value is half the mean squared length of the gradient.
    """
    goal = (x - gradient).detach()
    return 0.5 * (x - goal).square().sum(dim=1).mean()


class FakeScore:
    """A denoiser of the student's own samples, which follows them as they change."""

    def __init__(self, denoiser: Denoiser, lr: float) -> None:
        self.denoiser = denoiser
        self.adam = Adam(denoiser.parameters(), lr, (0.5, 0.99))

    def learn(self, x: Tensor, noise: Tensor, sigma: Tensor) -> None:
        """Update once on samples (B, 2): the weighted denoising error (EDM, equation 8)."""
        self.adam.zero_grad()
        self.error(x.detach(), noise, sigma).backward()
        self.adam.step()

    def error(self, x: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """Return the weighted error of denoising generated points `x` (n, 2) at `sigma`."""
        weight = self.denoiser.scalings(sigma).c_out ** -2
        gap = self.denoiser(x + sigma * noise, sigma) - x
        return (weight * gap.square()).mean()
