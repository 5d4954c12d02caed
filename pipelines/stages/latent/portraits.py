"""The pictures of an experiment, system by system and seed by seed, and their scores."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from diffusers import StableDiffusionPipeline
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.contracts.student import Student, System, system, system_name
from pipelines.methods.latent.judging import (
    EACH,
    Reference,
    asked,
    autoencoder_scores,
    held_out,
    scores,
)
from pipelines.scenes.batches import pictures
from pipelines.scenes.chance import Scenes
from pipelines.scenes.judge import Judge
from pipelines.stages.latent.banking import places
from pipelines.stages.latent.drawers import Drawer

SEEDS = (0, 1, 2)
Scores = dict[str, float]
KEPT = 12  # pictures of a system that are kept for figures, of as many captions


class Portraits:
    """Draws and judges; `shown` gathers what figures need: pictures (12, H, W, 3) by system."""

    def __init__(self, student: Student, judge: Judge, prompts: int, producer: Producer) -> None:
        self.student, self.judge, self.prompts = student, judge, prompts
        self.producer = producer
        self.device = str(next(judge.parameters()).device)
        self.references = [
            Reference.of(judge, asked(prompts, seed).to(self.device), student.style)
            for seed in SEEDS
        ]
        self.shown: Arrays = {"captions": places(self._first(0).attributes).cpu().numpy()}

    def _first(self, seed: int) -> Scenes:
        """Return one scene of each of the first captions."""
        return self.references[seed].scenes[: KEPT * EACH : EACH]

    def rows(self, drawers: Sequence[Drawer]) -> list[Measurement]:
        """Draw and judge every system, with each training of the model."""
        return [
            row for name in self.student.systems for row in self._system(drawers, system(name))
        ]

    def refused(self, said: str) -> Measurement:
        """Return whether a model took its adapter, with the error as a note."""
        key = f"{self.student.name}/loads@1/loaded"
        return Measurement(key=key, value=float(not said), note=said, produced_by=self.producer)

    def _system(self, drawers: Sequence[Drawer], of: System) -> Iterator[Measurement]:
        found = list[Scores]()
        for drawer, (seed, reference) in product(drawers, self._seeded()):
            prompts = [caption.text() for caption in reference.scenes.captions()]
            x = drawer.draw(prompts, of, seed)
            found.append(scores(self.judge, x, reference))
            if len(found) == 1:
                self.shown[system_name(of)] = as_bytes(x[::EACH][:KEPT])
        means = {name: statistics.fmean(row[name] for row in found) for name in found[0]}
        print(system_name(of), {name: round(v, 3) for name, v in means.items()}, flush=True)
        yield from self._spread(system_name(of), found, drawers[0].nfe(of))

    def _seeded(self) -> Iterator[tuple[int, Reference]]:
        return zip(SEEDS, self.references, strict=True)

    def _spread(
        self, key: str, found: Sequence[Scores], calls: int | None = None
    ) -> Iterator[Measurement]:
        key, count = f"{self.student.name}/{key}", self.prompts * EACH * len(found)
        return over_seeds(key, found, count, calls, self.producer)

    def floor(self) -> Iterator[Measurement]:
        """Return the scores of other renders of the same captions: what chance alone leaves."""
        found = []
        for seed, reference in self._seeded():
            others = asked(self.prompts, seed + len(SEEDS)).told(reference.scenes.captions())
            x = pictures(others.to(self.device), (self.student.style,))
            found.append(scores(self.judge, x, reference))
        yield from self._spread("renders@1", found)

    def autoencoder(self, pipeline: StableDiffusionPipeline) -> Iterator[Measurement]:
        """Return how well scenes come back from their latents, style by style."""
        of = held_out(self.prompts * EACH * len(SEEDS), self.device)
        for style, found in autoencoder_scores(pipeline.vae, self.judge, of).items():
            for metric, value in found.items():
                yield Measurement(
                    key=f"{self.student.name}/autoencoder-{style}@1/{metric}",
                    value=value,
                    unit="dB" if metric == "psnr" else "1",
                    n=len(of),
                    produced_by=self.producer,
                )


def over_seeds(
    key: str, found: Sequence[Scores], count: int, calls: int | None, producer: Producer
) -> Iterator[Measurement]:
    """Return the mean of every score over trainings and, within each, the sampling seeds."""
    trainings = len(found) // len(SEEDS)
    over = f"{trainings} trainings, " if trainings > 1 else ""
    for metric in found[0]:
        values = [row[metric] for row in found]
        yield Measurement(
            key=f"{key}/{metric}",
            value=statistics.fmean(values),
            n=count,
            spread=statistics.stdev(values),
            spread_over=f"{over}{len(SEEDS)} sampling seeds",
            seeds=SEEDS,
            nfe=calls,
            produced_by=producer,
        )


def as_bytes(x: Tensor) -> np.ndarray:
    """Return pictures (B, 3, H, W) from -1 to 1 as (B, H, W, 3) of bytes."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
