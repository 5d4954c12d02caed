"""Pictures of several systems for the same captions from the same noise, a row a system."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import TALLEST, Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, pictures, reading, seen, wording
from pipelines.figures.lines import line_height, width_of, wrapped
from pipelines.figures.pictures import Strip
from pipelines.figures.style import SMALL, TEXT, Theme, themed

ROLES = ("systems",)
GAP = 5  # between pictures in CSS pixels, at least
LEAST = 64  # width of a picture, which has as many pixels itself
LINE, BELOW = 19, 13  # of the words above a row; the room below it
BAR = 9  # width of what is left of them, in the system's colour
FEW = 4  # pictures in a row, at least: in one column as many as there are rows
BESIDE = (2, 3)  # least and most where a drawing is narrow, else half as many as there are rows
LONG = 7  # rows at most that stand in one column where a drawing is wide: more fill two
BETWEEN = 22  # columns, in CSS pixels
METRICS = ("all", "sharpness", "frechet")


@dataclass(frozen=True)
class Row:
    """Pictures of one system, with its scores and how they look; renders have neither."""

    strip: Strip
    role: str
    scores: reading.Scores | None
    look: seen.Look | None = None

    @property
    def told(self) -> str:
        """What the row says beside its title."""
        if self.scores is None:
            return ""
        right, sharp, _ = self.scores.values
        calls = "" if self.strip.nfe is None else f"NFE {self.strip.nfe}, "
        return f"{calls}{wording.percent(right)} right, sharpness {wording.number(sharp)}"


@dataclass(frozen=True)
class Picture:
    """A row for each system, all for the same captions."""

    rows: tuple[Row, ...]
    most: int  # pictures in a row of a wide drawing, if there are so many

    @property
    def captions(self) -> tuple[str, ...]:
        """What all rows show."""
        return self.rows[0].strip.captions


@dataclass(frozen=True)
class Layout:
    """Where pictures and words are in CSS pixels, from the upper left corner.

    Rows stand below each other in one column, or in two: first the left one, then the right one.
    """

    across: int
    width: float  # of a column
    deep: int  # rows of a column
    captions: tuple[str, ...]
    titles: tuple[tuple[str, ...], ...]  # of each row, in lines
    beside: tuple[bool, ...]  # whether a row's scores stand beside its title, or below
    tallest: float = TALLEST

    @property
    def slot(self) -> float:
        """How much of the width a picture has."""
        return (self.width - (self.across - 1) * GAP) / self.across

    @property
    def side(self) -> float:
        """How wide and high a picture is: it fills its place, if a page then holds the drawing."""
        room = self.tallest - self.head + BELOW
        fits = min((room - sum(map(self._around, rows))) / len(rows) for rows in self._columns)
        return max(LEAST, min(self.slot, fits))

    @property
    def head(self) -> float:
        """How high the captions are."""
        return line_height() * max(text.count("\n") + 1 for text in self.captions) + 6

    @property
    def height(self) -> float:
        """How high the drawing is."""
        return self.head + max(map(self._tall, self._columns)) - BELOW

    def words(self, row: int) -> float:
        """Return how high the words above a row are."""
        return LINE * (len(self.titles[row]) + (not self.beside[row])) + 3

    def left(self, row: int) -> float:
        """Return where the column of a row begins."""
        return row // self.deep * (self.width + BETWEEN)

    def top(self, row: int) -> float:
        """Return where the words of a row begin."""
        return self.head + self._tall(range(row - row % self.deep, row))

    @property
    def _columns(self) -> list[range]:
        count = len(self.titles)
        return [range(i, min(i + self.deep, count)) for i in range(0, count, self.deep)]

    def _around(self, row: int) -> float:
        return self.words(row) + BELOW

    def _tall(self, rows: range) -> float:
        return sum(self._around(row) + self.side for row in rows)


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read pictures of the same captions from some systems."""
    chosen = pictures.picture_systems(data, options, "systems")
    most = len(chosen) if FEW < len(chosen) <= LONG else FEW
    shown = pictures.different_captions(data, chosen[0][0], most)
    return Picture(tuple(_picture_row(data, *one, shown) for one in chosen), most)


