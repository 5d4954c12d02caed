"""Tensor shapes at every handoff of a pipeline and of Stable Diffusion 1.5, off the models."""

from __future__ import annotations

from collections.abc import Iterator

from diffusers import StableDiffusionPipeline, UNet2DConditionModel

from pipelines.contracts.keys import Sampling
from pipelines.contracts.measurement import Measurement
from pipelines.evaluation.rows import RowMaker
from pipelines.methods.latent.published import PUBLISHED

TOKENS = 77  # of CLIP's text encoder, which Stable Diffusion 1.5 takes as it is


def shape_rows(pipeline: StableDiffusionPipeline, maker: RowMaker) -> Iterator[Measurement]:
    """Return the counts of ours, under `shapes@1`, and of the other, under `sd15-shapes@1`."""
    tokens, published = pipeline.tokenizer.model_max_length, PUBLISHED["sd15"]
    for place, counts in (
        ("shapes", _counts(pipeline.unet, tokens, pipeline.vae_scale_factor)),
        ("sd15-shapes", _counts(published.build(), TOKENS, published.scale)),
    ):
        for name, count in counts.items():
            yield maker.row(Sampling(place, 1), name, float(count), exact=True)


def _counts(unet: UNet2DConditionModel, tokens: int, scale: int) -> dict[str, int]:
    return {
        "tokens": tokens,
        "text_width": unet.config.cross_attention_dim,
        "latent_channels": unet.config.in_channels,
        "latent_side": unet.config.sample_size,
        "pixels": unet.config.sample_size * scale,
        "unet_parameters": sum(p.numel() for p in unet.parameters()),
    }
