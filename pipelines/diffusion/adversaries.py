"""Adversaries: a discriminator, its two classical losses, and the training of it.

    nonsaturating:  D: softplus(-D(real)) + softplus(D(fake));   G: softplus(-D(fake))
    hinge:          D: relu(1 - D(real)) + relu(1 + D(fake));    G: -D(fake)

Goodfellow et al. 2014 (arXiv 1406.2661); Lim & Ye 2017 (arXiv 1705.02894).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, relu, softplus

from pipelines.diffusion.adam import Adam
from pipelines.diffusion.networks import Ensemble, FeatureMLP, initialise
from pipelines.diffusion.randomness import Source, members
from pipelines.diffusion.systems import Shape

BETAS = (0.5, 0.99)


class Discriminator(FeatureMLP):
    """How real a point looks: (B, dim) → (B, 1), a logit, positive for real ones."""

    activation = staticmethod(partial(leaky_relu, negative_slope=0.2))
    frequencies: Tensor

    def __init__(
        self, hidden: int, layers: int, frequencies: Sequence[float], dim: int = 2
    ) -> None:
        super().__init__(dim + 2 * dim * len(frequencies), hidden, layers, 1)
        self.register_buffer("frequencies", torch.tensor(frequencies), persistent=False)

    def features(self, x: Tensor) -> Tensor:
        """Return the points beside sines and cosines of them."""
        angles = (x[:, :, None] * self.frequencies).flatten(1)
        return torch.cat([x, angles.sin(), angles.cos()], dim=1)


def new_discriminator(pattern: Discriminator, source: Source) -> nn.Module:
    """Return a discriminator of this shape with random weights, or one a network as one."""
    each = [copy.deepcopy(pattern) for _ in members(source)]
    for discriminator, generator in zip(each, members(source), strict=True):
        initialise(discriminator.to(generator.device), generator)
    return each[0] if isinstance(source, torch.Generator) else Ensemble(each)


def nonsaturating(real: Tensor, fake: Tensor) -> Tensor:
    """Return the discriminator's loss from logits."""
    return (softplus(-real) + softplus(fake)).mean()


def hinge(real: Tensor, fake: Tensor) -> Tensor:
    """Return the discriminator's loss from scores."""
    return (relu(1 - real) + relu(1 + fake)).mean()


@dataclass(frozen=True)
class Game:
    """The rules: which losses, how fast the discriminator learns, and its gradient penalty.

    Attributes:
        r1: Weight gamma of (gamma / 2) E|grad D(real)|² (Mescheder et al. 2018, arXiv 1801.04406).
        every: The penalty is taken every so many steps, and then so many times as strong.
    """

    lr: float = 1e-3
    r1: float = 0.1
    every: int = 4
    hinge: bool = False


class Adversary:
    """A discriminator in training."""

    def __init__(self, pattern: Discriminator, game: Game, generator: Source) -> None:
        self.discriminator, self.game = new_discriminator(pattern, generator), game
        self.many, weights = len(members(generator)), self.discriminator.parameters()
        self.adam = Adam(weights, game.lr, BETAS)
        self.done = 0

    def learn(self, real: Tensor, fake: Tensor) -> None:
        """Update the discriminator once on points (B, 2): each of several by its own mean."""
        loss = self.loss(real, fake.detach())
        if self.game.r1 and self.done % self.game.every == 0:
            penalty = gradient_penalty(self.discriminator, real)
            loss = loss + self.game.every * self.game.r1 / 2 * penalty
        self.adam.zero_grad()
        (loss * self.many).backward()
        self.adam.step()
        self.done += 1

    def loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the discriminator's loss, penalty apart."""
        of_kind = hinge if self.game.hinge else nonsaturating
        return of_kind(self.discriminator(real), self.discriminator(fake))

    def fooled(self, fake: Tensor) -> Tensor:
        """Return the generator's loss on its points (B, 2): gradients reach them, not D."""
        weights = dict(self.discriminator.named_parameters())
        frozen = {name: weight.detach() for name, weight in weights.items()}
        score: Tensor = torch.func.functional_call(self.discriminator, frozen, (fake,))
        return -score.mean() if self.game.hinge else softplus(-score).mean()


def new_adversary(shape: Shape, game: Game, source: Source) -> Adversary:
    """Return the adversary of a network: an untrained discriminator of the same size."""
    pattern = Discriminator(shape.hidden, shape.layers, shape.frequencies, shape.dim)
    return Adversary(pattern, game, source)


def gradient_penalty(discriminator: nn.Module, real: Tensor) -> Tensor:
    """Return E|grad D(x)|² at real points (B, 2)."""
    x = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(x).sum(), x, create_graph=True)
    return slope.square().sum(dim=1).mean()