def _picture_row(
    data: FigureData,
    experiment: LatentExperiment,
    sampling: Sampling,
    title: str,
    shown: tuple[int, ...],
) -> Row:
    strip = pictures.strip(data, experiment, sampling, title, shown)
    if strip.nfe is None:
        return Row(strip, "real", None)
    scores = reading.scores(data, reading.system(experiment, sampling), METRICS)
    role = pictures.picture_role(experiment.method)
    return Row(strip, role, scores, pictures.look(data, strip))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row of pictures for each system, with its scores; fewer where it is narrow."""
    layout = _layout(picture, theme)
    figure, axes = charts.sheet(theme, layout.height)
    first = (layout.slot - layout.side) / 2
    lefts = [first + column * (layout.slot + GAP) for column in range(layout.across)]
    for begins in sorted({layout.left(index) for index in range(len(picture.rows))}):
        _write_captions(axes, layout, [begins + left for left in lefts], theme)
    for index, row in enumerate(picture.rows):
        _write_row(axes, row, layout, index, theme)
        top = layout.top(index) + layout.words(index)
        for left, x in zip(lefts, row.strip.pictures, strict=False):
            begins = layout.left(index) + left
            at = (begins, begins + layout.side, top + layout.side, top)
            axes.imshow(x, extent=at, interpolation="none", aspect="auto")
    return figure


def _layout(picture: Picture, theme: Theme) -> Layout:
    count = len(picture.rows)
    columns = 2 if count > LONG and not theme.narrow else 1
    half = charts.columns_of(theme, count)
    across = min(max(BESIDE[0], half), BESIDE[1]) if theme.narrow else picture.most
    width = (theme.column - (columns - 1) * BETWEEN) / columns
    room = width - BAR
    titles = tuple(tuple(wrapped(row.strip.title, room, bold=True)) for row in picture.rows)
    beside = tuple(
        len(lines) == 1 and width_of(lines[0], bold=True) + 16 + width_of(row.told, SMALL) <= room
        for lines, row in zip(titles, picture.rows, strict=True)
    )
    tallest = math.inf if theme.narrow else TALLEST
    deep = charts.rows_of(count, columns)
    layout = Layout(across, width, deep, (), titles, beside, tallest)
    captions = ("\n".join(wrapped(one, layout.slot, SMALL)) for one in picture.captions[:across])
    return replace(layout, captions=tuple(captions))


def _write_captions(axes: Axes, layout: Layout, lefts: list[float], theme: Theme) -> None:
    for left, caption in zip(lefts, layout.captions, strict=False):
        style: dict[str, Any] = {"fontsize": SMALL, "color": theme.muted, "va": "bottom"}
        axes.text(left + layout.side / 2, layout.head - 5, caption, ha="center", **style)


def _write_row(axes: Axes, row: Row, layout: Layout, index: int, theme: Theme) -> None:
    left, top, words = layout.left(index), layout.top(index), layout.words(index)
    bar = theme.role(row.role)
    axes.plot([left + 2, left + 2], [top + 1, top + words - 5], color=bar, linewidth=3)
    for number, line in enumerate(layout.titles[index]):
        at = (left + BAR, top + LINE * (number + 0.5))
        axes.text(*at, line, fontsize=TEXT, fontweight="bold", va="center")
    last = top + LINE * (len(layout.titles[index]) + 0.5)
    style: dict[str, Any] = {"fontsize": SMALL, "color": theme.muted, "va": "center"}
    if layout.beside[index]:
        axes.text(left + layout.width, last - LINE, row.told, ha="right", **style)
    else:
        axes.text(left + BAR, last, row.told, **style)


def describe(picture: Picture) -> Description:
    """Say how the pictures of each system look, and list its scores."""
    scored = [(row, row.scores) for row in picture.rows if row.scores]
    renders = "" if len(scored) == len(picture.rows) else ", below renders of the captions"
    first = f"{len(scored)} rows of pictures, the same captions and noise in each{renders}. "
    looks = [(row.strip.title, look.told) for row, _ in scored if (look := row.look)]
    alt = first + seen.grouped(looks, seen.MOST - len(first))
    columns = ("System", "NFE", *map(wording.metric_name, METRICS))
    rows = ((row.strip.title, str(row.strip.nfe), *scores.cells()) for row, scores in scored)
    return wording.described(alt, columns, rows, f"Captions: {'; '.join(picture.captions)}.")
