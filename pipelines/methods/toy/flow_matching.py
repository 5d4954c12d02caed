"""Flow matching: the velocity of straight lines from noise to data (arXiv 2210.02747).

minimise E |F(x_t, t) - (z - x0)|²,   x_t = (1 - t) x0 + t z,   t uniform on [0, 1]

or with logit-normal times (Esser et al. 2024, arXiv 2403.03206, section 3.1): the logarithm of
noise over signal, ln(t / (1 - t)), is normal, so that more of the training goes where the shape of
the data is decided.

Different here: t = 1 is noise, as in diffusion (the paper: data), and no noise is left at t = 0.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import PositiveFloat
from torch import Tensor, nn

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.randomness import Source, gaussian, uniform
from pipelines.diffusion.systems import FLOW
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, options_of, rebuild_with, shape_of


class Options(Strict):
    """What an experiment can set."""

    times: Literal["uniform", "logit_normal"] = "uniform"  # how t is drawn
    mean: float = -0.8  # of logit t, if it is normal
    deviation: PositiveFloat = 1.4  # the same


class VelocityLoss(PlaneObjective):
    """The squared error of the predicted velocity noise - x0."""

    def __init__(self, network: nn.Module, options: Options) -> None:
        self.network, self.options = network, options

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the velocity over a batch (B, 2)."""
        t = draw_times(len(x0), self.options, generator)
        noise = gaussian(x0.shape, generator)
        pred_v: Tensor = self.network(FLOW.process.noised(x0, noise, t), t)
        return (pred_v - (noise - x0)).square().mean()


def draw_times(count: int, options: Options, source: Source) -> Tensor:
    """Draw times of the flow, shape (count, 1)."""
    if options.times == "uniform":
        return uniform(count, source)
    return torch.sigmoid(options.mean + options.deviation * gaussian((count, 1), source))


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh network that predicts velocities."""
    options = options_of(experiment, Options)
    denoiser = shape_of(experiment).fresh(FLOW.denoiser, generator)
    return VelocityLoss(denoiser.network, options)


rebuild = rebuild_with(FLOW.process, FLOW.denoiser)
