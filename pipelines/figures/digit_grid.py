"""Digits of several systems from the same noises, a row a system, real ones first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling
from pipelines.figures import charts, reading, seen, wording
from pipelines.figures.lines import line_height, wrapped
from pipelines.figures.style import SMALL, TEXT, Theme, role_of, themed

ROLES = ("systems",)
SHOWN = 10  # digits of a row
SIDE = 8  # pixels of a digit
METRICS = ("frechet_distance", "sliced_w2")
WORDS_BEFORE = 210  # width of the words of a row in a wide drawing, in CSS pixels
WORDS = {False: 58, True: 42}  # their height in a wide drawing, and above a row in a narrow one
GAP = 16  # between rows


@dataclass(frozen=True)
class Row:
    """Digits (k, 64), from -1 to 1, of one system, and its measurements."""

    title: str
    role: str
    nfe: int | None
    digits: np.ndarray
    scores: reading.Scores


@dataclass(frozen=True)
class Picture:
    """Rows of digits, real ones first; `accuracy` is the classifier's on held-out ones."""

    rows: tuple[Row, ...]
    accuracy: float | None  # of the classifier behind the Fréchet distance, on held-out digits


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read drawn digits of some systems, and how well the classifier does."""
    systems = reading.systems(data, options, "systems")
    first = systems[0][0]
    rows = (_real_digits(data, first), *(_digits(data, *system) for system in systems))
    accuracy = reading.value(data, reading.system(first, REAL), "classifier_accuracy")
    return Picture(rows, accuracy)


def _real_digits(data: FigureData, experiment: Experiment) -> Row:
    scores = reading.scores(data, reading.system(experiment, REAL), METRICS)
    digits = reading.array(data, experiment, "real")[:SHOWN]
    return Row("Real digits", "real", None, digits, replace(scores, spreads=(0.0, 0.0)))


def _digits(data: FigureData, experiment: Experiment, sampling: Sampling) -> Row:
    return Row(
        title=wording.system_name(experiment.title, sampling),
        role=role_of(experiment.method),
        nfe=reading.nfe(data, experiment, sampling),
        digits=reading.samples(data, experiment, sampling)[:SHOWN],
        scores=reading.scores(data, reading.system(experiment, sampling), METRICS),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row of digits for each system, words before it, or above it in a narrow drawing."""
    left, above = (0, WORDS[True]) if theme.narrow else (WORDS_BEFORE, 0)
    tall = (theme.column - left) / SHOWN
    height = max(above + tall, WORDS[theme.narrow]) + GAP
    figure, axes = charts.sheet(theme, height * len(picture.rows))
    ink = LinearSegmentedColormap.from_list("ink", [theme.paper, theme.text])
    for place, row in enumerate(picture.rows):
        top = place * height + GAP / 2
        _write_scores(axes, row, top, theme)
        extent = (left, theme.column, top + above + tall, top + above)
        axes.imshow(
            strip(row.digits), cmap=ink, vmin=-1, vmax=1, interpolation="none", extent=extent,
            aspect="auto",
        )  # fmt: skip
    axes.set(xlim=(0, theme.column), ylim=(height * len(picture.rows), 0))
    return figure


def _write_scores(axes: Axes, row: Row, top: float, theme: Theme) -> None:
    axes.plot(
        [2.5, 2.5], [top, top + WORDS[theme.narrow] - 6], color=theme.role(row.role), linewidth=4
    )
    room = (theme.column if theme.narrow else WORDS_BEFORE) - 20
    name = wrapped(row.title, room, bold=True)
    score = f"Fréchet {wording.significant(row.scores.values[0], 3)}"
    score += "" if row.nfe is None else f", NFE {row.nfe}"
    axes.text(11, top, "\n".join(name), fontweight="bold", va="top")
    below = top + 4 + line_height(TEXT) * len(name)
    axes.text(11, below, score, fontsize=SMALL, va="top", color=theme.text)


def strip(digits: np.ndarray) -> np.ndarray:
    """Return digits (k, 64) side by side with a column between them: (8, 9 k - 1)."""
    tiles = digits.reshape(-1, SIDE, SIDE)
    parted = np.pad(tiles, ((0, 0), (0, 0), (0, 1)), constant_values=-1.0)
    return parted.transpose(1, 0, 2).reshape(SIDE, -1)[:, :-1]


def _frechet(row: Row) -> str:
    return wording.significant(row.scores.values[0], 3)


def describe(picture: Picture) -> Description:
    """Say how dark and how near to real digits those of each system are; list its scores."""
    real, *drawn = picture.rows
    nearest = min(drawn, key=lambda row: row.scores.values[0])
    trust = (
        ""
        if picture.accuracy is None
        else f"The classifier behind it is right on {wording.percent(picture.accuracy)}."
    )
    first = f"Rows of {SHOWN} handwritten digits from the same noises, real ones on top."
    last = (
        f"Nearest to real ones by the Fréchet distance: {seen.quoted(nearest.title)} "
        f"({_frechet(nearest)}; real {_frechet(real)}). {trust}"
    )
    ink = [(row.title, seen.INK.word(row.digits.std() / real.digits.std())) for row in drawn]
    room = seen.MOST - len(first) - len(last) - 2
    alt = seen.fitting(first, seen.grouped(ink, room), last.strip())
    columns = ("Digits of", "NFE", *(wording.metric_name(metric) for metric in METRICS))
    rows = (
        (row.title, "" if row.nfe is None else str(row.nfe), *row.scores.cells())
        for row in picture.rows
    )
    return wording.described(alt, columns, rows)
