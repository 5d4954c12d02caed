"""Styles for fine-tunes: fixed transforms of a rendered scene."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.scenes.backgrounds import blend
from pipelines.scenes.render import Rendered

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
PAPER = (0.97, 0.95, 0.90)
INK = (0.25, 0.24, 0.30)


def blurred(x: Tensor, sigma: float) -> Tensor:
    """Return pictures (B, C, H, W) smoothed by a Gaussian of `sigma` pixels."""
    reach = round(3 * sigma)
    steps = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = (-0.5 * (steps / sigma) ** 2).exp()
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, -1)
    padded = F.pad(x, (reach, reach, reach, reach), mode="replicate")
    across = F.conv2d(padded, kernel[:, :, None, :], groups=x.shape[1])
    return F.conv2d(across, kernel[:, :, :, None], groups=x.shape[1])


def _colour(x: Tensor, rgb: tuple[float, float, float]) -> Tensor:
    return torch.tensor(rgb, device=x.device, dtype=x.dtype)[None, :, None, None]


def edges(x: Tensor) -> Tensor:
    """Return how steep the pictures (B, 3, H, W) are, all channels together: (B, H, W)."""
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    across = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
    return (across.square() + down.square()).sum(1).sqrt()


def base(rendered: Rendered) -> Tensor:
    """Return the picture as it is rendered."""
    return rendered.picture


def pencil(rendered: Rendered) -> Tensor:
    """Return a drawing: washed colour on paper, dark lines where the picture is steep."""
    smooth = blurred(rendered.picture, 0.7)
    grey = (smooth * _colour(smooth, LUMA)).sum(1, keepdim=True)
    washed = 0.5 * smooth + 0.5 * grey
    paper = _colour(smooth, PAPER)
    drawn = paper * (0.52 + 0.48 * washed)
    line = (3.2 * (edges(smooth) - 0.03)).clamp(0, 0.85)
    return blend(drawn, _colour(smooth, INK).expand_as(drawn), line)


def night(rendered: Rendered) -> Tensor:
    """Return the scene by night: dark and blue, the object glowing."""
    x = rendered.picture
    grey = (x * _colour(x, LUMA)).sum(1, keepdim=True)
    dark = (0.35 * x + 0.10 * grey) * _colour(x, (0.62, 0.80, 1.25))
    halo = blurred(rendered.cover[:, None], 4.0)[:, 0]
    glow = blend(dark, 0.25 + 0.75 * x, 0.38 * halo * (1 - rendered.cover))
    return blend(glow, x * _colour(x, (0.96, 0.92, 0.90)), 0.92 * rendered.cover).clamp(0, 1)


STYLES: dict[str, Callable[[Rendered], Tensor]] = {"base": base, "pencil": pencil, "night": night}
