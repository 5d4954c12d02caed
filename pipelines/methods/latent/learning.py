"""What the methods on the tiny Stable Diffusion share: a U-Net that learns, and what it leaves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.contracts.student import Student
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent import pipeline as pipelines_of
from pipelines.methods.latent.ground import Ground, copied, predictor
from pipelines.methods.latent.lora import LowRank
from pipelines.methods.latent.process import Predict


class Learning(ABC):
    """A training on the ground of a base.

    Attributes:
        network: What learns.
        average: The moving average of its weights, which will be written; it moves with them.
    """

    def __init__(self, ground: Ground, student: Student, network: nn.Module) -> None:
        assert student.train is not None
        self.ground, self.student, self.network = ground, student, network
        self.tuning: Tuning = student.train
        self.average: Weights = {}

    def follow(self, average: Weights) -> None:
        """Know the average, which is what targets are taken from."""
        self.average = average

    @abstractmethod
    def terms(self, step: int) -> dict[str, Tensor]:
        """Return `loss` and other scalars of one step."""

    @abstractmethod
    def write(self, weights: Weights, folder: Path) -> None:
        """Write what was learnt as diffusers reads it."""


class Adapting(Learning):
    """A learning whose U-Net gets a low-rank adapter; only the adapter learns."""

    network: LowRank

    def __init__(self, ground: Ground, student: Student, rank: int) -> None:
        self.unet = ground.pipeline.unet
        super().__init__(ground, student, LowRank(copied(self.unet), rank, student.seed))

    def adapted(self, factors: Weights | None = None) -> Predict:
        """Return the U-Net with the adapter, or with other factors, as a function."""
        return predictor(self.unet, self.network.fused(factors))

    def write(self, weights: Weights, folder: Path) -> None:
        """Write an adapter as peft and diffusers load it."""
        put(self.network, weights)
        layers = self.network.layers()
        StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers)


class Remaking(Learning):
    """A learning that changes the whole U-Net of a pipeline."""

    def write(self, weights: Weights, folder: Path) -> None:
        """Write the whole pipeline with the network that has learnt."""
        put(self.network, weights)
        self.ground.pipeline.unet = self.network
        pipelines_of.write(self.ground.pipeline, folder)


@torch.no_grad()
def put(network: nn.Module, weights: Weights) -> None:
    """Give a network other weights."""
    for name, weight in network.named_parameters():
        weight.copy_(weights[name])
