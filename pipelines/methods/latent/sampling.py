"""Samplers of the tiny Stable Diffusion, by the names that measurements use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    UniPCMultistepScheduler,
)
from torch import Tensor

from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import SPACED
from pipelines.diffusion.randomness import normal, rows, stream
from pipelines.methods.latent.autoencoder import decoded

SCHEDULERS: dict[str, Any] = {
    "ddim": DDIMScheduler,
    "pndm": PNDMScheduler,
    "euler": EulerDiscreteScheduler,
    "euler_ancestral": EulerAncestralDiscreteScheduler,
    "dpmpp_2m": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
    "lcm": LCMScheduler,
}
CHUNK = 64  # pictures drawn at once
PROMPT_EMBEDDINGS = (  # what the encoders say, as every pipeline returns and takes it
    "prompt_embeds",
    "negative_prompt_embeds",
    "pooled_prompt_embeds",
    "negative_pooled_prompt_embeds",
)


def scheduler_of(config: Any, sampling: Sampling) -> Any:
    """Return the scheduler of a sampling, with the noise levels of a published scheduler's config.

    Its times are those that the sampling names, whatever the config says (Lin et al. 2024, arXiv
    2305.08891, table 2). Trailing steps end at clean data, as leading ones do in published models
    at the first time of training.

    Raises:
        ValueError: The sampler has times of its own, or needs to be told which.
    """
    spaced = sampling.sampler in SPACED
    if spaced != bool(sampling.spacing):
        raise ValueError(f"`{sampling}` {'names no' if spaced else 'has no choice of'} spacing")
    told: dict[str, object] = {"timestep_spacing": sampling.spacing} if spaced else {}
    if sampling.sampler in ("ddim", "pndm", "lcm"):
        told["set_alpha_to_one"] = sampling.spacing == "trailing"
    return SCHEDULERS[sampling.sampler].from_config(config, **told)


def nfe(pipeline: DiffusionPipeline, sampling: Sampling) -> int:
    """Return the calls of the U-Net for one picture; under guidance each step counts two."""
    steps = sampling.steps
    calls = steps + (sampling.sampler == "pndm" and steps > 1)  # PNDM repeats its second step
    return 2 * calls if guided_twice(pipeline, sampling.scale) else calls


def guided_twice(pipeline: DiffusionPipeline, w: float) -> bool:
    """Say whether guidance takes a second call: not where the U-Net is told its scale."""
    return w > 1 and pipeline.unet.config.time_cond_proj_dim is None


def first_noise(pipeline: StableDiffusionPipeline, count: int, seed: object = 0) -> Tensor:
    """Return the first noise, the same for every sampler: (count, channels, side, side)."""
    config = pipeline.unet.config
    shape = (config.in_channels, config.sample_size, config.sample_size)
    flat = rows(
        count,
        lambda many, generator: normal(many, generator, shape[0] * shape[1] * shape[2]),
        stream("latent noise", seed),
    )
    return flat.view(count, *shape)


@torch.no_grad()
def encode_prompts(
    pipeline: DiffusionPipeline, prompts: Sequence[str], guided: bool
) -> dict[str, Tensor]:
    """Return the encoded prompts (B, tokens, width) by the names of a pipeline's arguments.

    Under guidance the empty prompt comes too; with Stable Diffusion XL a pooled vector of each.
    """
    found = pipeline.encode_prompt(
        list(prompts),
        device=pipeline.device,
        num_images_per_prompt=1,
        do_classifier_free_guidance=guided,
    )
    named = zip(PROMPT_EMBEDDINGS, found, strict=False)
    return {name: value for name, value in named if value is not None}


@torch.no_grad()
def sampled(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    sampling: Sampling,
    seed: object = 0,
    chunk: int = CHUNK,
) -> Tensor:
    """Return one picture a prompt (B, 3, H, W), from -1 to 1.

    The guidance scale is diffusers': 1 means none. Samplers that add noise draw from `seed` too.
    """
    pipeline.scheduler = scheduler_of(pipeline.scheduler.config, sampling)
    pipeline.set_progress_bar_config(disable=True)
    device, dtype = pipeline.device, pipeline.unet.dtype
    noise = first_noise(pipeline, len(prompts), seed)
    drawn = list[Tensor]()
    for first in range(0, len(prompts), chunk):
        part = list(prompts[first : first + chunk])
        result = pipeline(
            prompt=part,
            num_inference_steps=sampling.steps,
            guidance_scale=sampling.scale,
            latents=noise[first : first + chunk].to(device, dtype),
            generator=stream("sampler noise", seed, first),
            output_type="latent",
        )
        drawn.append(developed(pipeline, result.images))
    return torch.cat(drawn)


@torch.no_grad()
def developed(pipeline: DiffusionPipeline, latents: Tensor) -> Tensor:
    """Decode scaled latents as a pipeline's own last step does: (B, 3, H, W), from -1 to 1.

    A few at a time, channels last: on a processor that takes half the time of a whole chunk. XL
    pipelines decode in single precision where half is too coarse for their autoencoder.
    """
    vae, dtype = pipeline.vae.to(memory_format=torch.channels_last), pipeline.vae.dtype
    coarse = dtype == torch.float16 and vae.config.force_upcast
    if coarse and hasattr(pipeline, "text_encoder_2"):
        vae.float()
    x = decoded(vae, (latents / vae.config.scaling_factor).to(vae.dtype))
    vae.to(dtype)
    return x.float().contiguous()
