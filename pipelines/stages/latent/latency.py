"""Seconds of whole pictures and of the parts of a pipeline, taken in rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, stdev

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.contracts.student import Student
from pipelines.methods.latent.sampling import (
    SCHEDULERS,
    developed,
    guided_twice,
    nfe,
    sampled,
    start,
    told,
)
from pipelines.registry import STUDENTS
from pipelines.scenes.grammar import all_captions
from pipelines.stages.latent.devices import described
from pipelines.stages.latent.folders import pipeline_of

BATCHES = (1, 8)


@dataclass(frozen=True)
class Run:
    """One thing to be timed: what it is called, what it does, and how often it calls the U-Net."""

    key: str
    act: Callable[[], object]
    nfe: int | None = None


@dataclass(frozen=True)
class Latency:
    device: str
    repeats: int
    producer: Producer

    def rows(self, runs: Sequence[Run]) -> Iterator[Measurement]:
        """Time all runs in turn, again and again: a slow minute strikes all alike."""
        for run in runs:
            self._seconds(run)  # warm-up
        rounds = [[self._seconds(run) for run in runs] for _ in range(self.repeats)]
        for run, *seconds in zip(runs, *rounds, strict=True):
            yield Measurement(
                key=run.key,
                value=median(seconds),
                unit="s",
                n=self.repeats,
                spread=stdev(seconds) if len(seconds) > 1 else None,
                spread_over=f"{self.repeats} repeats" if len(seconds) > 1 else "",
                parts=tuple(seconds) if len(seconds) > 1 else (),
                draws="rounds of the clock",
                nfe=run.nfe,
                device=described(self.device),
                threads=torch.get_num_threads(),
                produced_by=self.producer,
            )

    def _seconds(self, run: Run) -> float:
        self._wait()
        since = time.perf_counter()
        with torch.no_grad():
            run.act()
        self._wait()
        return time.perf_counter() - since

    def _wait(self) -> None:
        if self.device.startswith("cuda"):
            torch.cuda.synchronize()


def student_runs(student: Student, models: Path, device: str) -> Iterator[Run]:
    """Return what is timed of a model of the tiny Stable Diffusion; of the base also its parts."""
    if not student.timed:
        return
    own = models / student.name if STUDENTS[student.method].leaves != "nothing" else None
    parents = {role: models / name for role, name in student.needs.items()}
    pipeline = pipeline_of(student, own, parents, device)
    prompts = [caption.text() for caption in all_captions()]
    for sampling in map(Sampling.parse, student.timed):
        yield from system_runs(student.name, pipeline, sampling, prompts, BATCHES)
    if student.method == "base":
        yield from part_runs(student.name, pipeline, prompts, BATCHES)


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
    conditions = told(pipeline, prompts, guided_twice(pipeline, sampling.scale))
    noise = _noise(pipeline, len(prompts))

    def act() -> object:
        pipeline.scheduler = SCHEDULERS[sampling.sampler](pipeline.scheduler.config)
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
    conditions = told(pipeline, prompts, guided=False)
    noise = _noise(pipeline, len(prompts))
    t = torch.full((len(prompts),), 499, device=pipeline.device)
    scheduler = SCHEDULERS["lcm"](pipeline.scheduler.config)
    scheduler.set_timesteps(4)
    beside = _beside(conditions)
    return {
        "text": lambda: told(pipeline, prompts, guided=False),
        "unet": lambda: pipeline.unet(noise, t, conditions["prompt_embeds"], **beside),
        "vae": lambda: developed(pipeline, noise),
        "scheduler": lambda: _one_step(scheduler, noise),
    }


def _beside(conditions: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Return what Stable Diffusion XL's U-Net is told besides: pooled text, sizes and crop."""
    pooled = conditions.get("pooled_prompt_embeds")
    if pooled is None:
        return {}
    sizes = pooled.new_zeros(len(pooled), 6)
    return {"added_cond_kwargs": {"text_embeds": pooled, "time_ids": sizes}}


def _noise(pipeline: StableDiffusionPipeline, count: int) -> Tensor:
    return start(pipeline, count).to(pipeline.device, pipeline.unet.dtype)


def repeated(prompts: Sequence[str], count: int) -> list[str]:
    """Return as many prompts, from the beginning again where they run out."""
    return [prompts[i % len(prompts)] for i in range(count)]


def _one_step(scheduler: object, noise: Tensor) -> None:
    scheduler._step_index = None  # type: ignore[attr-defined]
    scheduler.step(noise, scheduler.timesteps[0], noise)  # type: ignore[attr-defined]
