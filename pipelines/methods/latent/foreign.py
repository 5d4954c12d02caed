"""An adapter before a U-Net of another shape: what happens, in the loader's own words."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel

from pipelines.methods.latent.pipeline import with_adapters


def reshaped(pipeline: StableDiffusionPipeline, channels: tuple[int, ...]) -> None:
    """Give a pipeline an untrained U-Net of other channel counts."""
    config = {**pipeline.unet.config, "block_out_channels": list(channels)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipeline.unet = UNet2DConditionModel.from_config(config)


def refusal(pipeline: StableDiffusionPipeline, adapter: Path) -> str:
    """Return the error with which a pipeline refuses an adapter; empty if it takes it."""
    try:
        with_adapters(pipeline, {adapter: 1.0})
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"{lines[0]} {lines[1]} … ({len(lines) - 1} such lines)"
    return ""
