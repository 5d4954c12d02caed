"""The four trainings of a base, and how to read back what they left."""

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
from pipelines.methods.latent.training import Objective
from pipelines.scenes import judge
from pipelines.scenes.batches import pictures
from pipelines.scenes.chance import scenes

SCALED = 2048  # scenes whose latents set the scale


@dataclass(frozen=True)
class Ready:
    """What a training starts from: the recipe, where to run, weights of earlier parts."""

    recipe: Base
    device: str
    parents: dict[str, Path]

    def load(self, network: nn.Module, part: str) -> nn.Module:
        """Put the weights of an earlier part into a network."""
        arrays = load_arrays(self.parents[part])
        network.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
        return network.to(self.device)

    def judge(self) -> judge.Judge:
        network = self.load(judge.fresh(self.recipe.seed), "judge")
        assert isinstance(network, judge.Judge)
        return network.eval()

    def autoencoder(self, part: str = "autoencoder") -> AutoencoderKL:
        """Return the trained autoencoder, its scale set by its latents."""
        network = autoencoder.fresh(self.recipe.autoencoder, self.recipe.seed)
        self.load(network, part)
        some = scenes(0, SCALED, ("scale", self.recipe.seed)).to(self.device)
        autoencoder.set_scale(network, autoencoder.encoded(network, pictures(some)))
        return network

    def networks(self) -> nn.ModuleDict:
        """Return the trained U-Net and text encoder."""
        side = self.recipe.latent_side
        fresh = denoiser.networks(self.recipe, text.tokenizer_of(self.recipe.text), side)
        loaded = self.load(fresh, "denoiser")
        assert isinstance(loaded, nn.ModuleDict)
        return loaded


def judging(ready: Ready) -> Objective:
    network = judge.fresh(ready.recipe.seed).to(ready.device)
    return judge.Judging(network, ready.recipe.train.judge.batch, ready.recipe.seed)


def reconstruction(ready: Ready) -> Objective:
    recipe = ready.recipe
    network = autoencoder.fresh(recipe.autoencoder, recipe.seed).to(ready.device)
    return autoencoder.Reconstruction(network, recipe.train.autoencoder.batch, recipe.seed)


def decoding(ready: Ready) -> Objective:
    recipe, network = ready.recipe, ready.autoencoder()
    return autoencoder.Decoding(
        network, recipe.train.decoder.batch, recipe.seed, recipe.latent_noise
    )


def denoising(ready: Ready) -> Objective:
    recipe, encoder = ready.recipe, ready.autoencoder()
    tokenizer = text.tokenizer_of(recipe.text)
    bank = denoiser.banked(encoder, tokenizer, recipe.bank, recipe.seed)
    network = denoiser.networks(recipe, tokenizer, recipe.latent_side).to(ready.device)
    count, dropout = recipe.train.denoiser.batch, recipe.caption_dropout
    return denoiser.Denoising(network, bank, count, recipe.seed, dropout)


PARTS: dict[str, Callable[[Ready], Objective]] = {
    "judge": judging,
    "autoencoder": reconstruction,
    "decoder": decoding,
    "denoiser": denoising,
}
