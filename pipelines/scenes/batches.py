"""Batches of rendered scenes, from -1 to 1, as networks see them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pipelines.scenes.render import Rendered, render
from pipelines.scenes.scene_sampling import Scenes, scenes
from pipelines.scenes.styles import STYLES

Device = torch.device | str
CHUNK = 256  # pictures rendered at once
MIX = ("base", "base", "base", "pencil", "night")  # of what an autoencoder sees, in turn


def pictures(of: Scenes, styles: Sequence[str] = ("base",)) -> Tensor:
    """Return pictures (B, 3, 64, 64) from -1 to 1; row i has style i modulo their number."""
    parts = [_styled(of[i : i + CHUNK], i, styles) for i in range(0, len(of), CHUNK)]
    return torch.cat(parts) * 2 - 1


def _styled(of: Scenes, first: int, styles: Sequence[str]) -> Tensor:
    drawn = render(of)
    turn = (torch.arange(len(of)) + first) % len(styles)
    result = torch.empty_like(drawn.picture)
    for index, style in enumerate(styles):
        rows = (turn == index).nonzero()[:, 0].to(result.device)
        result[rows] = STYLES[style](Rendered(drawn.picture[rows], drawn.cover[rows]))
    return result


def step_scenes(step: int, count: int, seed: object, device: Device = "cpu") -> Scenes:
    """Return the scenes of one training step: never the same ones twice."""
    return scenes(step * count, count, seed).to(device)


def psnr(x: Tensor, reference: Tensor) -> Tensor:
    """Return the peak signal-to-noise ratio of each picture from -1 to 1, in dB: (B,)."""
    error = ((x.clamp(-1, 1) - reference) / 2).square().mean((1, 2, 3))
    return -10 * error.log10()
