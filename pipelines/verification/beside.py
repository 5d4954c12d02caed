"""What two builds show, side by side: figures as pictures, pages as the lines that differ."""

from __future__ import annotations

import base64
import difflib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.input_files import lies_in
from pipelines.verification.comparison import Comparison
from pipelines.verification.frames import frame_of_page
from pipelines.verification.numbers import Status

_TAG = re.compile(r"<[^>]*>")
_MOST_FIGURES = 40  # in a report: those that differ most
_MOST_LINES = 60  # of a page
_PNG = ("PNG",)
_MOST_PIXELS = 50_000_000  # of a figure: a few bytes may claim any size
_VISIBLE = 8  # of 255: how far a pixel's channel differs before it is counted


@dataclass(frozen=True)
class FigureBeside:
    """A figure as two builds drew it.

    Attributes:
        pixels: The share of pixels that differ visibly; 1 where the sizes do.
        one, other: `data:` addresses of the pictures.
    """

    name: str
    status: Status
    pixels: float
    one: str
    other: str


@dataclass(frozen=True)
class PageBeside:
    """The lines in which a page differs, numbers blanked: - as in the first, + in the second."""

    name: str
    lines: tuple[str, ...]
    left_out: int


def figures_beside(comparison: Comparison, one: Path, other: Path) -> list[FigureBeside]:
    """Return the figures that are not identical, those that differ most first."""
    found = []
    for pair in comparison.changed_products:
        files = (one / pair.name, other / pair.name)
        if Path(pair.name).suffix == ".png" and _both_there(pair.name, one, other):
            shown = [f"data:image/png;base64,{_base64(file)}" for file in files]
            pixels = pixels_that_differ(*files)
            found.append(FigureBeside(pair.name, pair.status, pixels, *shown))
    return sorted(found, key=lambda figure: -figure.pixels)[:_MOST_FIGURES]


def _both_there(name: str, *builds: Path) -> bool:
    return all(lies_in(build / name, build) for build in builds)


def pixels_that_differ(one: Path, other: Path) -> float:
    """Return the share of pixels of two pictures that differ visibly."""
    from PIL import Image, ImageChops

    try:
        with Image.open(one, formats=_PNG) as first, Image.open(other, formats=_PNG) as second:
            if first.size != second.size or first.width * first.height > _MOST_PIXELS:
                return 1.0
            apart = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # no pictures
        return 1.0
    channels = [channel.point(lambda level: 255 * (level > _VISIBLE)) for channel in apart.split()]
    seen = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    return seen.histogram()[255] / (seen.width * seen.height)


def pages_beside(comparison: Comparison, one: Path, other: Path) -> Iterator[PageBeside]:
    """Yield the pages in which more than numbers differs."""
    for pair in comparison.changed_products:
        files = (one / pair.name, other / pair.name)
        if Path(pair.name).suffix == ".html" and _both_there(pair.name, one, other):
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


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
