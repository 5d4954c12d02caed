"""How fast one-step quality comes: several trainings over their steps.

Lines are means over the seeds, bands reach from the lowest to the highest seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, courses, labels, reading, seen, wording
from pipelines.figures.style import MARKS, Theme, role_of, themed

ROLES = ("trainings",)
PANEL, AROUND, AXIS = 215, 60, 24  # heights in CSS pixels: of a panel, around names, of the axis
QUANTITIES = ("off_manifold", "sliced_w2")
DASHES = ("-", "--", ":", "-.")  # of trainings with the same colour
MARKERS = 6  # on a line
ROWS = 6  # of the table, a training


@dataclass(frozen=True)
class Curve:
    """One quantity over training steps (k,): mean, lowest and highest of the seeds, each (k,)."""

    title: str
    role: str
    seeds: int
    steps: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Panel:
    """One quantity of all trainings."""

    quantity: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Picture:
    """A panel for each quantity."""

    panels: tuple[Panel, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the training curves, by quantity."""
    chosen = reading.all_chosen(data, options, "trainings")
    return Picture(
        tuple(Panel(name, tuple(_curve(data, one, name) for one in chosen)) for name in QUANTITIES)
    )


def _curve(data: FigureData, experiment: Experiment, name: str) -> Curve:
    histories = reading.histories(data, experiment)
    values = np.stack([reading.column(experiment, history, name) for history in histories])
    return Curve(
        title=experiment.title,
        role=role_of(experiment.method),
        seeds=len(histories),
        steps=reading.column(experiment, histories[0], "step"),
        mean=values.mean(axis=0),
        low=values.min(axis=0),
        high=values.max(axis=0),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each quantity, a line for each training, named at its end."""
    curves = picture.panels[0].curves
    names = labels.wrapped([curve.title for curve in curves], theme)
    height = max(PANEL, labels.height(names) + AROUND)
    figure = charts.canvas(theme, height * len(picture.panels) + AXIS)
    cells = figure.subplots(len(picture.panels), 1, squeeze=False, sharex=True)[:, 0]
    colours = [theme.letters(curve.role) for curve in curves]
    for axes, panel in zip(cells, picture.panels, strict=True):
        axes.set_title(wording.metric_name(panel.quantity), loc="left")
        _draw_curves(axes, panel, theme)
    cells[-1].set_xlabel("Training step")
    for axes, panel in zip(cells, picture.panels, strict=True):
        ends = np.array([(curve.steps[-1], curve.mean[-1]) for curve in panel.curves])
        labels.column(axes, ends, names, theme, colours)
    return figure


def _draw_curves(axes: Axes, panel: Panel, theme: Theme) -> None:
    """Draw the mean of each training as a line, over a band from lowest to highest seed."""
    roles = [curve.role for curve in panel.curves]
    for index, curve in enumerate(panel.curves):
        turn = roles[:index].count(curve.role)
        colour = theme.role(curve.role)
        axes.fill_between(
            curve.steps, curve.low, curve.high, color=colour, alpha=0.22, linewidth=0
        )
        axes.plot(
            curve.steps,
            curve.mean,
            color=colour,
            linestyle=DASHES[turn % len(DASHES)],
            marker=MARKS[curve.role].marker,
            markevery=max(1, len(curve.steps) // MARKERS),
            markersize=5.5,
            linewidth=1.7,
        )
    axes.grid(True, axis="y")
    values = np.concatenate([curve.low for curve in panel.curves])
    charts.value_axis(axes, values, share=panel.quantity == "off_manifold")


def describe(picture: Picture) -> Description:
    """Say where the trainings begin and end."""
    note = (
        "Means over the seeds, in brackets the lowest and the highest seed. These probes use "
        "fewer samples than the evaluation of the finished networks: their noise floor is higher."
    )
    alt = f"Quality of one-step samples while training. {_course(picture.panels)}"
    return wording.described(alt, *_table_of(picture.panels), note)


def _course(panels: Sequence[Panel]) -> str:
    """Say how the first quantity runs, and which training ends lowest in the second."""
    first, second = (
        [courses.Course(curve.title, curve.steps, curve.mean) for curve in panel.curves]
        for panel in panels[:2]
    )
    runs = [courses.told(panels[0].quantity, one, "step") for one in first]
    lowest = min(second, key=lambda one: one.value[-1])
    end = wording.quantity(panels[1].quantity, float(lowest.value[-1]))
    name = wording.metric_name(panels[1].quantity)
    return seen.fitting(
        f"{wording.metric_name(panels[0].quantity)}: {'; '.join(runs)}.",
        f"{name} ends lowest for {lowest.name} ({end}).",
    )


def _table_of(panels: Sequence[Panel]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return columns and rows: every quantity of each training at some steps."""
    rows: list[tuple[str, ...]] = [
        (curve.title, f"{curve.steps[i]:.0f}", *(_seeds_cell(one, index, i) for one in panels))
        for index, curve in enumerate(panels[0].curves)
        for i in _thinned(len(curve.steps), ROWS)
    ]
    return ["Training", "Step", *(wording.metric_name(panel.quantity) for panel in panels)], rows


def _seeds_cell(panel: Panel, index: int, i: int) -> str:
    curve = panel.curves[index]
    mean, low, high = (
        wording.quantity(panel.quantity, float(part[i]))
        for part in (curve.mean, curve.low, curve.high)
    )
    return f"{mean} ({low} – {high})" if curve.seeds > 1 else mean


def _thinned(count: int, most: int) -> list[int]:
    """Return at most `most` indices of 0 … count - 1, evenly spread, both ends among them."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(most, count))})
