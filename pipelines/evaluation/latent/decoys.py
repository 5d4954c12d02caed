"""Pictures that fool a score: one number stays as good as that of renders, another falls.

What each score does not see is `blind` in pipelines/contracts/metrics.py; these sets show it, as
rows of the base beside those of its renders.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pipelines.diffusion.randomness import normal, stream
from pipelines.methods.latent.picture_metrics import EACH
from pipelines.scenes.styles import blurred

BLUR = 0.8  # pixels: hardly more than the classifier has learned to see through


def blurred_renders(x: Tensor) -> Tensor:
    """Smooth pictures (B, C, H, W): all that a caption names can still be told."""
    return blurred(x, BLUR)


def repeated_renders(x: Tensor) -> Tensor:
    """Show the first picture of each caption for all of its pictures."""
    return x[::EACH].repeat_interleave(EACH, 0)


def exchanged_renders(x: Tensor) -> Tensor:
    """Show under each caption one picture of every one of the captions that follow it."""
    captions = len(x) // EACH
    place = torch.arange(len(x), device=x.device)
    caption, each = place // EACH, place % EACH
    return x[(caption + 1 + each) % captions * EACH + each]


def noise(x: Tensor) -> Tensor:
    """Return noise of the shape of pictures, clipped as pictures are."""
    made = normal(len(x), stream("decoy"), x[0].numel())
    return made.view_as(x).clamp(-1, 1).to(x.device)


def grey(x: Tensor) -> Tensor:
    """Return pictures of the middle value."""
    return torch.zeros_like(x)


DECOYS: dict[str, Callable[[Tensor], Tensor]] = {
    "blurred-renders": blurred_renders,
    "repeated-renders": repeated_renders,
    "exchanged-renders": exchanged_renders,
    "noise": noise,
    "grey": grey,
}
