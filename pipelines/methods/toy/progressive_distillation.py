"""Progressive distillation (Salimans & Ho 2022, arXiv 2202.00512, Algorithm 2).

    x'' = two Euler (DDIM) steps of the teacher, t → t - 1/2N → t - 1/N
    minimise |F(x_t, t) - (x_t - x'') N|²      one step of the student does what two did

After each round the student becomes the teacher of one with half the steps.

Different here: a flow teacher, whose velocity is what is matched (the paper's v has the same
role); rounds have equal lengths in one training, each with its own warm-up and cosine; the error
is not weighted.
"""

from __future__ import annotations

import copy
import math

import torch
from pydantic import field_validator
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.samplers import slope
from pipelines.diffusion.systems import FLOW
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, teacher_and_student


class Options(Strict):
    """What an experiment can set."""

    start: Positive = 32  # steps of the first teacher, a power of two
    final_steps: Positive = 1  # of the last student, a power of two

    @field_validator("start", "final_steps")
    @classmethod
    def _power(cls, count: int) -> int:
        if count & (count - 1):
            raise ValueError("give a power of two")
        return count

    def rounds(self) -> int:
        """How often the number of steps is halved."""
        return max(1, round(math.log2(self.start / self.final_steps)))


class HalvingLoss(PlaneObjective):
    """The error of one step beside two of the teacher, round after round."""

    def __init__(self, student: Denoiser, teacher: Denoise, options: Options) -> None:
        self.student, self.teacher, self.options = student, teacher, options
        self.network = student.network
        self.round, self.cycles = 0, options.rounds()

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the velocity over a batch (B, 2)."""
        now = math.floor(progress * self.options.rounds())
        if now > self.round:
            self.teacher = copy.deepcopy(self.student).requires_grad_(False)
            self.round = now
        steps: int = self.options.start // 2 ** (now + 1)
        at = 1 + integers(steps, len(x0), generator)
        noise = gaussian(x0.shape, generator)
        t = at / steps
        x_t = FLOW.process.noised(x0, noise, t)
        with torch.no_grad():
            landed = twice(self.teacher, x_t, t, 0.5 / steps)
        pred_v: Tensor = self.network(x_t, t)
        return (pred_v - (x_t - landed) * steps).square().mean()


def twice(teacher: Denoise, x: Tensor, t: Tensor, size: float) -> Tensor:
    """Return the state after two Euler steps of a size."""
    middle = x - size * slope(teacher, x, t)
    return middle - size * slope(teacher, middle, t - size)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"flow_matching": FLOW}
    )
    return HalvingLoss(student, teacher, options)


rebuild = rebuild_with(FLOW.process, FLOW.denoiser)
