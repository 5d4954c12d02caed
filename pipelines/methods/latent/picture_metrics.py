"""Scores of pictures: what is right, how far from renders, how sharp, how diverse.

No score stands alone: noise is sharp, failures are diverse, muddy pictures are rarely clipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from pipelines.diffusion.frechet import frechet_distance
from pipelines.methods.latent.autoencoder import decoded, encoded
from pipelines.scenes.batches import pictures, psnr
from pipelines.scenes.grammar import Caption, seen_captions
from pipelines.scenes.scene_classifier import (
    SceneClassifier,
    answers,
    correct_answers,
    features_of,
)
from pipelines.scenes.scene_sampling import Scenes, scenes
from pipelines.scenes.styles import STYLES

EACH = 8  # pictures a caption
STEEP = 0.05  # the share of a picture's slopes that makes its sharpness
POOL = 8  # pixels along each side over which diversity does not look
SATURATED = 0.995


def evaluation_scenes(prompts: int, seed: int, among: Sequence[Caption] = ()) -> Scenes:
    """Return `EACH` scenes a caption that no training draws, captions chosen by the seed.

    Args:
        among: What is chosen from; the captions that trainings see, unless others are given.
    """
    drawn, captions = scenes(0, prompts * EACH, ("judged", seed)), among or seen_captions()
    order = torch.randperm(len(captions), generator=torch.Generator().manual_seed(seed))
    chosen = [captions[i] for i in order[torch.arange(prompts) % len(order)].tolist()]
    return drawn.with_captions([caption for caption in chosen for _ in range(EACH)])


@dataclass(frozen=True)
class PictureFeatures:
    """Pictures (B, 3, 64, 64) of captions that follow each other by `EACH`, and what is seen."""

    x: Tensor
    features: Tensor
    steep: Tensor  # (B,)
    varied: Tensor  # (captions,)

    @staticmethod
    def at(classifier: SceneClassifier, x: Tensor) -> PictureFeatures:
        """Return what is seen in pictures (n, 3, side, side)."""
        return PictureFeatures(x, features_of(classifier, x), steepnesses(x), spreads(x))


@dataclass(frozen=True)
class Reference:
    """Renders of the same captions in one style, and what of them is compared."""

    scenes: Scenes
    renders: PictureFeatures
    style: str

    @staticmethod
    def rendered(classifier: SceneClassifier, scenes: Scenes, style: str) -> Reference:
        """Return the reference pictures of scenes in a style."""
        return Reference(scenes, PictureFeatures.at(classifier, pictures(scenes, (style,))), style)


@dataclass(frozen=True)
class PictureComparison:
    """Pictures beside their reference, row i drawn for the caption of scene i."""

    drawn: PictureFeatures
    like: PictureFeatures
    right: dict[str, Tensor]  # attribute → (B,)
    clipped: Tensor  # (B,)

    @staticmethod
    def beside(classifier: SceneClassifier, x: Tensor, reference: Reference) -> PictureComparison:
        """Return how pictures fare beside their reference."""
        drawn = PictureFeatures.at(classifier, x)
        wanted = answers(reference.scenes, (reference.style,))
        found = correct_answers(classifier, drawn.features, wanted)
        hits = {name: hit.float() for name, hit in found.items()}
        return PictureComparison(drawn, reference.renders, hits, clipped_shares(x))

    def scores(self, captions: Tensor | None = None) -> dict[str, float]:
        """Return all scores of the pictures, or of those of some captions (a mask)."""
        every = torch.ones_like(self.drawn.varied, dtype=torch.bool)
        some = every if captions is None else captions
        of = some.repeat_interleave(EACH)
        ours, theirs = self.drawn.features[of], self.like.features[of]
        return {
            **{name: hits[of].mean().item() for name, hits in self.right.items()},
            "frechet": frechet_distance(ours, theirs),
            "kernel": kernel_distance(ours, theirs, EACH),
            "sharpness": (self.drawn.steep[of].mean() / self.like.steep[of].mean()).item(),
            "clipped": self.clipped[of].mean().item(),
            "diversity": (self.drawn.varied[some].mean() / self.like.varied[some].mean()).item(),
        }

    def parts(self, groups: int) -> list[dict[str, float]]:
        """Return what each group of captions adds to the scores: jackknife pseudo-values.

        Their mean is the score without its bias of first order, their standard deviation over the
        root of their number its standard error (Tukey 1958). A distance of point sets has no
        value of one part that means the same, so parts are left out in turn.
        """
        whole, group = self.scores(), torch.arange(len(self.drawn.varied)) % groups
        without = [self.scores((group != k).to(self.drawn.varied.device)) for k in range(groups)]
        return [
            {name: groups * whole[name] - (groups - 1) * some[name] for name in whole}
            for some in without
        ]


def fresh_scenes(count: int, device: str = "cpu") -> Scenes:
    """Return scenes that no training draws, of captions that they see."""
    return scenes(0, count, "held out").to(device)


def autoencoder_scores(
    network: AutoencoderKL, classifier: SceneClassifier, of: Scenes
) -> dict[str, dict[str, Tensor]]:
    """Return for each style, picture by picture: decibels, and what the classifier finds right.

    The classifier looks at the renders ("real_…") and at what comes back ("ceiling_…"); each (B,).
    """
    scores = {}
    for style in STYLES:
        x, wanted = pictures(of, (style,)), answers(of, (style,))
        back = decoded(network, encoded(network, x))
        scores[style] = {
            "psnr": psnr(back, x),
            **_named("real", correct_answers(classifier, features_of(classifier, x), wanted)),
            **_named(
                "ceiling", correct_answers(classifier, features_of(classifier, back), wanted)
            ),
        }
    return scores


def _named(kind: str, found: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{kind}_{name}": hits.float() for name, hits in found.items()}


def kernel_distance(x: Tensor, y: Tensor, each: int) -> float:
    """Return the unbiased squared MMD with k(a, b) = (a·b / d + 1)³ (KID, arXiv 1801.01401).

    Both sets (n, d) hold the same captions, `each` rows of one after another: draws from a mixture
    of as many parts, equally many from each. Two draws from the mixture are of one part as often
    as a part is drawn; so is a pair between the sets, but not one of different rows of one set, as
    KID takes them: renders would be 78 below other renders. So each part's own mean, without a row
    and itself, counts as much as that of two parts.
    """

    def blocks(a: Tensor, b: Tensor) -> Tensor:
        every: Tensor = (a.double() @ b.double().T / a.shape[1] + 1) ** 3
        parts = len(a) // each
        return every.view(parts, each, parts, each)

    def within(a: Tensor) -> Tensor:
        of = blocks(a, a)
        means = of.mean((1, 3))
        own = of.diagonal(dim1=0, dim2=2)  # (each, each, parts)
        apart = own.sum((0, 1)) - own.diagonal(dim1=0, dim2=1).sum(1)
        return (means.sum() - means.trace() + (apart / (each * (each - 1))).sum()) / means.numel()

    return (within(x) + within(y) - 2 * blocks(x, y).mean()).item()


def clipped_shares(x: Tensor) -> Tensor:
    """Return of each picture the share of values at either end of [-1, 1]; x (B, 3, H, W)."""
    return (x.abs() > SATURATED).float().flatten(1).mean(1)


def steepnesses(x: Tensor) -> Tensor:
    """Return the mean slope at the steepest places of each picture (B, 3, H, W)."""
    grey = x.mean(1)
    across, down = grey[:, :-1, 1:] - grey[:, :-1, :-1], grey[:, 1:, :-1] - grey[:, :-1, :-1]
    slopes = (across.square() + down.square()).sqrt().flatten(1)
    return slopes.topk(max(1, round(STEEP * slopes.shape[1])), dim=1).values.mean(1)


def spreads(x: Tensor) -> Tensor:
    """Return how far pictures of each caption lie apart, pooled: mean standard deviations."""
    pooled = F.avg_pool2d(x, POOL).flatten(1)
    return pooled.view(-1, EACH, pooled.shape[1]).std(1).mean(1)
