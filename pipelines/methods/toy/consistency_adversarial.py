"""Consistency distillation with an adversary on the student's one-step samples.

    minimise L_CD + weight * E softplus(-D(f(x_T, T)))

L_CD is that of Song et al. 2023 (arXiv 2303.01469, Algorithm 2), the adversary's loss the
nonsaturating one with the R1 penalty (Mescheder et al. 2018, arXiv 1801.04406). The combination is
that of CTM (Kim et al. 2023, arXiv 2310.02279) without its trajectories.

Different here: a small fixed weight in place of CTM's adaptive one; x_T is data noised to the
highest level.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.adversaries import Adversary, Game, new_adversary
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Decay, Parents, family_of, shape_of, teacher_and_student


class Options(Strict):
    """What an experiment can set."""

    intervals: Positive = 18  # of consistency distillation
    target_ema: Decay = 0.95  # of consistency distillation
    weight: NonNegativeFloat = 0.05  # of the adversarial loss
    # share of the training before that loss begins
    after: Annotated[float, Field(ge=0, le=1)] = 0.0
    critic_lr: PositiveFloat = 1e-3  # of the discriminator
    r1: NonNegativeFloat = 0.1  # of the discriminator
    form: Literal["nonsaturating", "hinge"] = "nonsaturating"  # of the discriminator's loss


class ConsistencyAdversarialLoss(PlaneObjective):
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


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher, with a critic beside it."""
    options, family, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, consistency=True
    )
    distillation = DistillationLoss(student, teacher, family, options)
    game = Game(options.critic_lr, options.r1, hinge=options.form == "hinge")
    adversary = new_adversary(shape_of(experiment), game, generator)
    return ConsistencyAdversarialLoss(distillation, adversary, options)


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the student as a consistency function."""
    family = family_of(experiment, parents)
    return System(family.process, shape_of(experiment).trained(family.consistency, weights))
