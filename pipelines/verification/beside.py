"""The lines in which pages of two builds differ, beside the text of lessons."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.input_files import lies_in
from pipelines.verification.comparison import Comparison
from pipelines.verification.frames import frame_of_page

_TAG = re.compile(r"<[^>]*>")
_MOST_LINES = 60  # of a page


@dataclass(frozen=True)
class PageBeside:
    """The lines in which a page differs, numbers blanked: - as in the first, + in the second."""

    name: str
    lines: tuple[str, ...]
    left_out: int


def pages_beside(
    comparison: Comparison, one: Path, other: Path, told: Collection[str]
) -> Iterator[PageBeside]:
    """Yield the pages in which more than numbers differs, but for those that are told already."""
    for pair in comparison.changed_products:
        files = (one / pair.name, other / pair.name)
        wanted = pair.name.endswith(".html") and pair.name not in told
        if wanted and all(map(lies_in, files, (one, other))):
            frames = [frame_of_page(file.read_text(encoding="utf-8")) for file in files]
            if lines := _difference(*map(_words, frames)) or _difference(*frames):
                left_out = max(0, len(lines) - _MOST_LINES)
                yield PageBeside(pair.name, tuple(lines[:_MOST_LINES]), left_out)


def _difference(first: list[str], second: list[str]) -> list[str]:
    lines = difflib.unified_diff(first, second, "first", "second", n=0, lineterm="")
    heads = ("---", "+++")
    return [line for line in lines if line[0] in "+-" and not line.startswith(heads)]


def _words(frame: list[str]) -> list[str]:
    """Return the lines that a reader sees something of, without their tags."""
    seen = (" ".join(html.unescape(_TAG.sub(" ", line)).split()) for line in frame)
    return list(filter(None, seen))
