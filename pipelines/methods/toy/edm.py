"""EDM: a denoiser at all noise levels (Karras et al. 2022, arXiv 2206.00364).

    minimise E lambda(sigma) |D(x0 + sigma z, sigma) - x0|²,   ln sigma ~ N(-0.8, 1.4²)

with lambda = 1 / c_out², which gives all levels the same weight at the start.

Different here: levels for data of unit deviation (the paper's images have 0.5, and ln sigma ~
N(-1.2, 1.2²)); no augmentation, as data are drawn anew for every step.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.schedules import training_sigmas
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import NoOptions, Parents, options_of, rebuild_with, shape_of


class DenoisingLoss(PlaneObjective):
    """The weighted squared error of the denoised data."""

    def __init__(self, denoiser: Denoiser) -> None:
        self.denoiser = denoiser
        self.network = denoiser.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted denoising error (EDM, equation 8) of a batch (B, 2)."""
        sigma = training_sigmas(len(x0), generator)
        noise = gaussian(x0.shape, generator)
        x_t = EDM.process.noised(x0, noise, sigma)
        weight = self.denoiser.scalings(sigma).c_out ** -2
        return (weight * (self.denoiser(x_t, sigma) - x0).square()).mean()


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh denoiser."""
    options_of(experiment, NoOptions)
    denoiser = shape_of(experiment).fresh(EDM.denoiser, generator)
    return DenoisingLoss(denoiser)


rebuild = rebuild_with(EDM.process, EDM.denoiser)
