"""Encoded scenes of every style, with the numbers of their captions: the data of all trainings."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.methods.latent.autoencoder import encoded
from pipelines.scenes.batches import pictures
from pipelines.scenes.grammar import CARDINALITIES
from pipelines.scenes.scene_sampling import scenes
from pipelines.scenes.styles import STYLES

CHUNK = 256


def latents_of_styles(autoencoder: AutoencoderKL, count: int, styled: int) -> Arrays:
    """Return `count` scenes of the base style, and `styled` of each other one."""
    arrays: Arrays = {}
    for style in STYLES:
        found = cached_latents(autoencoder, style, count if style == "base" else styled)
        arrays |= {name: tensor.cpu().numpy() for name, tensor in found.items()}
    return arrays


def cached_latents(autoencoder: AutoencoderKL, style: str, count: int) -> dict[str, Tensor]:
    """Return scaled latents (N, C, 8, 8) in half precision, and indices in `all_captions` (N,)."""
    latents, captions = list[Tensor](), list[Tensor]()
    for first in range(0, count, CHUNK):
        some = scenes(first, min(CHUNK, count - first), ("students", style))
        x = pictures(some.to(autoencoder.device), (style,))
        latents.append((encoded(autoencoder, x) * autoencoder.config.scaling_factor).half())
        captions.append(caption_index(some.attributes).short())
    return {f"latents.{style}": torch.cat(latents), f"captions.{style}": torch.cat(captions)}


def caption_index(attributes: Tensor) -> Tensor:
    """Return the place of each row of attributes (B, 5) in the list of all captions: (B,)."""
    place = torch.zeros(len(attributes), dtype=torch.long, device=attributes.device)
    for column, cardinality in zip(attributes.unbind(1), CARDINALITIES, strict=True):
        place = place * cardinality + column
    return place
