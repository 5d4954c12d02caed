"""Consistency distillation (Song et al. 2023, arXiv 2303.01469, Algorithm 2).

    x_hi = x0 noised to level n + 1;   x_lo = one Heun step of the frozen teacher, down to level n
    minimise |f(x_hi, n + 1) - target(x_lo, n)|²

The target is a slower copy of f through which no gradient flows. A level of the grid is the
number `n`; the levels themselves and the scalings come from the teacher's family.

Different here: the squared distance, as points have no perceptual one (the paper's images: LPIPS).
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import NonNegativeFloat, ValidationInfo, field_validator
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Scalings, unbounded_scalings
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import Family, Rescale, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Decay, Parents, family_of, options_of, shape_of, teacher_of


class Options(Strict):
    """What an experiment can set."""

    intervals: Positive = 18  # of the grid of noise levels
    target_ema: Decay = 0.95  # decay of the target; 0: the current weights
    boundary: bool = True  # c_skip and c_out make f the identity at the lowest level; else f = F
    init: Literal["teacher", "random"] = "teacher"  # where the student's weights come from
    # c of a pseudo-Huber distance (Song & Dhariwal 2023); 0: the squared distance
    huber: NonNegativeFloat = 0.0
    # no stop-gradient; the target is then the student itself (target_ema 0)
    both_sides: bool = False

    @field_validator("both_sides")
    @classmethod
    def _without_target(cls, chosen: bool, info: ValidationInfo) -> bool:
        if chosen and info.data.get("target_ema"):
            raise ValueError("a gradient through both sides leaves no target: give target_ema 0")
        return chosen


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher."""
    options = options_of(experiment, Options)
    family, teacher = family_of(experiment, parents), parents["teacher"]
    frozen = teacher_of(parents, family)
    student = shape_of(experiment).fresh(scalings_of(family, options), generator)
    if options.init == "teacher":
        student.network.load_state_dict(teacher.weights)
    return DistillationLoss(student, frozen, family, options, options.huber, options.both_sides)


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the student as a consistency function."""
    family = family_of(experiment, parents)
    scalings = scalings_of(family, options_of(experiment, Options))
    return System(family.process, shape_of(experiment).trained(scalings, weights))


def scalings_of(family: Family, options: Options) -> Rescale:
    """Return the scalings of the student: with the boundary condition or without."""
    if options.boundary:
        return family.consistency

    def unbounded(level: Tensor) -> Scalings:
        return unbounded_scalings(family.consistency(level))

    return unbounded
