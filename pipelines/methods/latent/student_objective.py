"""What the methods on the tiny Stable Diffusion share: a U-Net that learns, and what it leaves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent import pipeline as pipelines_of
from pipelines.methods.latent.lora import LowRank
from pipelines.methods.latent.process import Predict
from pipelines.methods.latent.training_context import Batch, TrainingContext, copied, predictor


class StudentObjective(ABC):
    """What a model that is made from a base minimises, and what it leaves.

    Attributes:
        network: What learns.
        average: The moving average of its weights, which will be written; it moves with them.
    """

    def __init__(
        self, context: TrainingContext, experiment: LatentExperiment, network: nn.Module
    ) -> None:
        assert experiment.train is not None
        self.context, self.experiment, self.network = context, experiment, network
        self.tuning: Tuning = experiment.train
        self.average: Weights = {}

    def follow(self, average: Weights) -> None:
        """Know the average, which is what targets are taken from."""
        self.average = average

    def batch(self, step: int, style: str = "base") -> Batch:
        """Return the scenes of one step, in a style."""
        seed = (self.experiment.name, self.experiment.seed)
        return self.context.batch(self.tuning.batch, step, seed, style)

    @abstractmethod
    def terms(self, step: int) -> dict[str, Tensor]:
        """Return `loss` and other scalars of one step."""

    @abstractmethod
    def write(self, weights: Weights, folder: Path) -> None:
        """Write what was learnt as diffusers reads it."""


class AdapterObjective(StudentObjective):
    """An objective whose U-Net gets a low-rank adapter; only the adapter learns."""

    network: LowRank

    def __init__(self, context: TrainingContext, experiment: LatentExperiment, rank: int) -> None:
        self.unet = context.pipeline.unet
        super().__init__(context, experiment, LowRank(copied(self.unet), rank, experiment.seed))

    def adapted(self, factors: Weights | None = None) -> Predict:
        """Return the U-Net with the adapter, or with other factors, as a function."""
        return predictor(self.unet, self.network.fused(factors))

    def write(self, weights: Weights, folder: Path) -> None:
        """Write an adapter as peft and diffusers load it."""
        put(self.network, weights)
        layers = self.network.layers()
        StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers)


class UnetObjective(StudentObjective):
    """An objective that changes the whole U-Net of a pipeline."""

    def write(self, weights: Weights, folder: Path) -> None:
        """Write the whole pipeline with the network that has learnt."""
        put(self.network, weights)
        self.context.pipeline.unet = self.network
        pipelines_of.write(self.context.pipeline, folder)


@torch.no_grad()
def put(network: nn.Module, weights: Weights) -> None:
    """Give a network other weights."""
    for name, weight in network.named_parameters():
        weight.copy_(weights[name])
