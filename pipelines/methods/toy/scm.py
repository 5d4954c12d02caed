"""sCD: continuous-time consistency distillation in TrigFlow (Lu & Song 2024, arXiv 2410.11081).

    f(x, t) = cos(t) x - sin(t) F(x, t);   dx/dt = F_teacher(x, t)
    g = -cos²(t) (F - dx/dt) - r sin(t) cos(t) (x + dF/dt),   g ← g / (|g| + 0.1)
    minimise exp(w(t)) |F - sg F - g|² / dim - w(t)                       (Algorithm 1)

g is cos(t) df/dt, zero for a consistency function; dF/dt along the trajectory comes from forward
mode; r rises from 0 to 1 in the tangent warm-up; w is the learned weight of a level.

Different here: the network gets ln(tan t) / 4, as its EDM teacher does, and its F has the other
sign (`trig_scalings`); levels end at tan t = 10; w is linear between knots (`LevelWeights`).

What comes back from `rebuild` is the same f in EDM's
coordinates (x / cos t, sigma = tan t), so that its levels are those of all other students.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import torch
from pydantic import Field, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.critics import lognormal
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.derivatives import along
from pipelines.diffusion.level_weights import LevelWeights
from pipelines.diffusion.losses import squared
from pipelines.diffusion.randomness import gaussian, members
from pipelines.diffusion.systems import EDM, TRIG
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, teacher_and_student

Raw = Callable[[Tensor, Tensor], Tensor]
BOUNDS = (0.002, 10.0)  # of tan t


class Options(Strict):
    """What an experiment can set."""

    warm_up: Annotated[float, Field(ge=0, le=1)] = 0.15  # share of the training in which r rises
    constant: PositiveFloat = 0.1  # c of the normalised tangent
    mean: float = -1.0  # of ln tan t
    deviation: PositiveFloat = 1.4  # of ln tan t
    adaptive: bool = True  # learn the weight of each level; else all levels weigh the same
    weight_lr: PositiveFloat = 0.01  # of the learned weights


class TangentLoss(PlaneObjective):
    """The loss of continuous time: the tangent of the consistency function."""

    def __init__(
        self, student: Denoiser, teacher: Denoiser, options: Options, networks: int = 1
    ) -> None:
        self.student, self.teacher, self.options = student, teacher, options
        self.network = student.network
        self.weights = LevelWeights(networks, options.weight_lr) if options.adaptive else None

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared normalised tangent over a batch (B, 2)."""
        options = self.options
        t = lognormal(len(x0), options.mean, options.deviation, BOUNDS, generator).atan()
        noise = gaussian(x0.shape, generator)
        x_t = TRIG.process.noised(x0, noise, t)
        ramp = min(1.0, progress / options.warm_up) if options.warm_up else 1.0
        with torch.no_grad():
            way = trig_velocity(self.teacher, x_t, t)
        g = tangent(lambda x, at: trig_velocity(self.student, x, at), x_t, t, way, ramp)
        g = g / (g.norm(dim=1, keepdim=True) + options.constant)
        found = trig_velocity(self.student, x_t, t)
        each = squared(found, found.detach() + g)
        if self.weights is None:
            return each.mean()
        return self.weights.weighted(each[:, 0] / x0.shape[1], place_of(t))

    def stepped(self, progress: float) -> None:
        """Let the weights of levels follow."""
        if self.weights is not None:
            self.weights.step()


def place_of(t: Tensor) -> Tensor:
    """Return where ln tan t lies between the lowest level and the highest, from 0 to 1."""
    low, high = (math.log(bound) for bound in BOUNDS)
    return (t.tan().log() - low) / (high - low)


def trig_velocity(denoiser: Denoiser, x: Tensor, t: Tensor) -> Tensor:
    """Return F(x, t) in the paper's sign: of a teacher, dx/dt."""
    out: Tensor = -denoiser.network(x, TRIG.denoiser(t).c_noise.expand(len(x), 1))
    return out


def tangent(field: Raw, x: Tensor, t: Tensor, way: Tensor, ramp: float) -> Tensor:
    """Return g at points (B, 2) and angles (B, 1), from F and the teacher's dx/dt."""
    rate = along(field, (x, t), (way, torch.ones_like(t)))
    with torch.no_grad():
        apart = field(x, t) - way
    return -(t.cos() ** 2) * apart - ramp * t.sin() * t.cos() * (x + rate)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}
    )
    return TangentLoss(student, teacher, options, len(members(generator)))


rebuild = rebuild_with(EDM.process, EDM.denoiser)
