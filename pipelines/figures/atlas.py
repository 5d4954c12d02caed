"""A sample atlas: what every method makes of the same noise, real data first.

No number alone tells how good a method is, so that a few stand under each picture: points off the
manifold, modes reached, network evaluations. What training took stands in the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling
from pipelines.figures import charts, lines, plane, reading, seen, wording
from pipelines.figures.style import FAMILY_NAMES, SMALL, TEXT, Theme, role_of, themed

ROLES = ("systems",)
COLUMNS = {False: 5, True: 4}  # panels side by side at most; a narrow drawing has half as many
TEXTS, LINE = 42, 17  # heights of the words below a panel and of a title's line in CSS pixels
SHOWN = 500  # points of a panel
MISSING = 0.5  # clouds, in the mean over networks: more is seen as a hole


@dataclass(frozen=True)
class Panel:
    """Samples (n, 2) of one system with its measurements; `modes` is None where data have none."""

    name: str  # over the picture, where NFE says the steps
    title: str
    role: str
    points: np.ndarray
    off_manifold: float
    modes: float | None
    nfe: int | None
    own: float | None
    teachers: float | None


@dataclass(frozen=True)
class Picture:
    """A panel of real data, then one for each system."""

    panels: tuple[Panel, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read a cloud of each system, with its scores and cost."""
    systems = reading.systems(data, options, "systems")
    panels = (_real_panel(data, systems[0][0]), *(_sample_panel(data, *one) for one in systems))
    return Picture(panels)


def _real_panel(data: FigureData, experiment: Experiment) -> Panel:
    floor = reading.system(experiment, REAL)
    return Panel(
        name="Real data",
        title="Real data",
        role="real",
        points=reading.array(data, experiment, "real")[:SHOWN],
        off_manifold=reading.row(data, floor, "off_manifold").value,
        modes=reading.value(data, floor, "modes_reached"),
        nfe=None,
        own=None,
        teachers=None,
    )


def _sample_panel(data: FigureData, experiment: Experiment, sampling: Sampling) -> Panel:
    system = reading.system(experiment, sampling)
    own, teachers = reading.trained(data, experiment)
    return Panel(
        name=wording.solver_name(experiment.title, sampling.sampler),
        title=wording.system_name(experiment.title, sampling),
        role=role_of(experiment.method),
        points=reading.samples(data, experiment, sampling)[:SHOWN],
        off_manifold=reading.row(data, system, "off_manifold").value,
        modes=reading.value(data, system, "modes_reached"),
        nfe=reading.nfe(data, experiment, sampling),
        own=own,
        teachers=teachers,
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw real data, then a panel for each system."""
    columns = charts.evenly(len(picture.panels), COLUMNS[theme.narrow])
    room = theme.column / charts.columns_of(theme, columns) - 14
    titles = [lines.wrapped(panel.name, room, TEXT, bold=True) for panel in picture.panels]
    across, count = charts.columns_of(theme, columns), len(picture.panels)
    deepest = [max(map(len, titles[i : i + across])) for i in range(0, count, across)]
    texts = TEXTS + LINE * sum(deepest) / len(deepest)
    used = [role for role in FAMILY_NAMES if role in {panel.role for panel in picture.panels}]
    key = charts.legend_height(len(used), theme)
    figure, cells = charts.panel_grid(theme, count, columns, texts, around=key)
    limits = plane.squared(plane.window(picture.panels[0].points, margin=0.14))
    for axes, panel, title in zip(cells, picture.panels, titles, strict=True):
        axes.set_title("\n".join(title), fontsize=TEXT, fontweight="bold")
        _draw_sample_panel(axes, panel, limits, theme)
    charts.legend_below(figure, charts.family_key(used, theme), theme)
    return figure


def _draw_sample_panel(axes: Axes, panel: Panel, limits: plane.Limits, theme: Theme) -> None:
    colour = theme.role(panel.role)
    plane.plane(axes, limits, theme)
    axes.spines[:].set(color=colour, linewidth=1.4)
    plane.point_set(axes, panel.points, colour, size=3.2, alpha=0.85)
    axes.set_xlabel(_scores_and_calls(panel), fontsize=SMALL, color=theme.text)


def _scores_and_calls(panel: Panel) -> str:
    counted = wording.count_of_modes(panel.modes)
    modes = f"{counted} mode{'' if counted == '1' else 's'}" if counted else ""
    calls = "" if panel.nfe is None else f"NFE {panel.nfe}"
    below = ", ".join(filter(None, (modes, calls)))
    return f"{wording.percent(panel.off_manifold)} off\n{below}"


def describe(picture: Picture) -> Description:
    """Say how each cloud fails, and list the score and cost of each system."""
    real, *panels = picture.panels
    first = f"Clouds of samples from the same noise, a panel each for {len(panels)} systems. "
    clouds = [(panel.title, _cloud(panel, real)) for panel in panels]
    alt = first + seen.grouped(clouds, seen.MOST - len(first))
    columns = ("Samples of", "NFE", "Off-manifold", "Modes", "Own CPU-s", "Teachers' CPU-s")
    rows = (
        (
            panel.title,
            "" if panel.nfe is None else str(panel.nfe),
            wording.percent(panel.off_manifold),
            wording.count_of_modes(panel.modes),
            "" if panel.own is None else wording.rounded(panel.own),
            "" if panel.teachers is None else wording.rounded(panel.teachers),
        )
        for panel in picture.panels
    )
    note = "CPU-seconds of one training on one core; means over the seeds stand in all else."
    return wording.described(alt, columns, rows, note, timed=True)


def _cloud(panel: Panel, real: Panel) -> str:
    """Return where a cloud lies, and whether parts of the data are missing in it."""
    word = seen.cloud(panel.points, real.points, panel.off_manifold)
    if panel.modes is None or real.modes is None or word == seen.WIDTH.words[0]:
        return word
    missing = real.modes - panel.modes > MISSING
    return f"{word}, clouds missing" if missing else word
