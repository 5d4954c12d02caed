"""How fast one-step quality comes: several trainings over their steps, every seed in the band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import DataTable, Description, FigureData
from pipelines.contracts.keys import listed
from pipelines.figures import charts, labels, reading, wording
from pipelines.figures.style import COLUMN, MARKS, Theme, themed
from pipelines.figures.training_curves import Curve, curve_of, thinned

ROLES = ("trainings",)
QUANTITIES = ("off_manifold", "sliced_w2")
PANEL = 265  # height in CSS pixels
DASHES = ("-", "--", ":", "-.")  # of trainings with the same colour
MARKERS, ROWS = 6, 6


@dataclass(frozen=True)
class Picture:
    """For each quantity the curves of all trainings, in the same order."""

    panels: dict[str, tuple[Curve, ...]]

    @property
    def height(self) -> int:
        """In CSS pixels."""
        return PANEL * len(self.panels)

    @property
    def trainings(self) -> tuple[Curve, ...]:
        """The curves of the first quantity: one for each training."""
        return self.panels[QUANTITIES[0]]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the training curves, by quantity."""
    names = listed(options.get("trainings", "")) or ("",)
    chosen = [reading.chosen(data, {"trainings": name}, "trainings") for name in names]
    return Picture(
        {
            quantity: tuple(curve_of(data, experiment, quantity) for experiment in chosen)
            for quantity in QUANTITIES
        }
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each quantity, a line for each training."""
    figure = charts.canvas(picture.height)
    cells = figure.subplots(len(picture.panels), 1, sharex=True)
    for axes, (quantity, curves) in zip(cells, picture.panels.items(), strict=True):
        _draw_panel(axes, quantity, curves, theme)
    cells[-1].set_xlabel("Training step")
    return figure


def _draw_panel(axes: Axes, quantity: str, curves: tuple[Curve, ...], theme: Theme) -> None:
    for index, curve in enumerate(curves):
        colour = theme.role(curve.role)
        turn = sum(other.role == curve.role for other in curves[:index])
        axes.fill_between(curve.steps, curve.low, curve.high, color=colour, alpha=0.22, lw=0)
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
    axes.set_title(wording.metric_name(quantity), loc="left")
    axes.grid(True, axis="y")
    charts.value_axis(
        axes, np.concatenate([curve.low for curve in curves]), share=quantity == "off_manifold"
    )
    ends = np.array([(curve.steps[-1], curve.mean[-1]) for curve in curves])
    labels.margin_labels(axes, ends, [_label(curve) for curve in curves], theme, room=0.12)


def _label(curve: Curve) -> str:
    return f"{curve.title} ({curve.seeds} {'seed' if curve.seeds == 1 else 'seeds'})"


def describe(picture: Picture) -> Description:
    """Say where each training begins and ends."""
    off, distance = (picture.panels[quantity] for quantity in QUANTITIES)
    parts = [
        f"{curve.title} goes from {wording.percent(curve.mean[0])} at step "
        f"{curve.steps[0]:.0f} to {wording.percent(curve.mean[-1])} at step {curve.steps[-1]:.0f}"
        for curve in off
    ]
    ends = [f"{wording.number(curve.mean[-1], 3)} ({curve.title})" for curve in distance]
    alt = (
        f"One-step samples while training. Off-manifold share: {'; '.join(parts)}. "
        f"The sliced Wasserstein-2 distance ends at {wording.listed(ends)}."
    )
    return Description(alt=alt, table=_table(picture), width=COLUMN, height=picture.height)


def _table(picture: Picture) -> DataTable:
    rows = [
        (curve.title, f"{curve.steps[i]:.0f}", *_cells(picture, index, i))
        for index, curve in enumerate(picture.trainings)
        for i in thinned(len(curve.steps), ROWS)
    ]
    note = (
        "Means over the seeds, in brackets the lowest and the highest seed. The probes of a "
        "training use fewer samples than the evaluation: their noise floor is higher."
    )
    names = (wording.metric_name(quantity) for quantity in QUANTITIES)
    return DataTable(columns=("Training", "Step", *names), rows=tuple(rows), note=note)


def _cells(picture: Picture, index: int, i: int) -> list[str]:
    cells = []
    for quantity, curves in picture.panels.items():
        curve = curves[index]
        mean, low, high = (
            wording.quantity(quantity, float(part[i]))
            for part in (curve.mean, curve.low, curve.high)
        )
        cells.append(f"{mean} ({low} – {high})" if curve.seeds > 1 else mean)
    return cells
