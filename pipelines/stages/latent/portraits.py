"""The pictures of an experiment, system by system and seed by seed, and their scores."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from diffusers import StableDiffusionPipeline
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.contracts.sampling import SEEDS
from pipelines.contracts.student import Student
from pipelines.methods.latent.judging import (
    EACH,
    Appraisal,
    Reference,
    asked,
    autoencoder_scores,
    held_out,
)
from pipelines.scenes.batches import pictures
from pipelines.scenes.chance import Scenes
from pipelines.scenes.judge import Judge
from pipelines.stages.latent.banking import places
from pipelines.stages.latent.drawers import Drawer

Scores = dict[str, float]
GROUPS = 8  # of the captions of one sampling seed, left out in turn
KEPT = 12  # pictures of a system that are kept for figures, of as many captions


class Portraits:
    """Draws and judges; `shown` gathers what figures need: pictures (12, H, W, 3) by system.

    Args:
        prompts: Captions a sampling seed, of `EACH` pictures each.
        enough: Sampling → how many sampling seeds it needs; all, where it is not named.
    """

    def __init__(
        self,
        student: Student,
        judge: Judge,
        prompts: int,
        producer: Producer,
        enough: Mapping[Sampling, int] | None = None,
    ) -> None:
        self.student, self.judge, self.prompts = student, judge, prompts
        self.producer, self.enough = producer, enough or {}
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
        return [row for of in self.student.samplings for row in self._system(drawers, of)]

    def refused(self, said: str) -> Measurement:
        """Return whether a model took its adapter, with the error as a note."""
        return Measurement(
            key=self._named("loads").key("loaded"),
            value=float(not said),
            note=said,
            exact=True,
            produced_by=self.producer,
        )

    def _named(self, word: str) -> SystemKey:
        """Return what stands for no sampler."""
        return SystemKey(self.student.name, Sampling(word, 1))

    def _system(self, drawers: Sequence[Drawer], of: Sampling) -> Iterator[Measurement]:
        found, seeds = list[Measured](), self.enough.get(of, len(SEEDS))
        for drawer, (seed, reference) in product(drawers, list(self._seeded())[:seeds]):
            prompts = [caption.text() for caption in reference.scenes.captions()]
            x = drawer.draw(prompts, of, seed)
            found.append(self._measured(x, reference))
            if len(found) == 1:
                self.shown[str(of)] = as_bytes(x[::EACH][:KEPT])
        means = means_of([one.scores for one in found])
        print(of, {name: round(v, 3) for name, v in means.items()}, flush=True)
        system = SystemKey(self.student.name, of)
        yield from self._spread(system, found, drawers[0].nfe(of), seeds)

    def _measured(self, x: Tensor, reference: Reference) -> Measured:
        """Return the scores of one seed's pictures, and of their parts if there are enough."""
        appraisal = Appraisal.of(self.judge, x, reference)
        whole, enough = appraisal.scores(), self.prompts >= 2 * GROUPS
        return Measured(whole, appraisal.parts(GROUPS) if enough else [whole])

    def _seeded(self) -> Iterator[tuple[int, Reference]]:
        return zip(SEEDS, self.references, strict=True)

    def _spread(
        self,
        system: SystemKey,
        found: Sequence[Measured],
        calls: int | None = None,
        seeds: int = len(SEEDS),
    ) -> Iterator[Measurement]:
        count = self.prompts * EACH * len(found)
        rows = over_seeds(system, found, count, calls, self.producer, seeds)
        if self.student.needs:
            return rows
        # Nothing of this build was trained for it: published weights, or renders.
        return (row.model_copy(update={"trainings": ()}) for row in rows)

    def floor(self) -> Iterator[Measurement]:
        """Return the scores of other renders of the same captions: what chance alone leaves."""
        found = []
        for seed, reference in self._seeded():
            others = asked(self.prompts, seed + len(SEEDS)).told(reference.scenes.captions())
            x = pictures(others.to(self.device), (self.student.style,))
            found.append(self._measured(x, reference))
        yield from self._spread(self._named("renders"), found)

    def autoencoder(self, pipeline: StableDiffusionPipeline) -> Iterator[Measurement]:
        """Return how well scenes come back from their latents, style by style."""
        of = held_out(self.prompts * EACH * len(SEEDS), self.device)
        for style, found in autoencoder_scores(pipeline.vae, self.judge, of).items():
            for metric, each in found.items():
                groups = each.split(-(-len(each) // (GROUPS * len(SEEDS))))
                yield Measurement(
                    key=self._named(f"autoencoder-{style}").key(metric),
                    value=each.mean().item(),
                    unit="dB" if metric == "psnr" else "1",
                    n=len(of),
                    parts=tuple(group.mean().item() for group in groups),
                    draws="held-out scenes",
                    produced_by=self.producer,
                )


@dataclass(frozen=True)
class Measured:
    """The scores of one training's pictures of one sampling seed, and of their parts."""

    scores: Scores
    parts: list[Scores]


def over_seeds(
    system: SystemKey,
    found: Sequence[Measured],
    count: int,
    calls: int | None,
    producer: Producer,
    seeds: int = len(SEEDS),
) -> Iterator[Measurement]:
    """Return the mean of every score over trainings and, within each, the sampling seeds.

    Parts are means over the trainings: those of equal place were drawn from the same noise, for
    the same captions.

    Args:
        found: Of each training, the scores of its first `seeds` sampling seeds.
    """
    trainings = [found[i : i + seeds] for i in range(0, len(found), seeds)]
    over = f"{len(trainings)} trainings, " if len(trainings) > 1 else ""
    each = [means_of([one.scores for one in seeds]) for seeds in trainings]
    parts = [
        means_of(same)
        for same in zip(
            *([part for one in seeds for part in one.parts] for seeds in trainings), strict=True
        )
    ]
    for metric in found[0].scores:
        values = [one.scores[metric] for one in found]
        own = tuple(part[metric] for part in parts)
        many = len(values) > 1
        yield Measurement(
            key=system.key(metric),
            value=statistics.fmean(values),
            n=count,
            spread=statistics.stdev(values) if many else by_parts(own),
            spread_over=f"{over}{told_seeds(seeds)}" if many else _over_groups(own),
            trainings=tuple(training[metric] for training in each),
            parts=own,
            draws="captions and noise of the sampling seeds",
            seeds=SEEDS[:seeds],
            nfe=calls,
            produced_by=producer,
        )


def by_parts(parts: Sequence[float]) -> float | None:
    """Return how far a score of one seed would move with another, from its parts.

    That is what the deviation over seeds says where there are several.
    """
    return statistics.stdev(parts) / len(parts) ** 0.5 if len(parts) > 1 else None


def _over_groups(parts: Sequence[float]) -> str:
    return f"{len(parts)} groups of captions" if len(parts) > 1 else ""


def told_seeds(seeds: int) -> str:
    return f"{seeds} sampling seed" + ("s" if seeds > 1 else "")


def means_of(rows: Sequence[Scores]) -> Scores:
    """Return the mean of every score."""
    return {name: statistics.fmean(row[name] for row in rows) for name in rows[0]}


def as_bytes(x: Tensor) -> np.ndarray:
    """Return pictures (B, 3, H, W) from -1 to 1 as (B, H, W, 3) of bytes."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
