"""Ways from the same noise to data: of solvers, step by step, and of few-step methods, in jumps.

Every state is drawn at unit variance, so that diffusions and flows share one plane. A consistency
model's states after the first are outputs that were noised again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.figures import charts, lines, plane, reading, seen, wording
from pipelines.figures.steps_and_jump import spread_out
from pipelines.figures.style import SMALL, TEXT, Theme, role_of, themed

ROLES = ("systems",)
COLUMNS = 3
TEXTS = 63  # height of the words around a panel, in CSS pixels
STARTS = 10
JUMPS = 4  # up to so many steps are drawn as arrows
BEHIND = 600  # real points behind a panel
HEAD = 0.13  # length of an arrow's barbs over its own


@dataclass(frozen=True)
class Panel:
    """States (steps + 1, k, 2) of one system, drawn at unit variance."""

    name: str
    title: str
    role: str
    nfe: int
    states: np.ndarray

    @property
    def length_ratio(self) -> float:
        """Length of the ways over the distance of their ends, both summed: 1 is straight."""
        lengths = np.linalg.norm(np.diff(self.states, axis=0), axis=-1).sum()
        return float(lengths / np.linalg.norm(self.states[-1] - self.states[0], axis=-1).sum())


@dataclass(frozen=True)
class Picture:
    """Real data behind, and a panel for each system."""

    real: np.ndarray
    panels: tuple[Panel, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read recorded paths of some systems."""
    systems = reading.systems(data, options, "systems")
    first = systems[0][0]
    recorded = reading.path(data, *systems[0]).x.shape[1]  # of the starting points
    shown = spread_out(reading.array(data, first, "noise")[:recorded], STARTS)
    panels = tuple(_ways(data, *system, shown) for system in systems)
    return Picture(reading.array(data, first, "real")[:BEHIND], panels)


def _ways(
    data: FigureData, experiment: Experiment, sampling: Sampling, shown: np.ndarray
) -> Panel:
    states = reading.at_unit_variance(data, experiment, sampling)
    return Panel(
        name=wording.solver_name(experiment.title, sampling.sampler),
        title=wording.system_name(experiment.title, sampling),
        role=role_of(experiment.method),
        nfe=reading.nfe(data, experiment, sampling),
        states=states[:, shown],
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel of paths for each system."""
    figure, cells = charts.panel_grid(theme, len(picture.panels), COLUMNS, TEXTS)
    every = [panel.states[[0, -1]] for panel in picture.panels]
    limits = plane.squared(plane.window(picture.real, *every, margin=0.05))
    for axes, panel in zip(cells, picture.panels, strict=True):
        plane.plane(axes, limits, theme)
        plane.point_set(axes, picture.real, theme.real, size=3, alpha=0.55)
        _draw_ways(axes, panel, theme)
    return figure


def _draw_ways(axes: Axes, panel: Panel, theme: Theme) -> None:
    colour, few = theme.role(panel.role), len(panel.states) - 1 <= JUMPS
    room = theme.column / charts.columns_of(theme, COLUMNS) - 14
    axes.set_title(
        "\n".join(lines.wrapped(panel.name, room, TEXT, bold=True)),
        fontsize=TEXT,
        fontweight="bold",
    )
    steps = wording.steps_text(len(panel.states) - 1)
    axes.set_xlabel(f"{steps}, NFE {panel.nfe}", fontsize=SMALL, color=theme.text)
    if few:
        for now, then in zip(panel.states[:-1], panel.states[1:], strict=True):
            plane.segments(axes, now, then, colour, width=1.1, heads=HEAD)
    else:
        ways = np.pad(panel.states, ((0, 1), (0, 0), (0, 0)), constant_values=np.nan)
        line = ways.transpose(1, 0, 2).reshape(-1, 2)
        axes.plot(*line.T, "-", color=colour, linewidth=1, alpha=0.8, zorder=3)
        plane.dots(axes, panel.states[1:-1].reshape(-1, 2), colour, size=2.4)
    starts, ends = panel.states[0], panel.states[-1]
    axes.plot(*starts.T, "o", color=theme.text, markersize=4.5, markeredgewidth=0, zorder=4)
    axes.plot(
        *ends.T, "*", color=colour, markersize=9, markeredgecolor=theme.paper,
        markeredgewidth=0.6, zorder=5,
    )  # fmt: skip


def describe(picture: Picture) -> Description:
    """Say how bent the paths are, and list how long they are beside the distance of their ends."""
    first = f"Ways of the same {picture.panels[0].states.shape[1]} noises to the data. "
    bent = [(panel.title, seen.BEND.word(panel.length_ratio)) for panel in picture.panels]
    alt = first + seen.grouped(bent, seen.MOST - len(first))
    first = picture.panels[0].states[-1]
    rows = (
        (
            panel.title,
            str(panel.nfe),
            wording.number(panel.length_ratio),
            wording.number(float(np.linalg.norm(panel.states[-1] - first, axis=-1).mean())),
        )
        for panel in picture.panels
    )
    note = (
        f"Over the {picture.panels[0].states.shape[1]} ways drawn, at unit variance. The last "
        f"column is the mean distance of the ends to those of {picture.panels[0].title}."
    )
    columns = ("System", "NFE", "Length over distance", "Ends apart from the first")
    return wording.described(alt, columns, rows, note)
