"""Networks of the sizes that are published, with random weights: what a step of them takes.

Time hangs on shapes, not on what a network has learned; so no weights are needed. Sizes are those
of the configurations in the repositories of Stable Diffusion 1.5 (Rombach et al. 2022, arXiv
2112.10752) and SDXL (Podell et al. 2023, arXiv 2307.01952).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers.models import AutoencoderKL, UNet2DConditionModel
from torch import Tensor

from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.evaluation.timing import Run

_VAE = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "latent_channels": 4,
}


@dataclass(frozen=True)
class PublishedShape:
    """A published text-to-image model, as far as its networks' sizes go.

    Attributes:
        size: Of a picture, in pixels; a latent has an eighth of it.
        parameters: Of the U-Net, as its authors' weights have them.
        added: Further conditions of the U-Net, each with its shape for one picture.
    """

    name: str
    size: int
    parameters: int
    unet: dict[str, Any]
    added: dict[str, tuple[int, ...]] = field(default_factory=dict)


SHAPES = (
    PublishedShape(
        "sd15",
        512,
        859_520_964,
        {
            "sample_size": 64,
            "block_out_channels": (320, 640, 1280, 1280),
            "cross_attention_dim": 768,
            "attention_head_dim": 8,
        },
    ),
    PublishedShape(
        "sdxl",
        1024,
        2_567_463_684,
        {
            "sample_size": 128,
            "block_out_channels": (320, 640, 1280),
            "down_block_types": (
                "DownBlock2D",
                "CrossAttnDownBlock2D",
                "CrossAttnDownBlock2D",
            ),
            "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": 2048,
            "attention_head_dim": (5, 10, 20),
            "transformer_layers_per_block": (1, 2, 10),
            "use_linear_projection": True,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816,
        },
        {"text_embeds": (1280,), "time_ids": (6,)},
    ),
)


def unet_of(shape: PublishedShape, device: str, dtype: torch.dtype) -> UNet2DConditionModel:
    """Return the U-Net of a published model with random weights; on "meta" with none."""
    with torch.device("meta"):
        unet = UNet2DConditionModel(**shape.unet).to(dtype)
    return _filled(unet, device)


def decoder_of(device: str, dtype: torch.dtype) -> AutoencoderKL:
    """Return the autoencoder that both models share in shape, with random weights."""
    with torch.device("meta"):
        vae = AutoencoderKL(**_VAE).to(dtype)
    return _filled(vae, device)


def _filled(network: Any, device: str) -> Any:
    network = network.eval().requires_grad_(False)
    if device == "meta":
        return network
    network = network.to_empty(device=device)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.normal_(std=0.02)
    return network


def inputs_of(
    shape: PublishedShape, batch: int, device: str, dtype: torch.dtype
) -> dict[str, Any]:
    """Return what a U-Net is called with: a latent (B, 4, h, w), a time, 77 tokens, and more."""
    side = shape.size // 8
    width = shape.unet["cross_attention_dim"]

    def zeros(*sizes: int) -> Tensor:
        return torch.zeros(batch, *sizes, device=device, dtype=dtype)

    added = {name: zeros(*sizes) for name, sizes in shape.added.items()}
    return {
        "sample": zeros(4, side, side),
        "timestep": torch.tensor(499, device=device),
        "encoder_hidden_states": zeros(77, width),
        "added_cond_kwargs": added or None,
    }


def runs_of(shape: PublishedShape, device: str, dtype: torch.dtype) -> Iterator[Run]:
    """Yield what is timed: a step without guidance, one with (a batch of two), a decoding."""
    unet, vae = unet_of(shape, device, dtype), decoder_of(device, dtype)
    for batch, metric in ((1, "seconds_per_step"), (2, "seconds_per_guided_step")):
        called = inputs_of(shape, batch, device, dtype)
        yield Run(_key(shape, metric), lambda called=called: unet(**called), 1)  # type: ignore[misc]
    latent = inputs_of(shape, 1, device, dtype)["sample"]
    yield Run(_key(shape, "seconds_to_decode"), lambda: vae.decode(latent), 0)


def _key(shape: PublishedShape, metric: str) -> str:
    return SystemKey(shape.name, Sampling("shape", 1)).key(metric)
