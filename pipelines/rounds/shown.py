"""Numbers that a place of the page shows, kept with the round that verified them.

Whether a number has changed cannot be told by a digest of it: however it is rounded first, some
values lie at an edge, and another processor puts them on its other side. So the values themselves
are written down, and held against those of the present build, each within what chance moves it by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 200  # numbers of a place that are written down; with more it is watched by its words alone
WRITTEN = re.compile(r"[-0-9.e+;]+")
_DIGITS = 5  # significant, of a number as it is written down
_ROUNDED = 10.0 ** (1 - _DIGITS)  # of a number: more than what writing it down moves it by


@dataclass(frozen=True)
class Shown:
    """A number of the page.

    Attributes:
        within: How far it may lie from an earlier one and still be called the same.
    """

    value: float
    within: float = 0.0


def written(shown: Sequence[Shown]) -> str:
    """Return numbers as a row of a round holds them, "" of none and of too many: 0.0691;25."""
    if len(shown) > MOST:
        return ""
    return ";".join(f"{one.value:.{_DIGITS}g}" for one in shown)


def moved(was: str, now: Sequence[Shown]) -> str:
    """Say which number is another one now than when it was written down, "" if none is."""
    try:
        before = [float(one) for one in was.split(";")]
    except ValueError:
        return "they cannot be read"
    if len(before) != len(now):
        return f"{len(now)} in place of {len(before)}"
    for one, here in zip(before, now, strict=True):
        if not abs(one - here.value) <= here.within + _ROUNDED * abs(one):
            return f"{here.value:.4g} in place of {one:.4g}"
    return ""
