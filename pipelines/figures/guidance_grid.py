"""The same captions and noise: pictures by steps and guidance, with the share of clipped values.

A row compares guidances: step counts that were drawn with one alone have none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, pictures, reading, seen, wording
from pipelines.figures.style import SMALL, Theme, themed

ROLES = ("system",)
SHOWN = 2  # pictures a cell
HEAD, LABEL, WORDS, GAP = 22, 22, 24, 8  # heights in CSS pixels, and the room between cells
METRICS = ("all", "clipped", "frechet")


@dataclass(frozen=True)
class Cell:
    """Pictures (SHOWN, 64, 64, 3) at some steps and guidance; None where nothing was drawn."""

    pictures: np.ndarray
    values: dict[str, float]
    look: seen.Look


@dataclass(frozen=True)
class Picture:
    """Cells by steps and guidance."""

    title: str
    steps: tuple[int, ...]
    guidance: tuple[float, ...]
    cells: dict[tuple[int, float], Cell]
    captions: tuple[str, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read pictures of the same captions at each step count and guidance."""
    experiment, said, title = pictures.picture_patterns(data, options, "system")[0]
    drawn = experiment.samplings
    found = [one for one in drawn if replace(said, guidance=one.guidance).on_curve(one)]
    if not found:
        raise reading.option_problem(
            f"`{experiment.name}` is not drawn with `{said}`",
            f"see `systems:` in {experiment.file}",
        )
    rows = Counter(one.steps for one in found)
    compared = [one for one in found if rows[one.steps] > 1] or found
    shown = pictures.different_captions(data, experiment, SHOWN)
    cells = {(one.steps, one.scale): _grid_cell(data, experiment, one, shown) for one in compared}
    captions = pictures.strip(data, experiment, found[0], title, shown).captions
    return Picture(
        title=title or wording.solver_name(experiment.title, said.sampler, said.spacing),
        steps=tuple(sorted({n for n, _ in cells})),
        guidance=tuple(sorted({w for _, w in cells})),
        cells=cells,
        captions=captions,
    )


def _grid_cell(
    data: FigureData, experiment: LatentExperiment, sampling: Sampling, shown: tuple[int, ...]
) -> Cell:
    drawn = pictures.strip(data, experiment, sampling, "", shown)
    system = reading.system(experiment, sampling)
    rows = {metric: reading.row(data, system, metric).value for metric in METRICS}
    return Cell(drawn.pictures, rows, pictures.look(data, drawn))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a grid: steps downwards, guidance to the right."""
    shown, many = charts.columns_of(theme, SHOWN), len(picture.guidance)
    width = (theme.column - (many - 1) * GAP) / many
    row_height = LABEL + width / shown + WORDS
    figure, axes = charts.sheet(theme, HEAD + len(picture.steps) * row_height)
    lefts = [column * (width + GAP) for column in range(many)]
    for left, w in zip(lefts, picture.guidance, strict=True):
        head = "no guidance" if w == 1 else f"guidance {w:g}"
        axes.text(left + width / 2, HEAD / 2, head, ha="center", va="center", fontweight="bold")
    for row, steps in enumerate(picture.steps):
        top = HEAD + row * row_height
        label = wording.steps_text(steps)
        axes.text(0, top + LABEL / 2, label, va="center", fontweight="bold")
        for left, w in zip(lefts, picture.guidance, strict=True):
            if cell := picture.cells.get((steps, w)):
                _draw_cell(axes, cell, (left, top + LABEL, width), shown, theme)
    return figure


def _burnt(picture: Picture) -> str:
    """Say where pictures are burnt, or that none is."""
    worst = max(picture.cells, key=lambda at: picture.cells[at].values["clipped"])
    clipped = picture.cells[worst].values["clipped"]
    if not (word := seen.CLIPPING.word(clipped)):
        return f"None is burnt: at most {wording.percent(clipped)} of the values are clipped."
    return (
        f"Those of {_cell_name(worst)} are {word}: {wording.percent(clipped)} of their values "
        f"are clipped."
    )


def _looks(picture: Picture) -> str:
    """Say how the pictures look in which fewest and in which most are right."""
    order = sorted(picture.cells, key=lambda at: picture.cells[at].values["all"])
    ends = [
        f"{_cell_name(at)}: {picture.cells[at].look.words}, "
        f"{seen.share(picture.cells[at].values['all'])} right"
        for at in (order[0], order[-1])
    ]
    return f"Worst, {ends[0]}; best, {ends[1]}."


def _cell_name(at: tuple[int, float]) -> str:
    return f"{wording.steps_text(at[0])} at guidance {at[1]:g}"


def _draw_cell(
    axes: Axes, cell: Cell, at: tuple[float, float, float], shown: int, theme: Theme
) -> None:
    """Draw pictures side by side at (left, top, width), and below what share is clipped."""
    left, top, width = at
    side = width / shown
    for i, x in enumerate(cell.pictures[:shown]):
        extent = (left + i * side, left + (i + 1) * side - 2, top + side, top)
        axes.imshow(x, extent=extent, interpolation="none", aspect="auto")
    label = f"{wording.percent(cell.values['clipped'])} clipped"
    place = (left + width / 2, top + side + WORDS / 2)
    style: dict[str, Any] = {"ha": "center", "va": "center"}
    axes.text(*place, label, fontsize=SMALL, color=theme.muted, **style)


def describe(picture: Picture) -> Description:
    """List the scores of each cell."""
    alt = seen.fitting(
        f"{picture.title}: pictures of the same captions and noise, in rows of "
        f"{wording.enumerated([str(n) for n in picture.steps])} steps and columns of guidance "
        f"{wording.enumerated([f'{w:g}' for w in picture.guidance])}.",
        _burnt(picture),
        _looks(picture),
    )
    columns = ("Steps", "Guidance", *map(wording.metric_name, METRICS))
    rows = (
        (str(n), f"{w:g}", *(wording.quantity(m, cell.values[m]) for m in METRICS))
        for (n, w), cell in sorted(picture.cells.items())
    )
    note = f"Captions: {'; '.join(picture.captions)}."
    return wording.described(alt, columns, rows, note)
