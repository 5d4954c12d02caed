"""Adversarial diffusion distillation (Sauer et al. 2023, arXiv 2311.17042).

    minimise L_adv + lambda * E c(sigma) |f - sg D_teacher(f + sigma z', sigma)|²,   f = f(x_s, s)

with s one of four levels, L_adv the hinge loss with R1 (equations 2 and 3), lambda = 2.5 and
c(sigma) = 1 / sqrt(1 + sigma²), the signal's share alpha in variance-preserving terms: the paper's
"exponential" weighting (equation 4). Different here: the discriminator sees points through Fourier
features (the paper: a frozen DINOv2), without conditioning; the student sees levels up to 10; the
levels of distillation are the teacher's lognormal.
"""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.adversaries import Adversary, Discriminator, Game
from pipelines.diffusion.critics import lognormal
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.losses import squared
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.systems import EDM, System
from pipelines.diffusion.training import PlaneTraining
from pipelines.methods.toy import Parents, settings_of, shape_of, teacher_and_student

LEVELS = (10.0, 2.0, 0.7, 0.2)  # of the student, the paper's N = 4
RENOISE = (-0.8, 1.4)  # mean and deviation of ln sigma, as in the teacher's training


class Options(Strict):
    """Attributes:
    distillation: lambda, the weight of score distillation.
    critic_lr, r1: Of the discriminator.
    """

    distillation: Annotated[float, Field(ge=0)] = 2.5
    critic_lr: Annotated[float, Field(gt=0)] = 1e-3
    r1: Annotated[float, Field(ge=0)] = 0.1


class AddLoss:
    """What a critic says of one-step samples, and their distance to the teacher's."""

    def __init__(
        self, student: Denoiser, teacher: Denoise, adversary: Adversary, options: Options
    ) -> None:
        self.student, self.teacher = student, teacher
        self.adversary, self.options = adversary, options
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the sum of both terms over a batch (B, 2), after an update of the adversary."""
        device = x0.device
        at = integers(len(LEVELS), len(x0), generator)
        level = torch.tensor(LEVELS, device=device)[at]
        noise = gaussian(x0.shape, generator)
        guess = self.student(EDM.process.noised(x0, noise, level), level)
        self.adversary.learn(x0, guess)
        distilled = self.distilled(guess, generator)
        return self.adversary.fooled(guess) + self.options.distillation * distilled

    def distilled(self, guess: Tensor, generator: torch.Generator) -> Tensor:
        """Return the score distillation of the student's samples (B, 2)."""
        bounds = (EDM.process.lowest, EDM.process.highest)
        sigma = lognormal(len(guess), *RENOISE, bounds, generator)
        noise = gaussian(guess.shape, generator)
        with torch.no_grad():
            target = self.teacher(EDM.process.noised(guess, noise, sigma), sigma)
        return ((1 + sigma**2).rsqrt() * squared(guess, target)).mean()

    def stepped(self, progress: float) -> None:
        """Nothing follows the network."""


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> PlaneTraining:
    """Return a student that starts as its teacher, with a critic beside it."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}
    )
    network = experiment.network
    discriminator = Discriminator(
        network.hidden, network.layers, network.frequencies, shape_of(experiment).dim
    )
    game = Game(options.critic_lr, options.r1, hinge=True)
    adversary = Adversary(discriminator, game, generator)
    loss = AddLoss(student, teacher, adversary, options)
    return PlaneTraining(loss, settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the student as a denoiser to jump with."""
    return System(EDM.process, shape_of(experiment).trained(EDM.denoiser, weights))
