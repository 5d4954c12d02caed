"""Tensor shapes at every handoff of a pipeline and of Stable Diffusion 1.5, off the models."""

from __future__ import annotations

from collections.abc import Iterator

from diffusers import StableDiffusionPipeline

from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.methods.latent.published import PUBLISHED

TOKENS = 77  # of CLIP's text encoder, which Stable Diffusion 1.5 takes as it is


def shape_rows(pipeline: StableDiffusionPipeline, producer: Producer) -> Iterator[Measurement]:
    """Return the counts of ours, under `shapes@1`, and of the other, under `sd15-shapes@1`."""
    for place, counts in (("shapes", ours(pipeline)), ("sd15-shapes", sd15())):
        system = SystemKey("base", Sampling(place, 1))
        for name, count in counts.items():
            key = system.key(name)
            yield Measurement(key=key, value=float(count), exact=True, produced_by=producer)


def ours(pipeline: StableDiffusionPipeline) -> dict[str, int]:
    unet, scale = pipeline.unet, pipeline.vae_scale_factor
    return {
        "tokens": pipeline.tokenizer.model_max_length,
        "text_width": unet.config.cross_attention_dim,
        "latent_channels": unet.config.in_channels,
        "latent_side": unet.config.sample_size,
        "pixels": unet.config.sample_size * scale,
        "unet_parameters": sum(p.numel() for p in unet.parameters()),
    }


def sd15() -> dict[str, int]:
    published = PUBLISHED["sd15"]
    unet = published.build()
    return {
        "tokens": TOKENS,
        "text_width": unet.config.cross_attention_dim,
        "latent_channels": unet.config.in_channels,
        "latent_side": unet.config.sample_size,
        "pixels": unet.config.sample_size * published.scale,
        "unet_parameters": sum(p.numel() for p in unet.parameters()),
    }
