"""Reflow: rectified flow, straightened (Liu, Gong & Liu 2022, arXiv 2209.03003, Algorithm 1).

    (z, x0): noise and the end of the teacher's ODE from it
    minimise E |F((1 - t) x0 + t z, t) - (z - x0)|²      (equation 1, with that coupling)

A teacher trained by flow matching gives round one (2-rectified flow in the paper's count), a
teacher trained by reflow round two. `one_step` distils the straightened flow at last (section 2.3:
"k-rectified flow + distill"): t = 1 only, so that all weights serve the one jump from noise.

Different here: pairs come from a fixed number of Runge-Kutta steps and are used again and again;
the student starts with the teacher's weights.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.pairs import Pairs
from pipelines.diffusion.randomness import uniform
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, shape_of, teacher_and_student

TEACHERS = {"flow_matching": FLOW, "reflow": FLOW}


class Options(Strict):
    """What an experiment can set."""

    pairs: Positive = 50_000  # how many the teacher makes
    teacher_steps: Positive = 10  # of its Runge-Kutta sampler
    one_step: bool = False  # learn the whole way at once, from noise alone


class ReflowLoss(PlaneObjective):
    """Flow matching on pairs of noise and where the teacher takes it."""

    def __init__(self, student: Denoiser, pairs: Pairs, one_step: bool = False) -> None:
        self.student, self.pairs, self.one_step = student, pairs, one_step
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the velocity over as many pairs as x0 (B, 2) has rows."""
        noise, end = self.pairs.drawn_batch(len(x0), generator)
        t = uniform(len(x0), generator)
        if self.one_step:
            t = torch.ones_like(t)
        pred_v: Tensor = self.network(FLOW.process.noised(end, noise, t), t)
        return (pred_v - (noise - end)).square().mean()


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a flow that starts as its teacher, and the pairs."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, TEACHERS
    )
    system, dim = System(FLOW.process, teacher), shape_of(experiment).dim
    pairs = Pairs(system, "flow_rk4", options.teacher_steps, options.pairs, dim)
    return ReflowLoss(student, pairs, options.one_step)


rebuild = rebuild_with(FLOW.process, FLOW.denoiser)
