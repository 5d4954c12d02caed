"""Figures of two builds side by side: their pictures, and the rows of their data that differ."""

from __future__ import annotations

import base64
import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from pipelines.contracts.input_files import lies_in
from pipelines.verification.comparison import Comparison
from pipelines.verification.numbers import Status, worst

_MOST_FIGURES = 40  # in a report: those that differ most
_MOST_ROWS = 12  # of a figure's data
_MOST_READ = 5_000  # rows of a figure's data that are compared
_LARGEST = 20_000_000  # bytes of a figure's data
_PNG = ("PNG",)
_MOST_PIXELS = 50_000_000  # of a figure: a few bytes may claim any size
_VISIBLE = 8  # of 255: how far a pixel's channel differs before it is counted

Row = tuple[str, ...]


@dataclass(frozen=True)
class DataBeside:
    """The rows behind a figure that differ, each as both have it; () where one has none.

    Attributes:
        left_out: How many more differ.
    """

    columns: Row = ()
    rows: tuple[tuple[Row, Row], ...] = ()
    left_out: int = 0

    def cells(self, row: tuple[Row, Row]) -> list[tuple[str, str]]:
        """Return the cells of a row, each as both have it."""
        return list(zip_longest(*row, fillvalue=""))


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
    data: DataBeside = DataBeside()


def figures_beside(comparison: Comparison, one: Path, other: Path) -> list[FigureBeside]:
    """Return the figures whose picture or data is not identical, those that differ most first.

    Args:
        one, other: Folders of builds; of bundles, which keep no drafts, the site is looked at.
    """
    found: dict[str, list[Status]] = {}
    for pair in comparison.changed_products:
        path = PurePosixPath(pair.name)
        if path.suffix in (".png", ".csv") and path.parent.name == "figures":
            found.setdefault(str(path.with_suffix(".png")), []).append(pair.status)
    both = (_beside(name, worst(statuses), one, other) for name, statuses in found.items())
    shown = [figure for figure in both if figure]
    return sorted(shown, key=lambda figure: -figure.pixels)[:_MOST_FIGURES]


def _beside(name: str, status: Status, one: Path, other: Path) -> FigureBeside | None:
    first, second = _drawn(one, name), _drawn(other, name)
    if not first or not second:
        return None
    data = _data(_drawn(one, name, ".csv"), _drawn(other, name, ".csv"))
    pixels = pixels_that_differ(first, second)
    return FigureBeside(name, status, pixels, _picture(first), _picture(second), data)


def _drawn(build: Path, name: str, suffix: str = ".png") -> Path | None:
    draft, *below = PurePosixPath(name).with_suffix(suffix).parts
    places = (build.joinpath(folder, *below) for folder in (draft, "site"))
    return next((place for place in places if lies_in(place, build)), None)


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


def _data(one: Path | None, other: Path | None) -> DataBeside:
    if not one or not other or max(one.stat().st_size, other.stat().st_size) > _LARGEST:
        return DataBeside()
    try:
        first, second = _rows(one), _rows(other)
    except (csv.Error, ValueError):  # no table
        return DataBeside()
    rows = list(_differing(first, second))
    columns = (second or first or [()])[0]
    return DataBeside(columns, tuple(rows[:_MOST_ROWS]), max(0, len(rows) - _MOST_ROWS))


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as text:
        return [tuple(row) for row, _ in zip(csv.reader(text), range(_MOST_READ), strict=False)]


def _differing(one: list[Row], other: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield the rows that differ; rows of one place are pairs, in their order."""
    match = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for code, a, b, c, d in match.get_opcodes():
        if code != "equal":
            for at in range(max(b - a, d - c)):
                yield one[a + at] if a + at < b else (), other[c + at] if c + at < d else ()


def _picture(file: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}"
