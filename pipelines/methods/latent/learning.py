"""What the methods on the tiny Stable Diffusion share: a U-Net that learns, and what it leaves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from peft.utils import get_peft_model_state_dict
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.contracts.student import Student
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent import pipeline as pipelines_of
from pipelines.methods.latent.ground import Ground
from pipelines.methods.latent.lora import adapter

ADAPTER = "learnt"  # peft's name for the adapter while it learns


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
    """A learning whose U-Net carries a low-rank adapter; only the adapter learns."""

    def __init__(self, ground: Ground, student: Student, rank: int) -> None:
        network = ground.pipeline.unet
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(student.seed)
            network.add_adapter(adapter(rank), ADAPTER)
        super().__init__(ground, student, network)

    def write(self, weights: Weights, folder: Path) -> None:
        put(self.network, weights)
        # Not through diffusers' convert_state_dict_to_diffusers: it renames the attention layers
        # only, and of such a mixture the loader silently drops them.
        layers = get_peft_model_state_dict(self.network, adapter_name=ADAPTER)
        StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers)


class Remaking(Learning):
    """A learning that changes the whole U-Net of a pipeline."""

    def write(self, weights: Weights, folder: Path) -> None:
        put(self.network, weights)
        self.ground.pipeline.unet = self.network
        pipelines_of.write(self.ground.pipeline, folder)


@torch.no_grad()
def put(network: nn.Module, weights: Weights) -> None:
    """Give a network other weights."""
    for name, weight in network.named_parameters():
        weight.copy_(weights[name])
