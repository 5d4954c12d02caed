"""A generative adversarial network (Goodfellow et al. 2014, arXiv 1406.2661).

    D: maximise E ln D(x0) + E ln(1 - D(G(z)));   G: maximise E ln D(G(z))      (section 3)

One update of each in turn; the generator sees no data and no noise level, only its adversary.

Different here: Adam with betas (0.5, 0.99) for D, and optionally the R1 penalty (Mescheder et al.
2018) and Fourier features for D, which the first GANs had not.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from pydantic import NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.diffusion.adversaries import Adversary, Game, new_adversary
from pipelines.diffusion.denoisers import Denoiser, Scalings, flow_scalings, unbounded_scalings
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.systems import FLOW
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, options_of, rebuild_with, shape_of

FREQUENCIES = (1.0, 2.0, 4.0)  # of the critic: those that the other networks have


class Options(Strict):
    """What an experiment can set."""

    critic_lr: PositiveFloat = 1e-3  # the discriminator's learning rate
    r1: NonNegativeFloat = 0.0  # weight of the penalty on its slope at real points
    # whether it sees sines and cosines of the points, as the other networks do; without them it
    # is too smooth for narrow modes, and samples stay between these
    fourier: bool = False


def raw(level: Tensor) -> Scalings:
    """Return the scalings of a plain network: its output is the sample."""
    return unbounded_scalings(flow_scalings(level))


class AdversarialLoss(PlaneObjective):
    """What a critic says of generated points."""

    def __init__(self, student: Denoiser, adversary: Adversary) -> None:
        self.student, self.adversary = student, adversary
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Update the discriminator on a batch (B, 2); return the generator's loss."""
        top = torch.tensor(FLOW.process.highest, device=x0.device)
        self.adversary.learn(x0, self.student(gaussian(x0.shape, generator), top))
        return self.adversary.fooled(self.student(gaussian(x0.shape, generator), top))


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a fresh generator with its critic."""
    options = options_of(experiment, Options)
    shape, game = shape_of(experiment), Game(options.critic_lr, options.r1)
    student = shape.fresh(raw, generator)
    seen = replace(shape, frequencies=FREQUENCIES if options.fourier else ())
    return AdversarialLoss(student, new_adversary(seen, game, generator))


rebuild = rebuild_with(FLOW.process, raw)
