"""Seconds of whole pictures and of the parts of a pipeline, taken in rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, stdev

import torch
from diffusers import StableDiffusionPipeline

from pipelines.contracts.measurement import Measurement, Producer
from pipelines.contracts.student import Student, system
from pipelines.methods.latent.denoiser import tokens_of
from pipelines.methods.latent.sampling import SCHEDULERS, nfe, sampled, start
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


class Latency:
    def __init__(self, models: Path, device: str, repeats: int, producer: Producer) -> None:
        self.models, self.device, self.repeats = models, device, repeats
        self.producer = producer

    def rows(self, students: Sequence[Student]) -> Iterator[Measurement]:
        """Time all systems in turn, again and again: a slow minute strikes all alike."""
        runs = [run for student in students for run in self._runs(student)]
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

    def _runs(self, student: Student) -> Iterator[Run]:
        if not student.timed:
            return
        own = self.models / student.name
        parents = {role: self.models / name for role, name in student.needs.items()}
        leaves = STUDENTS[student.method].leaves
        own_or_none = own if leaves != "nothing" else None
        pipeline = pipeline_of(student, own_or_none, parents, self.device)
        for name in student.timed:
            for batch in BATCHES:
                yield self._loop(student, pipeline, name, batch)
            yield self._whole(student, pipeline, name)
        if student.method == "base":
            for batch in BATCHES:
                yield from self._parts(pipeline, batch)

    def _loop(
        self, student: Student, pipeline: StableDiffusionPipeline, name: str, batch: int
    ) -> Run:
        """Return the denoising loop of a system: text and autoencoder stand apart."""
        sampler, steps, w = system(name)
        states, empty = self._states(pipeline, batch)
        noise = start(pipeline, batch).to(pipeline.device)

        def act() -> object:
            pipeline.scheduler = SCHEDULERS[sampler](pipeline.scheduler.config)
            pipeline.set_progress_bar_config(disable=True)
            return pipeline(
                prompt_embeds=states,
                negative_prompt_embeds=empty if w > 1 else None,
                num_inference_steps=steps,
                guidance_scale=w,
                latents=noise,
                output_type="latent",
            )

        key = f"{student.name}/{name}/loop_{batch}"
        return Run(key, act, nfe(pipeline, (sampler, steps, w)))

    def _whole(self, student: Student, pipeline: StableDiffusionPipeline, name: str) -> Run:
        """Return one picture from its caption: text, denoising, autoencoder."""
        of, prompt = system(name), [all_captions()[0].text()]
        key = f"{student.name}/{name}/latency"
        return Run(key, lambda: sampled(pipeline, prompt, *of), nfe(pipeline, of))

    def _states(
        self, pipeline: StableDiffusionPipeline, batch: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        prompts = [caption.text() for caption in all_captions()[:batch]]
        with torch.no_grad():
            tokens = tokens_of(pipeline.tokenizer, [*prompts, *[""] * batch]).to(pipeline.device)
            told, empty = pipeline.text_encoder(tokens).last_hidden_state.chunk(2)
        return told, empty

    def _parts(self, pipeline: StableDiffusionPipeline, batch: int) -> Iterator[Run]:
        states, _ = self._states(pipeline, batch)
        noise = start(pipeline, batch).to(pipeline.device)
        tokens = tokens_of(pipeline.tokenizer, [all_captions()[0].text()] * batch)
        tokens = tokens.to(pipeline.device)
        t = torch.full((batch,), 499, device=pipeline.device)
        scheduler = SCHEDULERS["lcm"](pipeline.scheduler.config)
        scheduler.set_timesteps(4)
        acts: dict[str, Callable[[], object]] = {
            "text": lambda: pipeline.text_encoder(tokens),
            "unet": lambda: pipeline.unet(noise, t, states),
            "vae": lambda: pipeline.vae.decode(noise),
            "scheduler": lambda: _one_step(scheduler, noise),
        }
        for name, act in acts.items():
            yield Run(f"base/{name}@1/latency_{batch}", act)


def _one_step(scheduler: object, noise: torch.Tensor) -> None:
    scheduler._step_index = None  # type: ignore[attr-defined]
    scheduler.step(noise, scheduler.timesteps[0], noise)  # type: ignore[attr-defined]
