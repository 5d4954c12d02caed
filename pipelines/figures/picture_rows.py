"""Pictures of several systems for the same captions from the same noise, a row a system."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import DataTable, Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import pictures, reading, wording
from pipelines.figures.pictures import Strip
from pipelines.figures.style import COLUMN, PIXELS_PER_INCH, Theme, themed

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
    values: tuple[float, ...]
    spreads: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """A row for each system, all in one style."""

    rows: tuple[Row, ...]
    style: str

    @property
    def height(self) -> int:
        """In CSS pixels."""
        return round(HEAD + len(self.rows) * (SIDE + GAP))


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read pictures of the same captions from some systems."""
    chosen = pictures.systems(data, options, "systems")
    rows = tuple(_row(data, *one) for one in chosen)
    return Picture(rows, chosen[0][0].style)


def _row(data: FigureData, experiment: LatentExperiment, sampling: Sampling, title: str) -> Row:
    system = reading.system(experiment, sampling)
    found = [reading.row(data, system, metric) for metric in METRICS]
    return Row(
        strip=pictures.strip(data, experiment, sampling, title, COUNT),
        role=pictures.role_of(experiment),
        values=tuple(row.value for row in found),
        spreads=tuple(row.spread or 0.0 for row in found),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row of pictures for each system, with its scores."""
    size = (COLUMN / PIXELS_PER_INCH, picture.height / PIXELS_PER_INCH)
    figure = Figure(figsize=size)
    for column, caption in enumerate(picture.rows[0].strip.captions):
        x = LABEL + column * (SIDE + GAP) + SIDE / 2
        text = textwrap.fill(caption, 16)
        place = (x / COLUMN, 1 - (HEAD - 4) / picture.height)
        figure.text(*place, text, fontsize=8, ha="center", va="bottom", color=theme.muted)
    for index, row in enumerate(picture.rows):
        bottom = picture.height - HEAD - (index + 1) * (SIDE + GAP) + GAP
        _write(_axes(figure, picture, (0, bottom, LABEL - 8, SIDE)), row, theme)
        _show(_axes(figure, picture, (LABEL, bottom, COLUMN - LABEL, SIDE)), row.strip)
    return figure


def _axes(figure: Figure, picture: Picture, box: tuple[float, float, float, float]) -> Axes:
    """Return axes at a box (left, bottom, width, height) in CSS pixels."""
    left, bottom, width, height = box
    tall = picture.height
    axes = figure.add_axes((left / COLUMN, bottom / tall, width / COLUMN, height / tall))
    axes.set_axis_off()
    return axes


def _write(axes: Axes, row: Row, theme: Theme) -> None:
    axes.set(xlim=(0, LABEL), ylim=(SIDE, 0))
    axes.axvline(2, color=theme.role(row.role), linewidth=4)
    title = textwrap.fill(row.strip.title, WRAP)
    axes.text(10, 2, title, fontsize=9.5, fontweight="bold", va="top", linespacing=1.25)
    axes.text(10, SIDE - 2, _told(row), fontsize=8.5, va="bottom", color=theme.muted)


def _told(row: Row) -> str:
    right, sharp, _ = row.values
    calls = "" if row.strip.nfe is None else f"NFE {row.strip.nfe}\n"
    return f"{calls}{wording.percent(right)} right, sharpness {wording.number(sharp)}"


def _show(axes: Axes, strip: Strip) -> None:
    for column, x in enumerate(strip.pictures):
        left = column * (SIDE + GAP)
        extent = (left, left + SIDE, 0, SIDE)
        axes.imshow(x, extent=extent, interpolation="none", aspect="auto")
    axes.set(xlim=(0, COLUMN - LABEL), ylim=(0, SIDE))


def describe(picture: Picture) -> Description:
    """List the scores of each system."""
    summary = "; ".join(
        f"{row.strip.title}: {wording.percent(row.values[0])} of pictures right"
        for row in picture.rows
    )
    alt = (
        f"{len(picture.rows)} rows of {COUNT} pictures for the same captions from the same noise, "
        f"among them “{picture.rows[0].strip.captions[0]}”. All attributes right: {summary}."
    )
    return Description(alt=alt, table=_table(picture), width=COLUMN, height=picture.height)


def _table(picture: Picture) -> DataTable:
    names = ("System", "NFE", *(wording.metric_name(metric) for metric in METRICS))
    rows = tuple(
        (
            row.strip.title,
            "" if row.strip.nfe is None else str(row.strip.nfe),
            *(
                wording.with_spread(metric, value, spread)
                for metric, value, spread in zip(METRICS, row.values, row.spreads, strict=True)
            ),
        )
        for row in picture.rows
    )
    captions = "; ".join(picture.rows[0].strip.captions)
    return DataTable(columns=names, rows=rows, note=f"Captions: {captions}.")
