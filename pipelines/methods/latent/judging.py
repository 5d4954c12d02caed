"""Pictures under the judge's eyes: what is right, how far from renders, how sharp, how diverse.

No score stands alone: noise is sharp, failures are diverse, muddy pictures are rarely clipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from pipelines.diffusion.frechet import frechet_distance
from pipelines.methods.latent.autoencoder import decoded, encoded
from pipelines.scenes.batches import pictures, psnr
from pipelines.scenes.chance import Scenes, scenes
from pipelines.scenes.grammar import all_captions
from pipelines.scenes.judge import Judge, answers, right, seen
from pipelines.scenes.styles import STYLES

EACH = 8  # pictures a caption
STEEP = 0.05  # the share of a picture's slopes that makes its sharpness
POOL = 8  # pixels along each side over which diversity does not look
SATURATED = 0.995


def asked(prompts: int, seed: int) -> Scenes:
    """Return `EACH` scenes a caption that no training draws, captions chosen by the seed."""
    drawn = scenes(0, prompts * EACH, ("judged", seed))
    order = torch.randperm(len(all_captions()), generator=torch.Generator().manual_seed(seed))
    chosen = [all_captions()[i] for i in order[torch.arange(prompts) % len(order)].tolist()]
    return drawn.told([caption for caption in chosen for _ in range(EACH)])


@dataclass(frozen=True)
class Reference:
    """Renders of the same captions in one style, and what of them is compared."""

    scenes: Scenes
    x: Tensor
    features: Tensor
    style: str

    @staticmethod
    def of(judge: Judge, scenes: Scenes, style: str) -> Reference:
        x = pictures(scenes, (style,))
        return Reference(scenes, x, seen(judge, x), style)


def scores(judge: Judge, x: Tensor, like: Reference) -> dict[str, float]:
    """Return all scores of pictures x (B, 3, 64, 64), row i drawn for the caption of scene i."""
    features = seen(judge, x)
    found = right(judge, features, answers(like.scenes, (like.style,)))
    return {
        **{name: hits.float().mean().item() for name, hits in found.items()},
        "frechet": frechet_distance(features, like.features),
        "kernel": kernel_distance(features, like.features),
        "sharpness": steepness(x) / steepness(like.x),
        "clipped": clipped(x),
        "diversity": spread(x) / spread(like.x),
    }


def held_out(count: int, device: str = "cpu") -> Scenes:
    """Return scenes that no training draws."""
    return scenes(0, count, "held out").to(device)


def autoencoder_scores(
    network: AutoencoderKL, judge: Judge, of: Scenes
) -> dict[str, dict[str, float]]:
    """Return for each style: decibels, and the judge on the renders and on what comes back."""
    told = {}
    for style in STYLES:
        x, wanted = pictures(of, (style,)), answers(of, (style,))
        back = decoded(network, encoded(network, x))
        told[style] = {
            "psnr": psnr(back, x).mean().item(),
            **_shares("real", right(judge, seen(judge, x), wanted)),
            **_shares("ceiling", right(judge, seen(judge, back), wanted)),
        }
    return told


def _shares(kind: str, found: dict[str, Tensor]) -> dict[str, float]:
    return {f"{kind}_{name}": hits.float().mean().item() for name, hits in found.items()}


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Return the unbiased squared MMD with k(a, b) = (a·b / d + 1)³ (KID, arXiv 1801.01401)."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a.double() @ b.double().T / a.shape[1] + 1) ** 3

    def within(a: Tensor) -> Tensor:
        k = kernel(a, a)
        return (k.sum() - k.diagonal().sum()) / (len(a) * (len(a) - 1))

    return (within(x) + within(y) - 2 * kernel(x, y).mean()).item()


def clipped(x: Tensor) -> float:
    """Return the share of values at either end of [-1, 1]; x (B, 3, H, W)."""
    return (x.abs() > SATURATED).float().mean().item()


def steepness(x: Tensor) -> float:
    """Return the mean slope at the steepest places of each picture."""
    grey = x.mean(1)
    across, down = grey[:, :-1, 1:] - grey[:, :-1, :-1], grey[:, 1:, :-1] - grey[:, :-1, :-1]
    slopes = (across.square() + down.square()).sqrt().flatten(1)
    return slopes.topk(max(1, round(STEEP * slopes.shape[1])), dim=1).values.mean().item()


def spread(x: Tensor) -> float:
    """Return how far pictures of one caption lie apart, pooled: the mean standard deviation."""
    pooled = F.avg_pool2d(x, POOL).flatten(1)
    return pooled.view(-1, EACH, pooled.shape[1]).std(1).mean().item()
