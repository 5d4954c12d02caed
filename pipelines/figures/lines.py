"""How long a text is, and where it breaks: for drawings in which every word has a place."""

from __future__ import annotations

import re

from matplotlib import rc_context, rcParamsDefault
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from pipelines.figures.style import PIXELS_PER_INCH, SMALL, TEXT

# A number stays with what it counts, or with the word before it: "4 steps", "guidance 3".
_BOUND = re.compile(r"(?<=\d) (?=steps?\b|evaluations?\b|%)|(?<=%) (?=↓)| (?=[\d.]+(?:,|$))")


def width_of(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Return how wide a line of text is drawn, in CSS pixels; `size` is in points."""
    with rc_context(rcParamsDefault):
        font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
        points, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(points) * PIXELS_PER_INCH / 72


def wrapped(text: str, room: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """Return a text in lines that are no wider than `room` CSS pixels, if no word is.

    It does not break where a space is written as `\\xa0`, nor between a number and what it counts.
    """
    lines = [""]
    for word in unparted(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size, bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def unparted(text: str) -> str:
    """Return a text in which no number can be parted from what it counts when lines break."""
    return _BOUND.sub("\xa0", text)


def line_height(size: float = SMALL) -> float:
    """Return the distance of lines in CSS pixels, as matplotlib sets several of them."""
    return 1.3 * size * PIXELS_PER_INCH / 72
