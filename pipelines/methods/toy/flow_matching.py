"""Flow matching: the velocity of straight lines from noise to data (arXiv 2210.02747).

minimise E |F(x_t, t) - (z - x0)|²,   x_t = (1 - t) x0 + t z,   t uniform on [0, 1]
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines.contracts.experiment import Experiment
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian, uniform
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import Trainee
from pipelines.methods.toy import NoOptions, Parents, options_of, settings_of, shape_of


class VelocityLoss:
    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the squared error of the velocity over a batch (B, 2)."""
        t = uniform(len(x0), generator)
        noise = gaussian(x0.shape, generator)
        pred_v = self.network(FLOW.process.noised(x0, noise, t), t)
        return (pred_v - (noise - x0)).square().mean()

    def stepped(self, progress: float) -> None:
        """Nothing follows the network."""


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> Trainee:
    options_of(experiment, NoOptions)
    denoiser = shape_of(experiment).fresh(FLOW.denoiser, generator)
    return Trainee(VelocityLoss(denoiser.network), settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    return System(FLOW.process, shape_of(experiment).trained(FLOW.denoiser, weights))
