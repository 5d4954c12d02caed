"""Distillation against training from data: one-step quality and loss over the training steps.

Lines are means over the seeds, bands reach from the lowest to the highest seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import DataTable, Description, FigureData
from pipelines.figures import charts, reading, wording
from pipelines.figures.style import COLUMN, MARKS, Theme, role_of, themed

ROLES = ("distillation", "training")
HEIGHT = 350
QUANTITIES = ("off_manifold", "sliced_w2", "loss")
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
    """Read the histories of two trainings."""
    chosen = [reading.chosen(data, options, role) for role in ROLES]
    return Picture(
        tuple(
            Panel(name, tuple(curve_of(data, experiment, name) for experiment in chosen))
            for name in QUANTITIES
        )
    )


def curve_of(data: FigureData, experiment: Experiment, name: str) -> Curve:
    """Return one column of an experiment's histories over its seeds."""
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
    """Draw a panel for each quantity."""
    figure = charts.canvas(HEIGHT)
    cells = figure.subplots(1, len(picture.panels))
    for axes, panel in zip(cells, picture.panels, strict=True):
        _draw_panel(axes, panel, theme)
    handles, names = cells[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


def _draw_panel(axes: Axes, panel: Panel, theme: Theme) -> None:
    for curve in panel.curves:
        colour, mark = theme.role(curve.role), MARKS[curve.role]
        axes.fill_between(
            curve.steps, curve.low, curve.high, color=colour, alpha=0.22, linewidth=0
        )
        axes.plot(
            curve.steps,
            curve.mean,
            color=colour,
            linestyle=mark.line,
            marker=mark.marker,
            markevery=max(1, len(curve.steps) // MARKERS),
            markersize=5.5,
            linewidth=1.7,
            label=f"{curve.title} ({curve.seeds} {'seed' if curve.seeds == 1 else 'seeds'})",
        )
    axes.set_xlabel("Training step")
    axes.set_title(_name(panel.quantity))
    axes.grid(True, axis="y")
    values = np.concatenate([curve.low for curve in panel.curves])
    charts.value_axis(axes, values, share=panel.quantity == "off_manifold")


def _name(quantity: str) -> str:
    return "Training loss" if quantity == "loss" else wording.metric_name(quantity)


def describe(picture: Picture) -> Description:
    """Say where the trainings begin and end."""
    parts = [
        f"{curve.title} goes from {wording.quantity(panel.quantity, curve.mean[0])} at step "
        f"{curve.steps[0]:.0f} to {wording.quantity(panel.quantity, curve.mean[-1])} at step "
        f"{curve.steps[-1]:.0f}"
        for panel in picture.panels[:1]
        for curve in panel.curves
    ]
    ends = [
        f"{wording.quantity(panel.quantity, curve.mean[-1])} ({curve.title})"
        for panel in picture.panels[1:2]
        for curve in panel.curves
    ]
    alt = (
        f"Quality of one-step samples while training. Off-manifold share: {'; '.join(parts)}. "
        f"The sliced Wasserstein-2 distance ends at {wording.listed(ends)}."
    )
    return Description(alt=alt, table=_table(picture), width=COLUMN, height=HEIGHT)


def _table(picture: Picture) -> DataTable:
    names = [_name(panel.quantity) for panel in picture.panels]
    rows = [
        (curve.title, f"{curve.steps[i]:.0f}", *_cells(picture, index, i))
        for index, curve in enumerate(picture.panels[0].curves)
        for i in thinned(len(curve.steps), ROWS)
    ]
    note = (
        "Means over the seeds, in brackets the lowest and the highest seed. These probes use "
        "fewer samples than the evaluation of the finished networks: their noise floor is higher."
    )
    return DataTable(columns=("Training", "Step", *names), rows=tuple(rows), note=note)


def _cells(picture: Picture, index: int, i: int) -> list[str]:
    cells = []
    for panel in picture.panels:
        curve = panel.curves[index]
        mean, low, high = (
            wording.quantity(panel.quantity, float(part[i]))
            for part in (curve.mean, curve.low, curve.high)
        )
        cells.append(f"{mean} ({low} – {high})" if curve.seeds > 1 else mean)
    return cells


def thinned(count: int, most: int) -> list[int]:
    """Return at most `most` indices of 0 … count - 1, evenly spread, both ends among them."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(most, count))})
