"""What one sees of a figure, in words, and up to which number each word is said.

Readers who cannot see a figure are told by these words. They stand here alone, each scale with the
reason for its borders, so that no sentence can call a number by two words or by a wrong one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.figures.wording import enumerated, percent

MOST = 450  # characters of an alternative text: half a minute of a screen reader's time


@dataclass(frozen=True)
class Scale:
    """Words along a number: each is said up to and including its border, the last beyond all."""

    words: tuple[str, ...]
    borders: tuple[float, ...]  # rising, one fewer

    def word(self, value: float) -> str:
        """Return the word for a value."""
        return self.words[bisect_left(self.borders, value)]


# Sharpness of pictures, over that of renders. Single steps, whose edges are gone, have 0.4 to
# 0.55, renders that are a little blurred 0.7, fifty steps of the base 0.88, other renders 1.0.
# What lies above is noise left in the picture: 1.3 for one step that begins at too little noise.
SHARPNESS = Scale(("blurred", "soft", "sharp", "noisy"), (0.6, 0.85, 1.2))
# Channel values at an end of their range. Renders have less than one in a hundred. From 0.03 on
# dark and bright areas have lost their shades, at 0.3 hardly any shade is left.
CLIPPING = Scale(("", "burnt in places", "burnt"), (0.02, 0.12))
# Standard deviation of grey within a picture, of 0 … 1. Renders have 0.16.
CONTRAST = Scale(("nearly grey", "pale", ""), (0.03, 0.1))
# Samples off the shape of the data. Of real points up to two in a hundred are: one sees no more.
# A half is the border of "mostly".
MISSES = Scale(
    (
        "on the data",
        "on the data but for some points",
        "with many points beside the data",
        "mostly beside the data",
    ),
    (0.03, 0.15, 0.5),
)
# Spread of a cloud over that of the data: a cloud a third as wide is one spot in the middle.
WIDTH = Scale(("collapsed into one spot", ""), (0.35,))
# Length of ways over the distance of their ends.
BEND = Scale(("straight", "nearly straight", "bent", "winding"), (1.02, 1.15, 1.6))
# Mean cosine between arrows and the way to the middle of the data: 0.9 is 26 degrees, 0.5 is 60.
INWARD = Scale(
    ("away from the middle", "in many directions", "towards the middle", "to the middle"),
    (-0.5, 0.5, 0.9),
)
# Deviation within digits over that of real ones: ink on paper, or grey squares.
INK = Scale(("grey", "pale", "as dark as real ones", "darker than real ones"), (0.4, 0.8, 1.25))
# Shares as words; "most" is not said below three quarters, "half" within a twentieth of it.
SHARE = Scale(
    (
        "hardly any",
        "few",
        "less than half",
        "about half",
        "more than half",
        "most",
        "nearly all",
    ),
    (0.05, 0.25, 0.45, 0.55, 0.75, 0.95),
)
# Last value of a course over its first: a tenth up or down is hardly seen on these axes.
CHANGE = Scale(("falls", "hardly changes", "rises"), (0.9, 1.1))


def of_all(share: float) -> str:
    """Return a share as a word; "none" and "all" only if it is exactly so."""
    return {0.0: "none", 1.0: "all"}.get(share) or SHARE.word(share)


def share(value: float) -> str:
    """Return a share as a word and a number: `most (88.0 %)`."""
    return f"{of_all(value)} ({percent(value)})"


@dataclass(frozen=True)
class Look:
    """How pictures of one system look.

    Attributes:
        sharpness, clipped, right: As measured over all captions.
        contrast: Of the pictures shown, see `contrast`.
    """

    sharpness: float
    clipped: float
    contrast: float
    right: float

    @property
    def words(self) -> str:
        """Sharpness, and where shades are missing: `soft and pale`, `sharp and burnt`."""
        burnt = CLIPPING.word(self.clipped) or CONTRAST.word(self.contrast)
        sharp = SHARPNESS.word(self.sharpness)
        return f"{sharp} and {burnt}" if burnt else sharp

    @property
    def told(self) -> str:
        """The same with how many pictures show what was asked for."""
        return f"{self.words}, {of_all(self.right)} right"


def contrast(pictures: np.ndarray) -> float:
    """Return the mean deviation of grey within pictures (k, h, w, 3), bytes, as a part of 255."""
    grey = pictures.astype(float).mean(axis=-1)
    return float(grey.reshape(len(grey), -1).std(axis=1).mean() / 255)


def width(points: np.ndarray) -> float:
    """Return how wide a cloud (n, 2) is: the root mean square of its deviations."""
    return float(np.sqrt(points.var(axis=0).sum()))


def cloud(points: np.ndarray, real: np.ndarray, off: float) -> str:
    """Return where a cloud lies: on the data (n, 2), beside it, or in one spot."""
    return WIDTH.word(width(points) / width(real)) or MISSES.word(off)


def modes(reached: float, of: int) -> str:
    """Return how many clouds are missing, from a mean over networks."""
    missing = of - reached
    if missing == 0:
        return f"all {of} clouds"
    counted = f"{missing:.0f}" if float(missing).is_integer() else f"{missing:.1f}"
    return f"{counted} of {of} clouds missing"


def turns(said: Iterable[tuple[str, str, str]], room: int) -> str:
    """Say a word where it begins, of (place, word, number): `1 step: blurred (3); 4 steps: …`.

    The number at the last place is told too. Where that is longer than `room`, words in the
    middle are left out.
    """
    every = list(said)
    first = dict(runs((place, word) for place, word, _ in every))
    told = [f"{place}: {first[place]} ({number})" for place, _, number in every if place in first]
    if every[-1][0] not in first:
        told.append(f"{every[-1][0]}: {every[-1][2]}")
    while len("; ".join(told)) > room and len(told) > 2:
        del told[len(told) // 2]
    return "; ".join(told)


def quoted(name: str) -> str:
    """Return a name as a list of names can hold it: in quotation marks if it has commas."""
    return f"“{name}”" if "," in name else name


def runs(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the first place of each run of equal words, from (place, word) in order."""
    found: list[tuple[str, str]] = []
    for place, word in words:
        if not found or found[-1][1] != word:
            found.append((place, word))
    return found


def grouped(said: Sequence[tuple[str, str]], room: int) -> str:
    """Return a sentence for what is said of each, from (name, word): `Sharp: A and B. Soft: C.`

    Where that is longer than `room`, the largest groups are told by some names and a count; of
    equal ones those in the middle first.
    """
    groups: dict[str, list[str]] = {}
    for name, word in said:
        groups.setdefault(word, []).append(name)
    shown = {word: len(names) for word, names in groups.items()}
    while len(text := _groups_text(groups, shown)) > room and any(shown.values()):
        order, most = list(shown), max(shown.values())
        largest = [word for word in order if shown[word] == most]
        shown[largest[len(largest) // 2]] -= 1
    return text


def _groups_text(groups: dict[str, list[str]], shown: dict[str, int]) -> str:
    parts = []
    for word, names in groups.items():
        left = len(names) - shown[word]
        more = [f"{left} more" if shown[word] else f"{left} of them"] if left else []
        parts.append(f"{word}: {enumerated([*map(quoted, names[: shown[word]]), *more])}")
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def fitting(first: str, *others: str) -> str:
    """Return sentences as one text, those at the end left out that would make it too long."""
    text = first
    for sentence in filter(None, others):
        if len(text) + 1 + len(sentence) > MOST:
            break
        text = f"{text} {sentence}"
    return text
