"""An adapter before a U-Net of another shape: what happens, in the loader's own words."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel

from pipelines.methods.latent.pipeline import with_adapters

CHANNELS = (32, 64)  # of a U-Net that no adapter here was made for


def refusal(pipeline: StableDiffusionPipeline, adapter: Path) -> str:
    """Return the error with which another U-Net refuses an adapter; empty if it takes it.

    The pipeline gets that U-Net, untrained.
    """
    config = {**pipeline.unet.config, "block_out_channels": list(CHANNELS)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipeline.unet = UNet2DConditionModel.from_config(config)
    try:
        with_adapters(pipeline, {adapter: 1.0})
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"{lines[0]} {lines[1]} … ({len(lines) - 1} such lines)"
    return ""
