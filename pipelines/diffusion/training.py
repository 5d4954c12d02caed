"""Training: one loop for all methods, a generator that gives the caller a scalar a step.

A method states what is minimised (an objective); the training minimises it: Adam, a linear
warm-up, a cosine to one per cent, and a moving average of the weights, which is what is kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from pipelines.diffusion.adam import Adam
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import Draw, Source, drawn, members

WARM_UP = 100
FLOOR = 0.01  # of the learning rate, at the end


class PlaneObjective:
    """What a method minimises.

    Attributes:
        network: What learns.
        cycles: Of the learning rate: warm-ups and cosines, one after another.
    """

    network: nn.Module
    cycles: int = 1

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the loss of a batch (n, dim); `progress` runs from 0 to 1 over the training."""
        raise NotImplementedError

    def stepped(self, progress: float) -> None:
        """Follow the network, whose weights a step has just changed: targets move here."""


@dataclass(frozen=True)
class Settings:
    """How long, on how much, and with what rate a network is trained."""

    steps: int
    batch: int
    lr: float
    betas: tuple[float, float]
    ema: float
    cycles: int = 1  # of the learning rate


@torch.no_grad()
def follow(kept: Iterable[Tensor], live: Iterable[Tensor], decay: float) -> None:
    """Move `kept` towards `live`, in place: kept = decay kept + (1 - decay) live."""
    torch._foreach_lerp_(list(kept), list(live), 1 - decay)


class Average:
    """An exponential moving average of a network's weights, with a ramp.

    The decay at step i is min(decay, (i + 1) / (i + 10)), so that the random start is forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.live = list[Tensor](network.parameters())
        self.kept = [weight.detach().clone() for weight in self.live]
        self.names = [name for name, _ in network.named_parameters()]
        self.decay = decay
        self.step = 0

    def update(self) -> None:
        """Take in the weights after a step."""
        decay = min(self.decay, (self.step + 1) / (self.step + 10))
        follow(self.kept, self.live, decay)
        self.step += 1

    def weights(self) -> Weights:
        """Return the averaged weights by name."""
        return dict(zip(self.names, self.kept, strict=True))


class PlaneTraining:
    """A network of the plane in training."""

    def __init__(self, objective: PlaneObjective, settings: Settings) -> None:
        self.objective = objective
        self.settings = settings
        parameters = objective.network.parameters()
        self.adam = Adam(parameters, settings.lr, settings.betas)
        self.average = Average(objective.network, settings.ema)
        self.done = 0

    def step(self, x0: Tensor, generator: Source) -> dict[str, float]:
        """Update the weights once on a batch (B, dim) and return the scalars of the step.

        Of networks trained together the loss is their mean; its gradient is that of their sum.
        """
        progress = self.done / self.settings.steps
        cycle = -(-self.settings.steps // self.settings.cycles)
        lr = self.settings.lr * rate(self.done % cycle, cycle)
        self.adam.lr = lr
        loss = self.objective.loss(x0, cast(torch.Generator, generator), progress)
        if not loss.isfinite():
            raise FloatingPointError(f"the loss of step {self.done + 1} is {loss.item()}")
        self.adam.zero_grad()
        many = len(members(generator))
        (loss if many == 1 else loss * many).backward()
        self.adam.step()
        self.average.update()
        self.objective.stepped(progress)
        self.done += 1
        return {"step": float(self.done), "loss": loss.item(), "lr": lr}

    def weights(self) -> Weights:
        """Return the averaged weights."""
        return self.average.weights()


def rate(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step: linear warm-up, then a cosine."""
    warm_up = min(1.0, (step + 1) / WARM_UP)
    cosine = (1 + math.cos(math.pi * step / steps)) / 2
    return warm_up * (FLOOR + (1 - FLOOR) * cosine)


def fit(training: PlaneTraining, draw: Draw, generator: Source) -> Iterator[dict[str, float]]:
    """Train to the end on fresh data; yield the scalars of every step."""
    while training.done < training.settings.steps:
        yield training.step(drawn(draw, training.settings.batch, generator), generator)
