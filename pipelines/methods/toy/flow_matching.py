"""Flow matching: the velocity of straight lines from noise to data (arXiv 2210.02747).

minimise E |F(x_t, t) - (z - x0)|²,   x_t = (1 - t) x0 + t z,   t uniform on [0, 1]

or with logit-normal times (Esser et al. 2024, arXiv 2403.03206, section 3.1): the logarithm of
noise over signal, ln(t / (1 - t)), is normal, so that more of the training goes where the shape of
the data is decided.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import Source, gaussian, uniform
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import PlaneTraining
from pipelines.methods.toy import Parents, options_of, settings_of, shape_of


class Options(Strict):
    """Attributes:
    times: How t is drawn.
    mean, deviation: Of logit t, if it is normal.
    """

    times: Literal["uniform", "logit_normal"] = "uniform"
    mean: float = -0.8
    deviation: Annotated[float, Field(gt=0)] = 1.4


class VelocityLoss:
    """The squared error of the predicted velocity noise - x0."""

    def __init__(self, network: nn.Module, options: Options) -> None:
        self.network, self.options = network, options

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the velocity over a batch (B, 2)."""
        t = times(len(x0), self.options, generator)
        noise = gaussian(x0.shape, generator)
        pred_v: Tensor = self.network(FLOW.process.noised(x0, noise, t), t)
        return (pred_v - (noise - x0)).square().mean()

    def stepped(self, progress: float) -> None:
        """Nothing follows the network."""


def times(count: int, options: Options, source: Source) -> Tensor:
    """Draw times of the flow, shape (count, 1)."""
    if options.times == "uniform":
        return uniform(count, source)
    return torch.sigmoid(options.mean + options.deviation * gaussian((count, 1), source))


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> PlaneTraining:
    """Return a fresh network that predicts velocities."""
    options = options_of(experiment, Options)
    denoiser = shape_of(experiment).fresh(FLOW.denoiser, generator)
    return PlaneTraining(VelocityLoss(denoiser.network, options), settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the network as a flow."""
    return System(FLOW.process, shape_of(experiment).trained(FLOW.denoiser, weights))
