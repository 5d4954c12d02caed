"""Consistency distillation (Song et al. 2023, arXiv 2303.01469, Algorithm 2).

    x_hi = x0 noised to level n + 1;   x_lo = one Heun step of the frozen teacher, down to level n
    minimise |f(x_hi, n + 1) - target(x_lo, n)|²

The target is a slower copy of f through which no gradient flows. A level of the grid is the
number `n`; the levels themselves and the scalings come from the teacher's family.
"""

from __future__ import annotations

import copy
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoiser, Scalings, unbounded_scalings
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.samplers import heun_step
from pipelines.diffusion.systems import EDM, FLOW, Family, Rescale, System
from pipelines.diffusion.training import Trainee, follow
from pipelines.methods.toy import Parents, options_of, refuse, settings_of, shape_of

FAMILIES = {"edm": EDM, "flow_matching": FLOW}


class Options(Strict):
    """Attributes:
    intervals: Of the grid of noise levels.
    target_ema: Decay of the target's weights; 0: the current weights.
    boundary: c_skip and c_out make f the identity at the lowest level; else f = F.
    init: Where the student's weights come from.
    """

    intervals: Positive = 18
    target_ema: Annotated[float, Field(ge=0, lt=1)] = 0.95
    boundary: bool = True
    init: Literal["teacher", "random"] = "teacher"


class DistillationLoss:
    def __init__(
        self, student: Denoiser, teacher: Denoiser, family: Family, options: Options
    ) -> None:
        self.student, self.teacher = student, teacher
        self.network = student.network
        self.target = copy.deepcopy(student).requires_grad_(False)
        self.process, self.target_ema = family.process, options.target_ema
        self.grid = family.process.grid(options.intervals)

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared distance of f at two neighbouring levels, over a batch (B, 2)."""
        device, grid = x0.device, self.grid.to(x0.device)
        n = torch.randint(len(grid) - 1, (len(x0), 1), generator=generator, device=device)
        low, high = grid[n], grid[n + 1]
        noise = torch.randn(x0.shape, generator=generator, device=device)
        x_hi = self.process.noised(x0, noise, high)
        with torch.no_grad():
            x_lo = self.solved(x_hi, high, low)
            target = self.target(x_lo, low)
        return (self.student(x_hi, high) - target).square().mean()

    def solved(self, x_hi: Tensor, high: Tensor, low: Tensor) -> Tensor:
        """Return the teacher's Heun step from `high` to `low`, both (B, 1)."""
        return heun_step(self.teacher, x_hi, high, low)

    def stepped(self, progress: float) -> None:
        """Let the target follow the student."""
        kept = list[Tensor](self.target.parameters())
        follow(kept, list(self.network.parameters()), self.target_ema)


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> Trainee:
    options = options_of(experiment, Options)
    family, teacher = family_of(experiment, parents), parents["teacher"]
    frozen = shape_of(teacher.experiment).trained(family.denoiser, teacher.weights)
    student = shape_of(experiment).fresh(scalings_of(family, options), generator)
    if options.init == "teacher":
        student.network.load_state_dict(teacher.weights)
    loss = DistillationLoss(student, frozen, family, options)
    return Trainee(loss, settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    family = family_of(experiment, parents)
    scalings = scalings_of(family, options_of(experiment, Options))
    return System(family.process, shape_of(experiment).trained(scalings, weights))


def family_of(experiment: Experiment, parents: Parents) -> Family:
    """Return the family of the teacher."""
    method = parents["teacher"].experiment.method
    if method not in FAMILIES:
        message = f"a network of {method} cannot teach {experiment.method}"
        raise refuse(experiment, "teacher", message, f"name one of: {', '.join(FAMILIES)}")
    return FAMILIES[method]


def scalings_of(family: Family, options: Options) -> Rescale:
    """Return the scalings of the student: with the boundary condition or without."""
    if options.boundary:
        return family.consistency

    def unbounded(level: Tensor) -> Scalings:
        return unbounded_scalings(family.consistency(level))

    return unbounded
