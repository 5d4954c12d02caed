"""Shortcut models (Frans et al. 2024, arXiv 2410.12557): a network told the size of its step.

    step 0:   |s(x_t, t, 0) - (z - x0)|²                               flow matching
    step 2d:  |s(x_t, t, 2d) - sg (s(x_t, t, d) + s(x', t - d, d)) / 2|²,   x' = x_t - d s

(Algorithm 1, with noise at t = 1), d a power of two from 1/128 to 1/2, t a multiple of 2d. The
targets use a moving average of the weights.

Different here: no classes and no guidance; the size of the step goes into the network as it is,
not as its logarithm; times of the flow's part are continuous (the paper: multiples of 1/128).
Replicas are trained one after another.
"""

from __future__ import annotations

import copy
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.flow_maps import FlowMap, flow_map_system
from pipelines.diffusion.losses import squared
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import PlaneObjective, follow
from pipelines.methods.toy import Decay, Parents, new_student_map, options_of, shape_of


class Options(Strict):
    """What an experiment can set."""

    halvings: Positive = 7  # the smallest step is 1 / 2^halvings
    consistent: Annotated[float, Field(gt=0, lt=1)] = 0.25  # share of a batch for self-consistency
    target_ema: Decay = 0.99  # decay of the target


class ShortcutLoss(PlaneObjective):
    """Flow matching, and one jump that must agree with two of half its length."""

    def __init__(self, student: FlowMap, options: Options) -> None:
        self.student, self.options = student, options
        self.network = student.network
        self.target = copy.deepcopy(student).requires_grad_(False)

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the mean error of both kinds over a batch (B, 2)."""
        noise = torch.randn(x0.shape, generator=generator, device=x0.device)
        cut = max(1, round(self.options.consistent * len(x0)))
        t, size = drawn_steps(cut, self.options.halvings, generator)
        x_t = FLOW.process.noised(x0[:cut], noise[:cut], t)
        with torch.no_grad():
            goal = two_steps(self.target, x_t, t, size / 2, 0.5**self.options.halvings)
        consistent = squared(self.student.velocity(x_t, t, size), goal)
        return torch.cat([consistent, self.matching(x0[cut:], noise[cut:], generator)]).mean()

    def matching(self, x0: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
        """Return the errors of flow matching, (B, 1): the network at step size 0."""
        t = torch.rand(len(x0), 1, generator=generator, device=x0.device)
        x_t = FLOW.process.noised(x0, noise, t)
        return squared(self.student.velocity(x_t, t, torch.zeros_like(t)), noise - x0)

    def stepped(self, progress: float) -> None:
        """Let the target follow the student."""
        follow(self.target.parameters(), self.network.parameters(), self.options.target_ema)


def drawn_steps(count: int, halvings: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw times and step sizes 2d that fit them, both (count, 1)."""
    device = generator.device
    power = torch.randint(halvings, (count, 1), generator=generator, device=device)
    many = 2.0**power  # steps of this size from noise to data
    share = torch.rand(count, 1, generator=generator, device=device)
    return ((share * many).floor() + 1) / many, 1 / many


def two_steps(target: FlowMap, x: Tensor, t: Tensor, size: Tensor, smallest: float) -> Tensor:
    """Return the mean direction of two steps of a size, (B, 2).

    Steps of the smallest size are those of flow matching: told as 0.
    """
    step_size = torch.where(size <= smallest, 0.0, size)
    first = target.velocity(x, t, step_size)
    second = target.velocity(x - size * first, t - size, step_size)
    return (first + second) / 2


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a network that is told its step: a fresh one, or with the weights of a teacher."""
    student = new_student_map(experiment, parents, generator)
    return ShortcutLoss(student, options_of(experiment, Options))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the network as a map from one time to another."""
    return flow_map_system(shape_of(experiment, conditions=2), weights)
