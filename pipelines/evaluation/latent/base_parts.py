"""The five parts of a base: what trains each, and how to read back what they learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import nn

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.latent import Base
from pipelines.methods.latent import autoencoder, denoiser, text
from pipelines.methods.latent.training import LatentObjective
from pipelines.scenes import scene_classifier
from pipelines.scenes.batches import pictures
from pipelines.scenes.scene_classifier import SceneClassifier
from pipelines.scenes.scene_sampling import scenes

SCALED = 2048  # scenes whose latents set the scale


@dataclass(frozen=True)
class TrainedParts:
    """What a training starts from: the recipe, where to run, weights of earlier parts."""

    recipe: Base
    device: str
    weights: dict[str, Path]

    def load(self, network: nn.Module, part: str) -> nn.Module:
        """Put the weights of an earlier part into a network."""
        arrays = load_arrays(self.weights[part])
        network.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
        return network.to(self.device)

    def autoencoder(self, part: str = "autoencoder") -> AutoencoderKL:
        """Return the trained autoencoder, its scale set by its latents."""
        network = autoencoder.new_autoencoder(self.recipe.autoencoder, self.recipe.seed)
        self.load(network, part)
        some = scenes(0, SCALED, ("scale", self.recipe.seed)).to(self.device)
        autoencoder.set_scale(network, autoencoder.encoded(network, pictures(some)))
        return network

    def perception(self) -> SceneClassifier:
        """Return the trained classifier that the autoencoder learns from."""
        return scene_classifier.load_classifier(self.weights["perception"], self.device)

    def networks(self) -> nn.ModuleDict:
        """Return the trained U-Net and text encoder."""
        side = self.recipe.latent_side
        fresh = denoiser.networks(self.recipe, text.tokenizer_of(self.recipe.text), side)
        loaded = self.load(fresh, "denoiser")
        assert isinstance(loaded, nn.ModuleDict)
        return loaded


def classification(parts: TrainedParts) -> LatentObjective:
    """Return how the scene classifier is trained."""
    recipe = parts.recipe
    network = scene_classifier.new_classifier(recipe.seed).to(parts.device)
    return scene_classifier.ClassifierObjective(network, recipe.train.judge.batch, recipe.seed)


def perception(parts: TrainedParts) -> LatentObjective:
    """Return how a second classifier is trained, whose maps the autoencoder learns from.

    The judge itself would then judge what had been made to please it.
    """
    recipe = parts.recipe
    network = scene_classifier.new_classifier(recipe.seed, "perception").to(parts.device)
    count = recipe.train.perception.batch
    return scene_classifier.ClassifierObjective(network, count, recipe.seed, "perception")


def reconstruction(parts: TrainedParts) -> LatentObjective:
    """Return how the autoencoder is trained."""
    recipe = parts.recipe
    network = autoencoder.new_autoencoder(recipe.autoencoder, recipe.seed).to(parts.device)
    count = recipe.train.autoencoder.batch
    return autoencoder.Reconstruction(network, parts.perception(), count, recipe.seed)


def decoding(parts: TrainedParts) -> LatentObjective:
    """Return how the decoder alone is trained, behind an encoder that stays."""
    recipe, network = parts.recipe, parts.autoencoder()
    return autoencoder.Decoding(
        network, parts.perception(), recipe.train.decoder.batch, recipe.seed, recipe.latent_noise
    )


def denoising(parts: TrainedParts) -> LatentObjective:
    """Return how the text encoder and the U-Net are trained."""
    recipe, encoder = parts.recipe, parts.autoencoder()
    tokenizer = text.tokenizer_of(recipe.text)
    cached = denoiser.cache_latents(encoder, tokenizer, recipe.bank, recipe.seed)
    network = denoiser.networks(recipe, tokenizer, recipe.latent_side).to(parts.device)
    count, dropout = recipe.train.denoiser.batch, recipe.caption_dropout
    return denoiser.Denoising(network, cached, count, recipe.seed, dropout)


PARTS: dict[str, Callable[[TrainedParts], LatentObjective]] = {
    "judge": classification,
    "perception": perception,
    "autoencoder": reconstruction,
    "decoder": decoding,
    "denoiser": denoising,
}
