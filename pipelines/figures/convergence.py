"""How fast one-step quality comes: several trainings over their steps, every seed in the band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, labels, reading, wording
from pipelines.figures.style import Theme, themed
from pipelines.figures.training_curves import (
    Panel,
    course,
    curve_panels,
    draw_curves,
    quantity_name,
    table_of,
)

ROLES = ("trainings",)
QUANTITIES = ("off_manifold", "sliced_w2")
PANEL = 265  # height in CSS pixels
DASHES = ("-", "--", ":", "-.")  # of trainings with the same colour


@dataclass(frozen=True)
class Picture:
    """For each quantity the curves of all trainings, in the same order."""

    panels: tuple[Panel, ...]
    height: int  # in CSS pixels


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the training curves, by quantity."""
    chosen = reading.all_chosen(data, options, "trainings")
    return Picture(curve_panels(data, chosen, QUANTITIES), PANEL * len(QUANTITIES))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each quantity, a line for each training."""
    figure = charts.canvas(theme, picture.height)
    cells = figure.subplots(len(picture.panels), 1, sharex=True)
    roles = [curve.role for curve in picture.panels[0].curves]
    dashes = [DASHES[roles[:i].count(role) % len(DASHES)] for i, role in enumerate(roles)]
    for axes, panel in zip(cells, picture.panels, strict=True):
        axes.set_title(quantity_name(panel.quantity), loc="left")
        draw_curves(axes, panel, dashes, theme)
        ends = np.array([(curve.steps[-1], curve.mean[-1]) for curve in panel.curves])
        names = [curve.legend for curve in panel.curves]
        labels.margin_labels(axes, ends, names, theme, room=0.12)
    cells[-1].set_xlabel("Training step")
    return figure


def describe(picture: Picture) -> Description:
    """Say where each training begins and ends."""
    note = (
        "Means over the seeds, in brackets the lowest and the highest seed. The probes of a "
        "training use fewer samples than the evaluation: their noise floor is higher."
    )
    alt = f"One-step samples while training. {course(picture.panels)}"
    return wording.described(alt, *table_of(picture.panels), note)
