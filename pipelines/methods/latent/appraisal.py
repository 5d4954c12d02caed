"""How good a base is: its autoencoder on held-out scenes, its pictures under the judge's eyes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from torch import Tensor

from pipelines.diffusion.frechet import frechet_distance
from pipelines.methods.latent.autoencoder import decoded, encoded
from pipelines.methods.latent.sampling import sampled
from pipelines.scenes.batches import pictures, psnr
from pipelines.scenes.chance import Scenes, scenes
from pipelines.scenes.judge import Judge, answers, right
from pipelines.scenes.styles import STYLES

Scores = dict[str, float]


def held_out(count: int, device: str = "cpu") -> Scenes:
    """Return scenes that no training draws."""
    return scenes(0, count, "held out").to(device)


def shares(found: dict[str, Tensor]) -> Scores:
    return {name: hits.float().mean().item() for name, hits in found.items()}


def autoencoder_scores(network: AutoencoderKL, judge: Judge, of: Scenes) -> dict[str, Scores]:
    """Return for each style: decibels, and the judge on the renders and on what comes back."""
    scores = {}
    for style in STYLES:
        x, wanted = pictures(of, (style,)), answers(of, (style,))
        back = decoded(network, encoded(network, x))
        real, ceiling = shares(right(judge, x, wanted)), shares(right(judge, back, wanted))
        scores[style] = {
            "psnr": psnr(back, x).mean().item(),
            **{f"real_{name}": value for name, value in real.items()},
            **{f"ceiling_{name}": value for name, value in ceiling.items()},
        }
    return scores


@torch.no_grad()
def picture_scores(judge: Judge, x: Tensor, of: Scenes, real: Tensor) -> Scores:
    """Return the judge's verdict on pictures x of the captions of `of`, and their distance.

    `real` are as many renders; Fréchet distances compare only where the counts are equal.
    """
    found = shares(right(judge, x, answers(of, ("base",))))
    features = [torch.cat([judge.features(p) for p in y.split(256)]) for y in (x, real)]
    return {**found, "frechet": frechet_distance(*features), "clipped": clipped(x)}


def clipped(x: Tensor) -> float:
    """Return the share of channel values that lie at an end of the range."""
    return (x.abs() > 0.995).float().mean().item()


def drawn_for(
    pipeline: StableDiffusionPipeline, of: Scenes, system: tuple[str, int, float], seed: int
) -> Tensor:
    """Return one picture for the caption of every scene, by sampler, steps and guidance."""
    prompts = [caption.text() for caption in of.captions()]
    return sampled(pipeline, prompts, *system, seed=seed)


def sheet(rows: Sequence[Tensor]) -> Tensor:
    """Return pictures (B, 3, H, W) side by side, row under row: (3, rows H, B W), 0 to 1."""
    return torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(-1, 1) / 2 + 0.5
