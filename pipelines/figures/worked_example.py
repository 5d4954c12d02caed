"""Two points of one trajectory, read off with their coordinates, and where the student sends them.

Here the coordinates are the solver's own (not rescaled), so that they can be put into formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, plane, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "student")
HEIGHT = 436


@dataclass(frozen=True)
class Picture:
    """Trajectory (m, 2), points A and B (2, 2) at noise levels (2,), endpoint (2,), and outputs
    (2, 2) of the consistency function at A and B."""

    real: np.ndarray
    path: np.ndarray
    points: np.ndarray
    levels: np.ndarray
    end: np.ndarray
    jumps: np.ndarray

    @property
    def gap(self) -> float:
        """Distance between the two outputs: 0 for a perfectly self-consistent student."""
        return float(np.linalg.norm(self.jumps[0] - self.jumps[1]))


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read two points of a trajectory, with what teacher and student make of them."""
    teacher, student = (reading.chosen(data, options, role) for role in ROLES)
    return Picture(
        real=reading.array(data, teacher, "real")[: plane.BACKGROUND],
        path=reading.array(data, teacher, "worked/path"),
        points=reading.array(data, teacher, "worked/x"),
        levels=reading.array(data, teacher, "worked/level"),
        end=reading.array(data, teacher, "worked/end"),
        jumps=reading.array(data, student, "worked/jump"),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the trajectory, the points and their ends."""
    figure = charts.canvas(theme, HEIGHT)
    whole, near = figure.subplots(1, 2)
    _draw_whole(whole, picture, theme)
    _draw_near(near, picture, theme)
    for axes in (whole, near):
        axes.grid(True)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
    figure.legend(handles=_coordinates_key(picture, theme), loc="outside lower center", ncols=3)
    return figure


def _draw_whole(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title("A and B on one trajectory")
    limits = plane.window(picture.points, picture.end, picture.jumps, margin=0.3)
    plane.plane(axes, plane.squared(limits), theme, ticks=True)
    plane.point_set(axes, picture.real, theme.real, size=5, alpha=0.5)
    axes.plot(*picture.path.T, color=theme.teacher, linewidth=1.8, zorder=2)
    for name, at, to in zip("AB", picture.points, picture.jumps, strict=True):
        plane.jump(axes, at, to, theme.student, width=1.4)
        plane.walk(axes, at[None], theme.teacher, theme, size=9)
        plane.label(axes, name, at, theme, _off_the_path(picture.path, at, to))
    plane.star(axes, picture.end, theme.teacher, theme)


def _off_the_path(path: np.ndarray, at: np.ndarray, to: np.ndarray) -> tuple[float, float]:
    """Return a label's offset: across the trajectory, on the side that the jump does not take."""
    near = int(np.argmin(np.linalg.norm(path - at, axis=1)))
    along = path[max(near - 1, 0)] - path[min(near + 1, len(path) - 1)]
    across = np.array([-along[1], along[0]]) / (np.linalg.norm(along) or 1.0)
    side = -10.0 if across @ (to - at) > 0 else 10.0
    return (float(side * across[0]), float(side * across[1]))


def _draw_near(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title("The student's outputs, magnified")
    limits = plane.squared(plane.window(picture.end, picture.jumps, margin=0.45))
    plane.plane(axes, limits, theme, ticks=True)
    axes.plot(*picture.path.T, color=theme.teacher, linewidth=1.8, zorder=2)
    axes.plot(*picture.jumps.T, color=theme.student, linewidth=1.8, linestyle=":", zorder=3)
    plane.star(axes, picture.end, theme.teacher, theme, size=17)
    away = picture.end - picture.jumps.mean(axis=0)
    plane.label(axes, "$x_0$", picture.end, theme, plane.outward(away, 9))
    for name, at in zip("AB", picture.jumps, strict=True):
        plane.walk(axes, at[None], theme.student, theme, marker="D", size=8)
        plane.label(axes, f"$f(${name}$)$", at, theme, plane.outward(at - picture.end, 8))


def _coordinates_key(picture: Picture, theme: Theme) -> list[Line2D]:
    """Return what stands below: all coordinates, in columns A, B and endpoint."""
    points, ends = [], []
    for name, at, level, to in zip(
        "AB", picture.points, picture.levels, picture.jumps, strict=True
    ):
        sigma = wording.significant(float(level))
        points.append((f"{name} = {wording.point(at)}, σ = {sigma}", theme.teacher, "o"))
        ends.append((f"$f(${name}$)$ = {wording.point(to)}", theme.student, "D"))
    points.append((f"$x_0$ = {wording.point(picture.end)}", theme.teacher, "*"))
    ends.append((f"gap {wording.significant(picture.gap)}", theme.student, ""))
    order = [entry for pair in zip(points, ends, strict=True) for entry in pair]
    return [
        Line2D([], [], label=text, color=colour, marker=marker, ls=":" if not marker else "")
        for text, colour, marker in order
    ]


def describe(picture: Picture) -> Description:
    """List all coordinates."""
    (a, b), (level_a, level_b) = picture.points, picture.levels
    alt = (
        f"On one trajectory lie A = {wording.point(a)} at σ = {wording.significant(level_a)} and "
        f"B = {wording.point(b)} at σ = {wording.significant(level_b)}; it ends at "
        f"{wording.point(picture.end)}. The student's consistency function sends A to "
        f"{wording.point(picture.jumps[0])} and B to {wording.point(picture.jumps[1])}: the two "
        f"outputs are {wording.significant(picture.gap)} apart."
    )
    columns = ("Point", "Noise level σ", "x", "f(x, σ)", "Distance of f to x₀")
    misses = np.linalg.norm(picture.jumps - picture.end, axis=1)
    rows = [
        (
            name,
            wording.significant(float(picture.levels[i]), 3),
            wording.point(picture.points[i]),
            wording.point(picture.jumps[i]),
            wording.number(float(misses[i]), 3),
        )
        for i, name in enumerate("AB")
    ]
    rows.append(("x₀", "0", wording.point(picture.end), "", ""))
    note = f"Distance between f(A) and f(B): {wording.significant(picture.gap)}."
    return wording.described(alt, columns, rows, note)
