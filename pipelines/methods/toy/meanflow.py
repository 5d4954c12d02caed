"""MeanFlow (Geng et al. 2025, arXiv 2505.13447): the mean velocity between two times.

    u(x_t, r, t) = 1 / (t - r) * the integral of v from r to t
    u = v - (t - r) du/dt,   du/dt = v ∂u/∂x + ∂u/∂t                    (equations 6 and 8)
    minimise w |u - sg (v - (t - r) du/dt)|²,   v = z - x0              (Algorithm 1)

w = 1 / (|.|² + c)^p; times are logistic-normal; the total derivative is one forward-mode product.

Different here: a small network told t and t - r; half of the batch has r < t (the paper: a
quarter); no guidance. In two dimensions |.|² varies much from point to point, and p > 0 moves the
minimum away from the mean: probabilities of modes shift.
"""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.derivatives import along
from pipelines.diffusion.flow_maps import FlowMap, flow_map_system
from pipelines.diffusion.losses import adaptive
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import Source, gaussian, members
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, new_student_map, options_of, shape_of


class Options(Strict):
    """What an experiment can set."""

    apart: Annotated[float, Field(gt=0, le=1)] = 0.5  # share of a batch with r < t
    mean: float = -0.4  # of the logit of the times
    deviation: PositiveFloat = 1.0  # the same
    power: NonNegativeFloat = 1.0  # p of the adaptive weight
    constant: PositiveFloat = 1e-3  # c of the adaptive weight


class MeanVelocityLoss(PlaneObjective):
    """The error of the average velocity, by the identity that ties it to the velocity."""

    def __init__(self, student: FlowMap, options: Options) -> None:
        self.student, self.options = student, options
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted error of the MeanFlow identity over a batch (B, 2)."""
        r, t = draw_two_times(len(x0), self.options, generator)
        noise = gaussian(x0.shape, generator)
        x_t = FLOW.process.noised(x0, noise, t)
        goal = identity(self.student, x_t, t, r, noise - x0)
        found = self.student.velocity(x_t, t, t - r)
        return adaptive(found, goal, self.options.power, self.options.constant).mean()


def draw_two_times(count: int, options: Options, generator: Source) -> tuple[Tensor, Tensor]:
    """Draw r ≤ t, both (count, 1), equal but for a share of the rows."""
    both = torch.sigmoid(options.mean + options.deviation * gaussian((count, 2), generator))
    t = both.amax(dim=1, keepdim=True)
    share = count // len(members(generator))
    equal = torch.arange(count, device=t.device)[:, None] % share >= options.apart * share
    return torch.where(equal, t, both.amin(dim=1, keepdim=True)), t


def identity(field: FlowMap, x: Tensor, t: Tensor, r: Tensor, v: Tensor) -> Tensor:
    """Return v - (t - r) du/dt, the right side of equation 6, without gradient."""
    ones = torch.ones_like(t)
    rate = along(field.velocity, (x, t, t - r), (v, ones, ones))  # r stands still
    return v - (t - r) * rate


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a network of two times: a fresh one, or with the weights of a teacher."""
    student = new_student_map(experiment, parents, generator)
    return MeanVelocityLoss(student, options_of(experiment, Options))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the network as a map from one time to another."""
    return flow_map_system(shape_of(experiment, conditions=2), weights)
