"""DDPM: a network that predicts the noise (Ho et al. 2020, arXiv 2006.11239, Algorithm 1).

minimise E |F(x_t, t) - z|²,   x_t = sqrt(abar_t) x0 + sqrt(1 - abar_t) z,   t uniform on 0 … T - 1

Different here: the network is told t / T; sampling starts where sigma is 10, below the last times,
since an error of the predicted noise counts sigma times in x0.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.systems import DDPM, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.diffusion.variance_preserving import STEPS, alphas_cumprod
from pipelines.methods.toy import Parents, options_of, shape_of


class Options(Strict):
    """What an experiment can set."""

    betas: Literal["linear", "cosine"] = "linear"  # how fast the noise grows


class NoiseLoss(PlaneObjective):
    """The squared error of the predicted noise at a random step of the chain."""

    def __init__(self, denoiser: Denoiser, betas: str) -> None:
        self.denoiser = denoiser
        self.network = denoiser.network
        self.abar = alphas_cumprod(betas).float()

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the noise (equation 14) over a batch (B, dim)."""
        t = integers(STEPS, len(x0), generator)
        noise = gaussian(x0.shape, generator)
        abar = self.abar.to(x0.device)[t]
        x_t = abar.sqrt() * x0 + (1 - abar).sqrt() * noise
        pred_noise: Tensor = self.network(x_t, t / STEPS)
        return (pred_noise - noise).square().mean()


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh network that predicts the noise."""
    betas = options_of(experiment, Options).betas
    denoiser = shape_of(experiment).fresh(DDPM[betas].denoiser, generator)
    return NoiseLoss(denoiser, betas)


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the network as a denoiser of states at unit signal."""
    family = DDPM[options_of(experiment, Options).betas]
    return System(family.process, shape_of(experiment).trained(family.denoiser, weights))
