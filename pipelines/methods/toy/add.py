"""Adversarial diffusion distillation (Sauer et al. 2023, arXiv 2311.17042).

    minimise L_adv + lambda * E c(sigma) |f - sg D_teacher(f + sigma z', sigma)|²,   f = f(x_s, s)

with s one of four levels, L_adv the hinge loss with R1 (equations 2 and 3), lambda = 2.5 and
c(sigma) = 1 / sqrt(1 + sigma²), the signal's share alpha in variance-preserving terms: the paper's
"exponential" weighting (equation 4).

Different here: the discriminator sees points through Fourier features (the paper: a frozen
DINOv2), without conditioning; the student sees levels up to 10; the levels of distillation are the
teacher's lognormal.
"""

from __future__ import annotations

import torch
from pydantic import NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.adversaries import Adversary, Game, new_adversary
from pipelines.diffusion.critics import lognormal
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.losses import squared
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, shape_of, teacher_and_student

LEVELS = (10.0, 2.0, 0.7, 0.2)  # of the student, the paper's N = 4
RENOISE = (-0.8, 1.4)  # mean and deviation of ln sigma, as in the teacher's training


class Options(Strict):
    """What an experiment can set."""

    distillation: NonNegativeFloat = 2.5  # lambda, the weight of score distillation
    critic_lr: PositiveFloat = 1e-3  # of the discriminator
    r1: NonNegativeFloat = 0.1  # of the discriminator


class AddLoss(PlaneObjective):
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


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher, with a critic beside it."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}
    )
    game = Game(options.critic_lr, options.r1, hinge=True)
    adversary = new_adversary(shape_of(experiment), game, generator)
    return AddLoss(student, teacher, adversary, options)


rebuild = rebuild_with(EDM.process, EDM.denoiser)
