"""Consistency distillation with an adversary on the student's one-step samples.

    minimise L_CD + weight * E softplus(-D(f(x_T, T)))

L_CD is that of Song et al. 2023 (arXiv 2303.01469, Algorithm 2), the adversary's loss the
nonsaturating one with the R1 penalty (Mescheder et al. 2018, arXiv 1801.04406). The combination is
that of CTM (Kim et al. 2023, arXiv 2310.02279) without its trajectories. Different here: a small
fixed weight in place of CTM's adaptive one; x_T is data noised to the highest level.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.adversaries import Adversary, Discriminator, Game
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import PlaneTraining
from pipelines.methods.toy import (
    Parents,
    family_of,
    settings_of,
    shape_of,
    teacher_and_student,
)


class Options(Strict):
    """Attributes:
    intervals, target_ema: Of consistency distillation.
    weight: Of the adversarial loss. after: Share of the training before it begins.
    critic_lr, r1, form: Of the discriminator and its loss.
    """

    intervals: Positive = 18
    target_ema: Annotated[float, Field(ge=0, lt=1)] = 0.95
    weight: Annotated[float, Field(ge=0)] = 0.05
    after: Annotated[float, Field(ge=0, le=1)] = 0.0
    critic_lr: Annotated[float, Field(gt=0)] = 1e-3
    r1: Annotated[float, Field(ge=0)] = 0.1
    form: Literal["nonsaturating", "hinge"] = "nonsaturating"


class ConsistencyAdversarialLoss:
    """Consistency distillation with a critic of the ends."""

    def __init__(
        self, distillation: DistillationLoss, adversary: Adversary, options: Options
    ) -> None:
        self.distillation, self.adversary, self.options = distillation, adversary, options
        self.student, self.network = distillation.student, distillation.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted sum over a batch (B, 2), after an update of the discriminator."""
        consistent = self.distillation.loss(x0, generator, progress)
        if progress < self.options.after:
            return consistent
        jumped = self.jumped(x0, generator)
        self.adversary.learn(x0, jumped)
        return consistent + self.options.weight * self.adversary.fooled(jumped)

    def jumped(self, x0: Tensor, generator: torch.Generator) -> Tensor:
        """Return f(x_T, T), the student's one-step samples."""
        process = self.distillation.process
        top = torch.tensor(process.highest, device=x0.device)
        noise = gaussian(x0.shape, generator)
        return self.student(process.noised(x0, noise, top), top)

    def stepped(self, progress: float) -> None:
        """Let the target of consistency follow the student."""
        self.distillation.stepped(progress)


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> PlaneTraining:
    """Return a student that starts as its teacher, with a critic beside it."""
    options, family, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, consistency=True
    )
    distillation, network = DistillationLoss(student, teacher, family, options), experiment.network
    discriminator = Discriminator(
        network.hidden, network.layers, network.frequencies, shape_of(experiment).dim
    )
    game = Game(options.critic_lr, options.r1, hinge=options.form == "hinge")
    adversary = Adversary(discriminator, game, generator)
    loss = ConsistencyAdversarialLoss(distillation, adversary, options)
    return PlaneTraining(loss, settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the student as a consistency function."""
    family = family_of(experiment, parents)
    return System(family.process, shape_of(experiment).trained(family.consistency, weights))
