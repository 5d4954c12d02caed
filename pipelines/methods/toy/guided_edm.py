"""EDM with classes, one in ten hidden: a teacher for classifier-free guidance.

Ho & Salimans 2022 (arXiv 2207.12598, Algorithm 1), with the denoising loss of EDM: the class of a
training point is replaced by the null label with probability `dropped`, so that one network learns
D(x, sigma, c) and D(x, sigma). How the two are combined is in `pipelines/diffusion/guidance.py`.

Different here: EDM's loss and levels, so that its students are those of EDM (the paper: noise
prediction); the class is one number among the network's conditions.
"""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.guidance import NULL, Classify, Guided
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian, uniform
from pipelines.diffusion.schedules import training_sigmas
from pipelines.diffusion.systems import EDM, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, labelled_shape_of, options_of


class Options(Strict):
    """What an experiment can set."""

    dropped: Annotated[float, Field(gt=0, lt=1)] = 0.1  # share of points whose class is hidden


class LabelledLoss(PlaneObjective):
    """The denoising loss with a class, which is hidden now and then."""

    def __init__(self, denoiser: Denoiser, classify: Classify, dropped: float) -> None:
        self.denoiser, self.classify, self.dropped = denoiser, classify, dropped
        self.network = denoiser.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted denoising error (EDM, equation 8) of a batch (B, dim)."""
        sigma = training_sigmas(len(x0), generator)
        x_t = EDM.process.noised(x0, gaussian(x0.shape, generator), sigma)
        hidden = uniform(len(x0), generator) < self.dropped
        label = self.classify(x0).to(x0)[:, None].masked_fill(hidden, NULL)
        weight = self.denoiser.scalings(sigma).c_out ** -2
        return (weight * (self.denoiser(x_t, sigma, label) - x0).square()).mean()


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh denoiser that is told a class."""
    dropped = options_of(experiment, Options).dropped
    denoiser = labelled_shape_of(experiment).fresh(EDM.denoiser, generator)
    return LabelledLoss(denoiser, DATASETS[experiment.data].mode, dropped)


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the network as a guided denoiser."""
    shape = labelled_shape_of(experiment)
    return System(EDM.process, Guided(shape.trained(EDM.denoiser, weights), shape.classes))
