"""One trajectory of the trained teacher: every point of it leads to the same endpoint.

Left the trajectory with the points from which the solver was started anew; right the endpoints
of these restarts, magnified, relative to the endpoint of the whole trajectory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, labels, plane, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher",)
HEIGHT = 372


@dataclass(frozen=True)
class Picture:
    """What is drawn, in variance-preserving coordinates; endpoints are the data's own.

    Attributes:
        curve: The trajectory, shape (m, 2).
        points: Where the solver was started anew, shape (k, 2).
        x: The same points as the solver sees them, shape (k, 2).
        levels: Their noise levels σ, shape (k,).
        offsets: Endpoints of the restarts minus `end`, shape (k, 2).
    """

    real: np.ndarray
    curve: np.ndarray
    points: np.ndarray
    x: np.ndarray
    levels: np.ndarray
    end: np.ndarray
    offsets: np.ndarray

    @property
    def deviations(self) -> np.ndarray:
        """Distances of the restarts' endpoints to the endpoint, shape (k,)."""
        gaps: np.ndarray = np.linalg.norm(self.offsets, axis=1)
        return gaps


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read one trajectory, and where solving again from points of it ends."""
    teacher = reading.chosen(data, options, "teacher")
    x, levels = (
        reading.array(data, teacher, f"worked/{name}") for name in ("restart_x", "restart_level")
    )
    path, end = (reading.array(data, teacher, f"worked/{name}") for name in ("path", "end"))
    level = reading.path(data, teacher, reading.reference(teacher)).level
    order = np.argsort(-levels, kind="stable")
    return Picture(
        real=reading.array(data, teacher, "real")[: plane.BACKGROUND],
        curve=plane.rescaled(teacher, path, level),
        points=plane.rescaled(teacher, x, levels)[order],
        x=x[order],
        levels=levels[order],
        end=end,
        offsets=(reading.array(data, teacher, "worked/restarts") - end)[order],
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the trajectory and the points through the plane."""
    figure = charts.canvas(theme, HEIGHT)
    whole, magnified = figure.subplots(1, 2, width_ratios=(1.3, 1))
    _draw_trajectory(whole, picture, theme)
    _draw_restarts(magnified, picture, theme)
    return figure


def _draw_trajectory(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title("One trajectory, noise to data")
    limits = plane.window(picture.real, picture.curve, margin=0.08)
    plane.plane(axes, plane.widened(limits, picture.points, 0.3), theme)
    plane.point_set(axes, picture.real, theme.real, alpha=0.45)
    axes.plot(*picture.curve.T, color=theme.teacher, linewidth=2, zorder=2)
    plane.walk(axes, picture.points, theme.teacher, theme, line="none", size=9)
    plane.star(axes, picture.end, theme.teacher, theme, size=17)
    at, names = (
        np.vstack([picture.points, picture.end]),
        [*_level_names(picture), "endpoint $x_0$"],
    )
    labels.callouts(axes, at, names, theme, room=0.075, near=True)


def _draw_restarts(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title("Endpoints of the restarts, magnified")
    scaled = 1e3 * picture.offsets
    limits = plane.squared(plane.window(scaled, np.zeros((1, 2)), margin=0.25))
    plane.plane(axes, limits, theme, ticks=True)
    axes.grid(True)
    plane.star(axes, np.zeros(2), theme.teacher, theme, size=17)
    plane.walk(axes, scaled, theme.teacher, theme, line="none", size=8)
    labels.callouts(axes, scaled, _level_names(picture), theme, room=0.08)
    axes.set(xlabel="$x_1$ − endpoint  (thousandths)", ylabel="$x_2$ − endpoint  (thousandths)")


def _level_names(picture: Picture) -> list[str]:
    return [f"σ = {wording.significant(float(level))}" for level in picture.levels]


def describe(picture: Picture) -> Description:
    """Say how near the ends lie."""
    highest, lowest = picture.levels[0], picture.levels[-1]
    largest = float(picture.deviations.max())
    alt = (
        f"One trajectory of the trained teacher from pure noise to the endpoint "
        f"{wording.point(picture.end)} among the data. Solving again from {len(picture.levels)} "
        f"points of it, at noise levels from σ = {wording.significant(float(highest))} to "
        f"{wording.significant(float(lowest))}, ends within {wording.significant(largest)} of "
        f"that endpoint."
    )
    columns = ("Noise level σ", "Point x at σ", "Endpoint from there", "Distance to x₀")
    ends = picture.end + picture.offsets
    rows = (
        (
            wording.significant(float(level), 3),
            wording.point(x),
            f"({wording.number(float(end[0]), 4)}, {wording.number(float(end[1]), 4)})",
            wording.significant(float(deviation)),
        )
        for level, x, end, deviation in zip(
            picture.levels, picture.x, ends, picture.deviations, strict=True
        )
    )
    note = "The drawing shows x / √(1 + σ²), the table x itself."
    return wording.described(alt, columns, rows, note)
