"""How far colours stand out from each other (WCAG 2.2), and colours that letters can have."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.colors import to_hex, to_rgb

LETTERS = (
    4.5  # least contrast of a text with its ground (1.4.3); lines and markers need 3 (1.4.11)
)
SHARES = np.linspace(0, 1, 41)  # of ink, that are tried


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@functools.cache
def readable(colour: str, ink: str, paper: str) -> str:
    """Return a colour with as much of the ink in it as letters need on the paper."""
    mixed = (
        to_hex((1 - share) * np.array(to_rgb(colour)) + share * np.array(to_rgb(ink)))
        for share in SHARES
    )
    return next((one for one in mixed if contrast(one, paper) >= LETTERS), ink)


def _luminance(colour: str) -> float:
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
