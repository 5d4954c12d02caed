"""Real data: the handwritten digits of scikit-learn, 8 by 8 pixels, as points of 64 dimensions.

Alpaydin & Kaynak 1998 (UCI, "Optical Recognition of Handwritten Digits", test part): 1797 images
of 17 grey levels, here from -1 (paper) to 1 (ink). A fifth is held out and never trained on.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

CLASSES = 10
PIXELS = 64
GREYS = 16.0  # the value of full ink
HELD_OUT = 5  # every fifth image


class Images(NamedTuple):
    """Images (n, 64) and the digits that they show (n,)."""

    x: Tensor
    label: Tensor


def draw_digits(count: int, generator: torch.Generator) -> Tensor:
    """Draw images of the training part, with replacement: (count, 64)."""
    device = generator.device
    x = training_digits().x.to(device)
    return x[torch.randint(len(x), (count,), generator=generator, device=device)]


def draw_held_out(count: int, generator: torch.Generator) -> Tensor:
    """Draw images that no network is trained on, with replacement: (count, 64)."""
    x = held_out_digits().x
    return x[torch.randint(len(x), (count,), generator=generator)]


def nearest_digit(x: Tensor) -> Tensor:
    """Return the digit of the nearest training image, shape (n,): exact for training images."""
    known = training_digits()
    return known.label.to(x.device)[torch.cdist(x, known.x.to(x)).argmin(1)]


@cache
def training_digits() -> Images:
    """Return four fifths of the images."""
    x, label = _all()
    kept = torch.arange(len(x)) % HELD_OUT != 0
    return Images(x[kept], label[kept])


@cache
def held_out_digits() -> Images:
    """Return the other fifth."""
    x, label = _all()
    return Images(x[::HELD_OUT], label[::HELD_OUT])


@cache
def _all() -> Images:
    from sklearn.datasets import load_digits  # a second to import: only where digits are drawn

    x, label = load_digits(return_X_y=True)
    return Images(torch.from_numpy(x).float() / (GREYS / 2) - 1, torch.from_numpy(label).long())
