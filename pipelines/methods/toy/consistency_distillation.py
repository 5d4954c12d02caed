"""Consistency distillation (Song et al. 2023, arXiv 2303.01469, Algorithm 2).

    x_hi = x0 noised to level n + 1;   x_lo = one Heun step of the frozen teacher, down to level n
    minimise |f(x_hi, n + 1) - target(x_lo, n)|²

The target is a slower copy of f through which no gradient flows. A level of the grid is the
number `n`; the levels themselves and the scalings come from the teacher's family.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Scalings, unbounded_scalings
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import Family, Rescale, System
from pipelines.diffusion.training import PlaneTraining
from pipelines.methods.toy import Parents, family_of, options_of, settings_of, shape_of, teacher_of


class Options(Strict):
    """Attributes:
    intervals: Of the grid of noise levels.
    target_ema: Decay of the target's weights; 0: the current weights.
    boundary: c_skip and c_out make f the identity at the lowest level; else f = F.
    init: Where the student's weights come from.
    huber: c of a pseudo-Huber distance (Song & Dhariwal 2023); 0: the squared distance.
    both_sides: No stop-gradient; the target is then the student itself (target_ema 0).
    """

    intervals: Positive = 18
    target_ema: Annotated[float, Field(ge=0, lt=1)] = 0.95
    boundary: bool = True
    init: Literal["teacher", "random"] = "teacher"
    huber: Annotated[float, Field(ge=0)] = 0.0
    both_sides: bool = False

    @field_validator("both_sides")
    @classmethod
    def _without_target(cls, chosen: bool, info: ValidationInfo) -> bool:
        if chosen and info.data.get("target_ema"):
            raise ValueError("a gradient through both sides leaves no target: give target_ema 0")
        return chosen


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> PlaneTraining:
    """Return a student that starts as its teacher."""
    options = options_of(experiment, Options)
    family, teacher = family_of(experiment, parents), parents["teacher"]
    frozen = teacher_of(parents, family)
    student = shape_of(experiment).fresh(scalings_of(family, options), generator)
    if options.init == "teacher":
        student.network.load_state_dict(teacher.weights)
    loss = DistillationLoss(student, frozen, family, options, options.huber, options.both_sides)
    return PlaneTraining(loss, settings_of(experiment, steps))


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
