"""How an experiment samples: one pipeline, or a quick preview that a slow one refines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline
from torch import Tensor

from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.randomness import stream
from pipelines.evaluation.latent.folders import pipeline_of, replica, trainings
from pipelines.methods.latent.pipeline import load, with_adapters
from pipelines.methods.latent.sampling import CHUNK, developed, nfe, sampled, scheduler_of


@dataclass(frozen=True)
class PipelineSampler:
    """One pipeline."""

    pipeline: StableDiffusionPipeline

    def sample(self, prompts: Sequence[str], sampling: Sampling, seed: int) -> Tensor:
        """Return one picture a prompt (B, 3, H, W), from -1 to 1, from the noise of a seed."""
        return sampled(self.pipeline, prompts, sampling, seed=seed)

    def nfe(self, sampling: Sampling) -> int:
        """Return the calls of the U-Net for one picture."""
        return nfe(self.pipeline, sampling)


@dataclass(frozen=True)
class RefiningSampler:
    """A preview in one step of LCM, noised to `strength` of the way and drawn anew from there.

    SDEdit (Meng et al. 2021, arXiv 2108.01073), as diffusers' image-to-image pipeline does it: of
    the steps asked for, the share `strength` is taken.
    """

    preview: StableDiffusionPipeline
    slow: StableDiffusionPipeline
    strength: float

    def sample(self, prompts: Sequence[str], sampling: Sampling, seed: int) -> Tensor:
        """Return pictures that the fast model drew and the slow one went over."""
        first = sampled(self.preview, prompts, Sampling("lcm", 1, 1.0), seed)
        parts = {name: part for name, part in self.slow.components.items()}
        pipeline = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
        pipeline.scheduler = scheduler_of(pipeline.scheduler.config, sampling)
        pipeline.set_progress_bar_config(disable=True)
        drawn = list[Tensor]()
        for start in range(0, len(prompts), CHUNK):
            with torch.no_grad():
                result = pipeline(
                    prompt=list(prompts[start : start + CHUNK]),
                    image=first[start : start + CHUNK] / 2 + 0.5,
                    strength=self.strength,
                    num_inference_steps=sampling.steps,
                    guidance_scale=sampling.scale,
                    generator=stream("refining", seed, start),
                    output_type="latent",
                )
            drawn.append(developed(pipeline, result.images))
        return torch.cat(drawn)

    def nfe(self, sampling: Sampling) -> int:
        """Return how often both models call a U-Net."""
        return 1 + nfe(self.slow, replace(sampling, steps=int(sampling.steps * self.strength)))


LatentSampler = PipelineSampler | RefiningSampler


def samplers_of(
    experiment: LatentExperiment, own: Path | None, parents: dict[str, Path], device: str = "cpu"
) -> list[LatentSampler]:
    """Return one sampler for each time that the models of an experiment were trained."""
    folders = [*([own] if own else []), *parents.values()]
    return [
        sampler_of(
            experiment,
            replica(own, k) if own else None,
            {role: replica(folder, k) for role, folder in parents.items()},
            device,
        )
        for k in range(trainings(folders))
    ]


def sampler_of(
    experiment: LatentExperiment, own: Path | None, parents: dict[str, Path], device: str = "cpu"
) -> LatentSampler:
    """Return what samples the pictures of an experiment."""
    if experiment.method != "refine":
        return PipelineSampler(pipeline_of(experiment, own, parents, device))
    preview = with_adapters(load(parents["model"], device), {parents["lcm"]: 1.0})
    slow = load(parents["model"], device)
    return RefiningSampler(preview, slow, float(experiment.options.get("strength", 0.6)))
