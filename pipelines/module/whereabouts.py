"""Where a stretch of a block's text stands in its file, in time that grows with the text.

A block says its lines, and a text within it no place: it is found by what stands around it. The
stretches of a text come in order, so each is looked for from the last one on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

_REACHES = (24, 12, 4, 0)  # characters around a stretch; fewer where the file has others
_PATIENCE = 100  # stretches that are not found, before the others are not looked for


class Whereabouts:
    """Some lines of a file, in which the stretches of texts are found."""

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.whole, self.first = " ".join(lines), first  # as texts join their lines
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self.missed = 0
        self.last = ("", 0, 0)  # text, place in it, place in the lines

    def find(self, text: str, at: int, length: int) -> tuple[int, int]:
        """Return line and column of a stretch of a text; the column is 0 if it is not found."""
        known, before, place = self.last
        since = place if known is text and before <= at else 0
        for reach in _REACHES if self.missed < _PATIENCE else ():
            start = max(0, at - reach)
            found = self.whole.find(text[start : at + length + reach], since)
            if found >= 0:
                self.last = (text, at, found)
                return self._place(found + at - start)
        self.missed += 1
        return self.first, 0

    def _place(self, found: int) -> tuple[int, int]:
        line = bisect_right(self.starts, found) - 1
        return self.first + line, found - self.starts[line] + 1
