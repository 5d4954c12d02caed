"""Encoded scenes of a style, with the numbers of their captions."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from pipelines.methods.latent.autoencoder import encoded
from pipelines.scenes.batches import pictures
from pipelines.scenes.chance import scenes
from pipelines.scenes.grammar import CARDINALITIES

CHUNK = 256


def banked(autoencoder: AutoencoderKL, style: str, count: int) -> dict[str, Tensor]:
    """Return scaled latents (N, 4, 8, 8) in half precision, and places in `all_captions` (N,)."""
    latents, captions = list[Tensor](), list[Tensor]()
    for first in range(0, count, CHUNK):
        some = scenes(first, min(CHUNK, count - first), ("students", style))
        x = pictures(some.to(autoencoder.device), (style,))
        latents.append((encoded(autoencoder, x) * autoencoder.config.scaling_factor).half())
        captions.append(places(some.attributes).short())
    return {f"latents.{style}": torch.cat(latents), f"captions.{style}": torch.cat(captions)}


def places(attributes: Tensor) -> Tensor:
    """Return the place of each row of attributes (B, 5) in the list of all captions: (B,)."""
    place = torch.zeros(len(attributes), dtype=torch.long, device=attributes.device)
    for column, cardinality in zip(attributes.unbind(1), CARDINALITIES, strict=True):
        place = place * cardinality + column
    return place
