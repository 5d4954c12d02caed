"""A generative adversarial network (Goodfellow et al. 2014, arXiv 1406.2661).

    D: maximise E ln D(x0) + E ln(1 - D(G(z)));   G: maximise E ln D(G(z))      (section 3)

One update of each in turn; the generator sees no data and no noise level, only its adversary.
Different here: Adam with betas (0.5, 0.99) for D, and optionally the R1 penalty (Mescheder et al.
2018) and Fourier features for D, which the first GANs had not.
"""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.adversaries import Adversary, Discriminator, Game
from pipelines.diffusion.denoisers import Denoiser, Scalings, flow_scalings, unbounded_scalings
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.systems import FLOW, System
from pipelines.diffusion.training import PlaneTraining
from pipelines.methods.toy import Parents, options_of, settings_of, shape_of

FREQUENCIES = (1.0, 2.0, 4.0)  # of the critic: those that the other networks have


class Options(Strict):
    """Attributes:
    critic_lr: The discriminator's learning rate.
    r1: Weight of the penalty on its slope at real points.
    fourier: Whether it sees sines and cosines of the points, as the other networks do. Without
        them it is too smooth for narrow modes, and samples stay between these.
    """

    critic_lr: Annotated[float, Field(gt=0)] = 1e-3
    r1: Annotated[float, Field(ge=0)] = 0.0
    fourier: bool = False


def raw(level: Tensor) -> Scalings:
    """Return the scalings of a plain network: its output is the sample."""
    return unbounded_scalings(flow_scalings(level))


class AdversarialLoss:
    """What a critic says of generated points."""

    def __init__(self, student: Denoiser, adversary: Adversary) -> None:
        self.student, self.adversary = student, adversary
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Update the discriminator on a batch (B, 2); return the generator's loss."""
        top = torch.tensor(FLOW.process.highest, device=x0.device)
        self.adversary.learn(x0, self.student(gaussian(x0.shape, generator), top))
        return self.adversary.fooled(self.student(gaussian(x0.shape, generator), top))

    def stepped(self, progress: float) -> None:
        """The discriminator learns before the generator does."""


def make(
    experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
) -> PlaneTraining:
    """Return a fresh generator with its critic."""
    options, network = options_of(experiment, Options), experiment.network
    shape = shape_of(experiment)
    student = shape.fresh(raw, generator)
    seen = FREQUENCIES if options.fourier else ()
    discriminator = Discriminator(network.hidden, network.layers, seen, shape.dim)
    adversary = Adversary(discriminator, Game(options.critic_lr, options.r1), generator)
    return PlaneTraining(AdversarialLoss(student, adversary), settings_of(experiment, steps))


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the generator."""
    return System(FLOW.process, shape_of(experiment).trained(raw, weights))
