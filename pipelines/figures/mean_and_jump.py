"""One Euler step and one consistency step from the same noises.

From pure noise the best guess of x0 in the mean-square sense is the mean of all data that could
lie behind it: one Euler step lands there. A consistency function was trained for the end of the
trajectory instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.figures import charts, plane, reading, seen, wording
from pipelines.figures.steps_and_jump import spread_out
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "student")
TEXTS = 52  # height of the words around a panel, in CSS pixels
SHOWN = 900  # points that are drawn
ARROWS = 14
CANDIDATES = 64  # of the noises: those that have recorded paths


@dataclass(frozen=True)
class Landing:
    """Where one evaluation of a network sends the noises: points (n, 2) and its statistics."""

    title: str
    role: str
    points: np.ndarray
    spread: float
    off_manifold: float


@dataclass(frozen=True)
class Picture:
    """`starts` (n, 2) are the noises in variance-preserving coordinates; `arrows` index them."""

    real: np.ndarray
    mean: np.ndarray
    spread: float
    starts: np.ndarray
    arrows: np.ndarray
    landings: tuple[Landing, Landing]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the data, and where one step of a solver and one jump take the same noises."""
    teacher, student = (reading.chosen(data, options, role) for role in ROLES)
    real = reading.array(data, teacher, "real")
    noise = reading.array(data, teacher, "noise")
    top = float(reading.path(data, teacher, reading.reference(teacher)).level[0])
    starts = plane.rescaled(teacher, top * noise, top)  # x_T = σ_max · noise, at unit variance
    mean = reading.array(data, teacher, "posterior_mean")
    euler, jump = Sampling("euler", 1), Sampling("consistency", 1)
    jumps = reading.samples(data, student, jump)
    return Picture(
        real=real[: plane.BACKGROUND],
        mean=real.mean(axis=0),
        spread=deviation(real),
        starts=starts[:SHOWN],
        arrows=spread_out(starts[:CANDIDATES], ARROWS),
        landings=(
            _landing(data, teacher, euler, "One Euler step", "teacher", mean),
            _landing(data, student, jump, "One consistency step", "student", jumps),
        ),
    )


def _landing(
    data: FigureData,
    experiment: Experiment,
    sampling: Sampling,
    title: str,
    role: str,
    points: np.ndarray,
) -> Landing:
    off = reading.row(data, reading.system(experiment, sampling), "off_manifold").value
    return Landing(title, role, points[:SHOWN], deviation(points), off)


def deviation(points: np.ndarray) -> float:
    """Return the standard deviation of points (n, 2), root mean square over the axes."""
    return float(np.sqrt(points.var(axis=0).mean()))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw both landings over the data."""
    entries = (
        ("noise $x_T$ (at unit variance)", theme.text, "o", 5.5),
        ("mean of the data", theme.text, "+", 12),
        ("real data", theme.real, "o", 3),
    )
    key = charts.legend_height(len(entries), theme)
    figure, panels = charts.panel_grid(theme, len(picture.landings), 2, TEXTS, around=key)
    landings = [landing.points for landing in picture.landings]
    starts = picture.starts[picture.arrows]
    limits = plane.squared(plane.window(picture.real, starts, *landings))
    for axes, landing in zip(panels, picture.landings, strict=True):
        plane.plane(axes, limits, theme)
        _draw_landing(axes, picture, landing, theme)
    charts.legend_below(figure, charts.marker_key(entries), theme)
    return figure


def _draw_landing(axes: Axes, picture: Picture, landing: Landing, theme: Theme) -> None:
    colour = theme.role(landing.role)
    axes.set_title(landing.title, color=theme.letters(landing.role), fontweight="bold")
    plane.point_set(axes, picture.real, theme.real, alpha=0.4)
    for index in picture.arrows:
        start, end = picture.starts[index], landing.points[index]
        axes.plot(*np.stack([start, end]).T, color=colour, linewidth=0.9, alpha=0.55, zorder=2)
        plane.walk(axes, start[None], theme.text, theme, size=5.5)
    plane.point_set(axes, landing.points, colour, size=5, alpha=0.8)
    axes.plot(
        *picture.mean, marker="+", markersize=15, markeredgewidth=2, color=theme.text, zorder=6
    )
    axes.set_xlabel(f"standard deviation {wording.number(landing.spread)}", color=theme.text)


def describe(picture: Picture) -> Description:
    """Say how far both landings scatter beside the data."""
    euler, jump = picture.landings
    clouds = [seen.cloud(one.points, picture.real, one.off_manifold) for one in picture.landings]
    alt = (
        f"Two panels from the same noises, which fly along lines to where one network evaluation "
        f"sends them. The ends of one Euler step are {clouds[0]}, around the mean "
        f"{wording.point(picture.mean)}: their standard deviation is "
        f"{wording.number(euler.spread)} against {wording.number(picture.spread)} of real data. "
        f"Those of one consistency step are {clouds[1]}: {wording.percent(jump.off_manifold)} "
        f"lie off its curve."
    )
    columns = ("Points", "Standard deviation", "Off-manifold")
    rows = [("Real data", wording.number(picture.spread, 3), "")]
    rows += [
        (one.title, wording.number(one.spread, 3), wording.percent(one.off_manifold))
        for one in picture.landings
    ]
    return wording.described(alt, columns, rows)
