"""The pictures of an experiment, system by system and seed by seed, and their scores."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
from diffusers import DiffusionPipeline, StableDiffusionPipeline, UNet2DConditionModel
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.checkpoint import Checkpoint
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.contracts.metrics import is_held_out, on_held_out
from pipelines.contracts.sampling import SEEDS
from pipelines.evaluation.latent.cached_latents import caption_index
from pipelines.evaluation.latent.decoys import DECOYS
from pipelines.evaluation.latent.sample_latent import LatentSampler, samplers_of
from pipelines.evaluation.rows import RowMaker, means_of
from pipelines.methods.latent.incompatible_adapter import refusal
from pipelines.methods.latent.picture_metrics import (
    EACH,
    PictureComparison,
    Reference,
    autoencoder_scores,
    clipped_shares,
    evaluation_scenes,
    fresh_scenes,
    steepnesses,
)
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.published import PUBLISHED
from pipelines.methods.latent.sampling import nfe, sampled
from pipelines.scenes.batches import pictures
from pipelines.scenes.grammar import Caption, held_out_captions, seen_captions
from pipelines.scenes.scene_classifier import SceneClassifier
from pipelines.scenes.scene_sampling import Scenes

Scores = dict[str, float]
GROUPS = 8  # of the captions of one sampling seed, left out in turn
TOKENS = 77  # of CLIP's text encoder, which Stable Diffusion 1.5 takes as it is
KEPT = 12  # pictures of a system that are kept for figures, of as many captions


def measure_latent(
    evaluation: LatentEvaluation, own: Path | None, parents: dict[str, Path]
) -> list[Measurement]:
    """Return the rows of an experiment; of the base also those that need no sampler.

    Args:
        own: The folder of what it has trained, if anything; `parents` those of its needs.
    """
    experiment, device = evaluation.experiment, evaluation.device
    if experiment.method == "incompatible_adapter":
        return [evaluation.refused(refusal(load(parents["model"], device), parents["lcm"]))]
    rows = evaluation.sampled_rows(samplers_of(experiment, own, parents, device))
    if experiment.method == "base":
        assert own is not None
        pipeline = load(own, device)
        rows += [*evaluation.floor(), *evaluation.decoys(), *evaluation.autoencoder(pipeline)]
        rows += shape_rows(pipeline, evaluation.maker)
    return rows


class LatentEvaluation:
    """Samples and measures; `shown` gathers what figures need: pictures (12, H, W, 3) by system.

    Args:
        prompts: Captions a sampling seed, of `EACH` pictures each.
        enough: Sampling → how many sampling seeds it needs; all, where it is not named.
    """

    def __init__(
        self,
        experiment: LatentExperiment,
        classifier: SceneClassifier,
        prompts: int,
        producer: Producer,
        enough: Mapping[Sampling, int] | None = None,
    ) -> None:
        self.experiment, self.classifier, self.prompts = experiment, classifier, prompts
        self.maker, self.enough = RowMaker(experiment.name, producer), enough or {}
        self.device = str(next(classifier.parameters()).device)
        self.seen = self._rendered(seen_captions())
        self.shown: Arrays = {"captions": caption_index(self._first(0).attributes).cpu().numpy()}

    @cached_property
    def held_out(self) -> list[Reference]:
        """What pictures of captions that no training has seen are held against."""
        return self._rendered(held_out_captions())

    def _rendered(self, captions: Sequence[Caption]) -> list[Reference]:
        """Return what pictures are held against, one reference a sampling seed."""
        drawn = [evaluation_scenes(self.prompts, seed, captions) for seed in SEEDS]
        style = self.experiment.style
        return [Reference.rendered(self.classifier, one.to(self.device), style) for one in drawn]

    def _first(self, seed: int) -> Scenes:
        """Return one scene of each of the first captions."""
        return self.seen[seed].scenes[: KEPT * EACH : EACH]

    def sampled_rows(self, samplers: Sequence[LatentSampler]) -> list[Measurement]:
        """Sample and measure every system, with each training of the model."""
        return [row for of in self.experiment.samplings for row in self._system_rows(samplers, of)]

    def refused(self, said: str) -> Measurement:
        """Return whether a model took its adapter, with the error as a note."""
        loads = Sampling("loads", 1)
        return self.maker.row(loads, "loaded", float(not said), note=said, exact=True)

    def _system_rows(
        self, samplers: Sequence[LatentSampler], of: Sampling
    ) -> Iterator[Measurement]:
        seeds, calls = self.enough.get(of, len(SEEDS)), samplers[0].nfe(of)
        yield from self._spread(of, self._drawn(samplers, of, self.seen[:seeds]), calls, seeds)
        if self.experiment.draws_held_out(of):
            found = self._drawn(samplers, of, self.held_out[:seeds])
            yield from self._spread(of, [one.held_out() for one in found], calls, seeds)

    def _drawn(
        self, samplers: Sequence[LatentSampler], of: Sampling, references: Sequence[Reference]
    ) -> list[SeedScores]:
        """Sample a system for the captions of each reference, and score the pictures."""
        found = list[SeedScores]()
        for sampler, (seed, reference) in product(samplers, enumerate(references)):
            prompts = [caption.text() for caption in reference.scenes.captions()]
            x = sampler.sample(prompts, of, SEEDS[seed])
            found.append(self._measured(x, reference))
            self.shown.setdefault(str(of), as_bytes(x[::EACH][:KEPT]))
        means = means_of([one.scores for one in found])
        print(of, {name: round(v, 3) for name, v in means.items()}, flush=True)
        return found

    def _measured(self, x: Tensor, reference: Reference) -> SeedScores:
        """Return the scores of one seed's pictures, and of their parts if there are enough."""
        comparison = PictureComparison.beside(self.classifier, x, reference)
        whole, enough = comparison.scores(), self.prompts >= 2 * GROUPS
        return SeedScores(whole, comparison.parts(GROUPS) if enough else [whole])

    def _spread(
        self,
        of: Sampling,
        found: Sequence[SeedScores],
        calls: int | None = None,
        seeds: int = len(SEEDS),
    ) -> Iterator[Measurement]:
        count = self.prompts * EACH * len(found)
        rows = over_seeds(self.maker, of, found, count, calls, seeds)
        if self.experiment.needs:
            return rows
        # Nothing of this build was trained for it: published weights, or renders.
        return (row.model_copy(update={"trainings": ()}) for row in rows)

    def floor(self) -> Iterator[Measurement]:
        """Return the scores of other renders of the same captions: what chance alone leaves."""
        of = Sampling("renders", 1)
        yield from self._spread(of, self._rendered_again(self.seen))
        held_out = self._rendered_again(self.held_out)
        yield from self._spread(of, [one.held_out() for one in held_out])

    def decoys(self) -> Iterator[Measurement]:
        """Return the scores of pictures that are made to fool a score."""
        renders = [
            self._other_renders(seed, reference)
            for seed, reference in zip(SEEDS, self.seen, strict=True)
        ]
        for name, made in DECOYS.items():
            of, decoys = Sampling(name, 1), list(map(made, renders))
            self.shown[str(of)] = as_bytes(decoys[0][::EACH][:KEPT])
            pairs = zip(decoys, self.seen, strict=True)
            yield from self._spread(of, [self._measured(x, reference) for x, reference in pairs])

    def _rendered_again(self, references: Sequence[Reference]) -> list[SeedScores]:
        return [
            self._measured(self._other_renders(seed, reference), reference)
            for seed, reference in zip(SEEDS, references, strict=True)
        ]

    def _other_renders(self, seed: int, reference: Reference) -> Tensor:
        """Draw other scenes of a reference's captions."""
        other = evaluation_scenes(self.prompts, seed + len(SEEDS))
        others = other.with_captions(reference.scenes.captions())
        return pictures(others.to(self.device), (self.experiment.style,))

    def autoencoder(self, pipeline: StableDiffusionPipeline) -> Iterator[Measurement]:
        """Return how well scenes come back from their latents, style by style."""
        of = fresh_scenes(self.prompts * EACH * len(SEEDS), self.device)
        for style, found in autoencoder_scores(pipeline.vae, self.classifier, of).items():
            for metric, each in found.items():
                groups = each.split(-(-len(each) // (GROUPS * len(SEEDS))))
                yield self.maker.row(
                    Sampling(f"autoencoder-{style}", 1),
                    metric,
                    each.mean().item(),
                    unit="dB" if metric == "psnr" else "1",
                    n=len(of),
                    parts=tuple(group.mean().item() for group in groups),
                    draws="held-out scenes",
                )


def measure_checkpoint(
    checkpoint: Checkpoint, pipeline: DiffusionPipeline, producer: Producer, shown: Arrays
) -> Iterator[Measurement]:
    """Sample every system of a published checkpoint with every seed, and measure the pictures.

    The scene classifier knows the project's own scenes alone: whether a picture shows what its
    prompt says, and how far pictures lie from photographs, is not measured.

    Args:
        shown: Gets the first seed's pictures (B, H, W, 3), by system.
    """
    count, maker = len(checkpoint.prompts) * len(SEEDS), RowMaker(checkpoint.name, producer)
    for sampling in checkpoint.samplings:
        found = []
        for seed in SEEDS:
            x = sampled(pipeline, checkpoint.prompts, sampling, seed, checkpoint.chunk)
            scores = {
                "sharpness": steepnesses(x).mean().item(),
                "clipped": clipped_shares(x).mean().item(),
            }
            found.append(SeedScores(scores, [scores]))
            if seed == SEEDS[0]:
                shown[str(sampling)] = as_bytes(x[:KEPT])
        print(sampling, found[0].scores, flush=True)
        calls = nfe(pipeline, sampling)
        yield from over_seeds(maker, sampling, found, count, calls)


@dataclass(frozen=True)
class SeedScores:
    """The scores of one training's pictures of one sampling seed, and of their parts."""

    scores: Scores
    parts: list[Scores]

    def held_out(self) -> SeedScores:
        """Return the same under the names that scores on held-out captions have."""
        return SeedScores(_held_out(self.scores), [_held_out(part) for part in self.parts])


def _held_out(scores: Scores) -> Scores:
    """Keep what is known caption by caption: distances of other captions are no comparison."""
    return {on_held_out(name): value for name, value in scores.items() if on_held_out(name)}


def over_seeds(
    maker: RowMaker,
    of: Sampling,
    found: Sequence[SeedScores],
    count: int,
    calls: int | None,
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
    over += f"{seeds} sampling seed{'s' if seeds > 1 else ''}"
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
        many, groups = len(values) > 1, f"{len(own)} groups of captions" if len(own) > 1 else ""
        yield maker.row(
            of,
            metric,
            statistics.fmean(values),
            n=count,
            spread=statistics.stdev(values) if many else by_parts(own),
            spread_over=over if many else groups,
            trainings=tuple(training[metric] for training in each),
            parts=own,
            draws=f"{'held-out ' * is_held_out(metric)}captions and noise of the sampling seeds",
            seeds=SEEDS[:seeds],
            nfe=calls,
        )


def by_parts(parts: Sequence[float]) -> float | None:
    """Return how far a score of one seed would move with another, from its parts.

    That is what the deviation over seeds says where there are several.
    """
    return statistics.stdev(parts) / len(parts) ** 0.5 if len(parts) > 1 else None


def as_bytes(x: Tensor) -> np.ndarray:
    """Return pictures (B, 3, H, W) from -1 to 1 as (B, H, W, 3) of bytes."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def shape_rows(pipeline: StableDiffusionPipeline, maker: RowMaker) -> Iterator[Measurement]:
    """Return the shapes that parts hand on: ours, and below Stable Diffusion 1.5's."""
    tokens, published = pipeline.tokenizer.model_max_length, PUBLISHED["sd15"]
    for place, counts in (
        ("shapes", _handoff_counts(pipeline.unet, tokens, pipeline.vae_scale_factor)),
        ("sd15-shapes", _handoff_counts(published.build(), TOKENS, published.scale)),
    ):
        for name, count in counts.items():
            yield maker.row(Sampling(place, 1), name, float(count), exact=True)


def _handoff_counts(unet: UNet2DConditionModel, tokens: int, scale: int) -> dict[str, int]:
    return {
        "tokens": tokens,
        "text_width": unet.config.cross_attention_dim,
        "latent_channels": unet.config.in_channels,
        "latent_side": unet.config.sample_size,
        "pixels": unet.config.sample_size * scale,
        "unet_parameters": sum(p.numel() for p in unet.parameters()),
    }
