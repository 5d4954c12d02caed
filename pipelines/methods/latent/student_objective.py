"""What the methods on the tiny Stable Diffusion share: a U-Net that learns, and what it leaves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.lora import LowRank
from pipelines.methods.latent.pipeline import write_pipeline
from pipelines.methods.latent.process import Predict
from pipelines.methods.latent.training_context import (
    Batch,
    TrainingContext,
    copied,
    method_options,
    predictor,
)


class StudentObjective(ABC):
    """What a model that is made from a base minimises, and what it leaves.

    Attributes:
        defaults: The method's options, which an experiment may change.
        network: What learns.
        average: The moving average of its weights, which will be written; it moves with them.
    """

    defaults: ClassVar[dict[str, float]]

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        assert experiment.train is not None
        self.context, self.experiment = context, experiment
        self.tuning: Tuning = experiment.train
        self.options = method_options(experiment, self.defaults)
        self.network = self.new_network()
        self.average: Weights = {}

    @abstractmethod
    def new_network(self) -> nn.Module:
        """Return what is to learn, as it begins."""

    def follow(self, average: Weights) -> None:
        """Know the average, which is what targets are taken from."""
        self.average = average

    @property
    def series(self) -> tuple[str, int]:
        """What the scenes and the noise of its training are drawn from.

        Students that begin alike see the same ones, so that variants differ in nothing but what
        their files say. One that goes on from a student does not see the scenes of that again.
        """
        goes_on = {"adapter", "told"} & self.experiment.needs.keys()
        return "after" if goes_on else "first", self.experiment.seed

    def batch(self, step: int, style: str = "base") -> Batch:
        """Return the scenes of one step, in a style."""
        return self.context.batch(self.tuning.batch, step, self.series, style)

    @abstractmethod
    def terms(self, step: int) -> dict[str, Tensor]:
        """Return `loss` and other scalars of one step."""

    @abstractmethod
    def write(self, weights: Weights, folder: Path) -> None:
        """Write what was learnt as diffusers reads it."""


class AdapterObjective(StudentObjective):
    """An objective whose U-Net gets a low-rank adapter; only the adapter learns."""

    network: LowRank

    def new_network(self) -> LowRank:
        """Return the factors of an adapter of the rank that the options say."""
        unet = copied(self.context.pipeline.unet)
        return LowRank(unet, int(self.options["rank"]), self.experiment.seed)

    def adapted(self, factors: Weights | None = None) -> Predict:
        """Return the U-Net with the adapter, or with other factors, as a function."""
        return predictor(self.context.pipeline.unet, self.network.fused(factors))

    def write(self, weights: Weights, folder: Path) -> None:
        """Write an adapter as peft and diffusers load it."""
        copy_weights(self.network, weights)
        layers = self.network.layers()
        StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers)


class UnetObjective(StudentObjective):
    """An objective that changes the whole U-Net of a pipeline."""

    def new_network(self) -> nn.Module:
        """Return a copy of the pipeline's U-Net that learns."""
        return copied(self.context.pipeline.unet).requires_grad_(True)

    def write(self, weights: Weights, folder: Path) -> None:
        """Write the whole pipeline with the network that has learnt."""
        copy_weights(self.network, weights)
        self.context.pipeline.unet = self.network
        write_pipeline(self.context.pipeline, folder)


@torch.no_grad()
def copy_weights(network: nn.Module, weights: Weights) -> None:
    """Give a network other weights."""
    for name, weight in network.named_parameters():
        weight.copy_(weights[name])
