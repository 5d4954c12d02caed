"""What is timed of latent models: whole pictures, the denoising loop, the parts of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from pipelines.contracts.checkpoint import Checkpoint
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.evaluation.latent.folders import pipeline_of
from pipelines.evaluation.timing import Run
from pipelines.methods.latent.sampling import (
    developed,
    encode_prompts,
    first_noise,
    guided_twice,
    nfe,
    sampled,
    scheduler_of,
)
from pipelines.registry import LATENT_METHODS
from pipelines.scenes.grammar import all_captions

BATCHES = (1, 8)


def latent_runs(experiment: LatentExperiment, models: Path, device: str) -> Iterator[Run]:
    """Return what is timed of a model of the tiny Stable Diffusion; of the base also its parts."""
    if not experiment.timed:
        return
    own = (
        models / experiment.name if LATENT_METHODS[experiment.method].leaves != "nothing" else None
    )
    parents = {role: models / name for role, name in experiment.needs.items()}
    pipeline = pipeline_of(experiment, own, parents, device)
    prompts = [caption.text() for caption in all_captions()]
    for sampling in map(Sampling.parse, experiment.timed):
        yield from system_runs(experiment.name, pipeline, sampling, prompts, BATCHES)
    if experiment.method == "base":
        yield from part_runs(experiment.name, pipeline, prompts, BATCHES)


def checkpoint_runs(checkpoint: Checkpoint, pipeline: StableDiffusionPipeline) -> Iterator[Run]:
    """Return what is timed of a published checkpoint: every system, and the parts."""
    prompts, batches = checkpoint.prompts, checkpoint.batches
    for sampling in checkpoint.samplings:
        yield from system_runs(checkpoint.name, pipeline, sampling, prompts, batches)
    yield from part_runs(checkpoint.name, pipeline, prompts, batches)


def system_runs(
    owner: str,
    pipeline: StableDiffusionPipeline,
    sampling: Sampling,
    prompts: Sequence[str],
    batches: Sequence[int],
) -> Iterator[Run]:
    """Return one system: its denoising loop, and one picture from its prompt to its pixels."""
    system, calls = SystemKey(owner, sampling), nfe(pipeline, sampling)
    for batch in batches:
        act = _loop(pipeline, sampling, repeated(prompts, batch))
        yield Run(system.key(f"loop_{batch}"), act, calls)
    yield Run(system.key("latency"), lambda: sampled(pipeline, prompts[:1], sampling), calls)


def _loop(
    pipeline: StableDiffusionPipeline, sampling: Sampling, prompts: Sequence[str]
) -> Callable[[], object]:
    """Return the denoising loop of a system: text and autoencoder stand apart."""
    conditions = encode_prompts(pipeline, prompts, guided_twice(pipeline, sampling.scale))
    noise = _noise(pipeline, len(prompts))

    def act() -> object:
        pipeline.scheduler = scheduler_of(pipeline.scheduler.config, sampling)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline(
            **conditions,
            num_inference_steps=sampling.steps,
            guidance_scale=sampling.scale,
            latents=noise,
            output_type="latent",
        )

    return act


def part_runs(
    owner: str, pipeline: StableDiffusionPipeline, prompts: Sequence[str], batches: Sequence[int]
) -> Iterator[Run]:
    """Return the parts of a pipeline: text, one call of the U-Net, one step, decoding."""
    for batch in batches:
        for name, act in _parts(pipeline, repeated(prompts, batch)).items():
            key = SystemKey(owner, Sampling(name, 1)).key(f"latency_{batch}")
            yield Run(key, act)


def _parts(
    pipeline: StableDiffusionPipeline, prompts: Sequence[str]
) -> dict[str, Callable[[], object]]:
    conditions = encode_prompts(pipeline, prompts, guided=False)
    noise = _noise(pipeline, len(prompts))
    t = torch.full((len(prompts),), 499, device=pipeline.device)
    scheduler = scheduler_of(pipeline.scheduler.config, Sampling("lcm", 4))
    scheduler.set_timesteps(4)
    added = _added_conditions(conditions)
    return {
        "text": lambda: encode_prompts(pipeline, prompts, guided=False),
        "unet": lambda: pipeline.unet(noise, t, conditions["prompt_embeds"], **added),
        "vae": lambda: developed(pipeline, noise),
        "scheduler": lambda: _one_step(scheduler, noise),
    }


def _added_conditions(conditions: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Return what Stable Diffusion XL's U-Net takes besides: pooled text, sizes and crop."""
    pooled = conditions.get("pooled_prompt_embeds")
    if pooled is None:
        return {}
    sizes = pooled.new_zeros(len(pooled), 6)
    return {"added_cond_kwargs": {"text_embeds": pooled, "time_ids": sizes}}


def _noise(pipeline: StableDiffusionPipeline, count: int) -> Tensor:
    return first_noise(pipeline, count).to(pipeline.device, pipeline.unet.dtype)


def repeated(prompts: Sequence[str], count: int) -> list[str]:
    """Return as many prompts, from the beginning again where they run out."""
    return [prompts[i % len(prompts)] for i in range(count)]


def _one_step(scheduler: object, noise: Tensor) -> None:
    scheduler._step_index = None  # type: ignore[attr-defined]
    scheduler.step(noise, scheduler.timesteps[0], noise)  # type: ignore[attr-defined]
