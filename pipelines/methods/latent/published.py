"""The shapes of published U-Nets, without their weights.

On the meta device they cost no memory: enough to check every shape, to count what an adapter
would hold, and, with random weights on a GPU, to measure latency, which does not depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import UNet2DConditionModel


@dataclass(frozen=True)
class Published:
    """A U-Net as its repository's `unet/config.json` describes it.

    Attributes:
        unet: What differs from diffusers' defaults, which are those of Stable Diffusion 1.x.
        scale: Pixels a latent position stands for, along each side.
    """

    repository: str
    unet: dict[str, Any]
    scale: int = 8

    def build(self, device: str = "meta") -> UNet2DConditionModel:
        """Return the network; its weights are nothing on `meta`, random elsewhere."""
        with torch.device(device):
            return UNet2DConditionModel(**self.unet)

    def inputs(self, batch: int, device: str = "meta") -> dict[str, Any]:
        """Return one call's arguments: sample (B, 4, H/8, W/8), 77 tokens of text."""
        side, width = self.unet["sample_size"], self.unet["cross_attention_dim"]
        with torch.device(device):
            arguments: dict[str, Any] = {
                "sample": torch.zeros(batch, 4, side, side),
                "timestep": torch.zeros(batch, dtype=torch.long),
                "encoder_hidden_states": torch.zeros(batch, 77, width),
            }
            if "addition_embed_type" in self.unet:
                # of SDXL: pooled text, and six numbers of size and crop
                pooled, sizes = torch.zeros(batch, 1280), torch.zeros(batch, 6)
                arguments["added_cond_kwargs"] = {"text_embeds": pooled, "time_ids": sizes}
        return arguments


PUBLISHED = {
    "sd15": Published(
        "stable-diffusion-v1-5/stable-diffusion-v1-5",
        {"sample_size": 64, "cross_attention_dim": 768},
    ),
    "sdxl": Published(
        "stabilityai/stable-diffusion-xl-base-1.0",
        {
            "sample_size": 128,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            "block_out_channels": (320, 640, 1280),
            "cross_attention_dim": 2048,
            "transformer_layers_per_block": (1, 2, 10),
            "attention_head_dim": (5, 10, 20),
            "use_linear_projection": True,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816,
        },
    ),
}
