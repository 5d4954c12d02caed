"""Pictures of several systems for the same captions from the same noise, a row a system."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, pictures, reading, seen, wording
from pipelines.figures.pictures import Strip
from pipelines.figures.style import COLUMN, Theme, themed

ROLES = ("systems",)
COUNT, GAP = 6, 5  # pictures in a row; CSS pixels between them
LABEL = 196  # width of the words before a row
SIDE = (COLUMN - LABEL - (COUNT - 1) * GAP) / COUNT
HEAD = 50  # of the captions above
METRICS = ("all", "sharpness", "frechet")
WRAP = 25


@dataclass(frozen=True)
class Row:
    """Pictures of one system, with its scores and their spreads."""

    strip: Strip
    role: str
    scores: reading.Scores


@dataclass(frozen=True)
class Picture:
    """A row for each system, all in one style."""

    rows: tuple[Row, ...]
    style: str
    height: int  # in CSS pixels


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read pictures of the same captions from some systems."""
    chosen = pictures.picture_systems(data, options, "systems")
    rows = tuple(_picture_row(data, *one) for one in chosen)
    return Picture(rows, chosen[0][0].style, round(HEAD + len(rows) * (SIDE + GAP)))


def _picture_row(
    data: FigureData, experiment: LatentExperiment, sampling: Sampling, title: str
) -> Row:
    scores = reading.scores(data, reading.system(experiment, sampling), METRICS)
    return Row(
        strip=pictures.strip(data, experiment, sampling, title, COUNT),
        role=pictures.picture_role(experiment.method),
        scores=scores,
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row of pictures for each system, with its scores."""
    figure = charts.canvas(picture.height, arranged=False)
    for column, caption in enumerate(picture.rows[0].strip.captions):
        x = LABEL + column * (SIDE + GAP) + SIDE / 2
        text = textwrap.fill(caption, 16)
        place = (x / COLUMN, 1 - (HEAD - 4) / picture.height)
        figure.text(*place, text, fontsize=8, ha="center", va="bottom", color=theme.muted)
    for index, row in enumerate(picture.rows):
        bottom = picture.height - HEAD - (index + 1) * (SIDE + GAP) + GAP
        _write_scores(_axes_at(figure, picture, (0, bottom, LABEL - 8, SIDE)), row, theme)
        axes = _axes_at(figure, picture, (LABEL, bottom, COLUMN - LABEL, SIDE))
        for column, x in enumerate(row.strip.pictures):
            left = column * (SIDE + GAP)
            extent = (left, left + SIDE, 0, SIDE)
            axes.imshow(x, extent=extent, interpolation="none", aspect="auto")
        axes.set(xlim=(0, COLUMN - LABEL), ylim=(0, SIDE))
    return figure


def _axes_at(figure: Figure, picture: Picture, box: tuple[float, float, float, float]) -> Axes:
    """Return axes at a box (left, bottom, width, height) in CSS pixels."""
    left, bottom, width, height = box
    tall = picture.height
    axes = figure.add_axes((left / COLUMN, bottom / tall, width / COLUMN, height / tall))
    axes.set_axis_off()
    return axes


def _write_scores(axes: Axes, row: Row, theme: Theme) -> None:
    axes.set(xlim=(0, LABEL), ylim=(SIDE, 0))
    axes.axvline(2, color=theme.role(row.role), linewidth=4)
    title = textwrap.fill(row.strip.title, WRAP)
    axes.text(10, 2, title, fontsize=9.5, fontweight="bold", va="top", linespacing=1.25)
    right, sharp, _ = row.scores.values
    calls = "" if row.strip.nfe is None else f"NFE {row.strip.nfe}\n"
    told = f"{calls}{wording.percent(right)} right, sharpness {wording.number(sharp)}"
    axes.text(10, SIDE - 2, told, fontsize=8.5, va="bottom", color=theme.muted)


def describe(picture: Picture) -> Description:
    """Say how the pictures of each system look, and list its scores."""
    first = f"{len(picture.rows)} rows of pictures, the same captions and noise in each. "
    looks = [(row.strip.title, row.strip.look.told) for row in picture.rows]
    alt = first + seen.grouped(looks, seen.MOST - len(first))
    columns = ("System", "NFE", *map(wording.metric_name, METRICS))
    rows = (
        (one.strip.title, "" if (nfe := one.strip.nfe) is None else str(nfe), *one.scores.cells())
        for one in picture.rows
    )
    note = f"Captions: {'; '.join(picture.rows[0].strip.captions)}."
    return wording.described(alt, columns, rows, picture.height, note)
