"""Two points of one trajectory, read off with their coordinates, and where the student sends them.

Here the coordinates are the solver's own (not rescaled), so that they can be put into formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, plane, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "student")
HEIGHT = {False: 338, True: 690}  # of a wide and of a narrow drawing, in CSS pixels


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
    """Draw the trajectory with the points, and their ends magnified."""
    figure = charts.canvas(theme, HEIGHT[theme.narrow])
    whole, near = figure.subplots(*((2, 1) if theme.narrow else (1, 2)))
    _draw_whole(whole, picture, theme)
    _draw_near(near, picture, theme)
    for axes in (whole, near):
        axes.grid(True)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
    return figure


def _draw_whole(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title("A and B on one trajectory", color=theme.letters("teacher"))
    pairs = list(zip(picture.points, picture.jumps, strict=True))
    offsets = np.array([_off_the_path(picture.path, at, to) for at, to in pairs])
    limits = plane.window(picture.points, picture.end, picture.jumps, margin=0.2)
    limits = plane.widened(limits, to_left=bool(offsets[:, 0].mean() < 0), share=0.42)
    plane.plane(axes, plane.squared(limits), theme, ticks=True)
    plane.point_set(axes, picture.real, theme.real, size=5, alpha=0.5)
    axes.plot(*picture.path.T, color=theme.teacher, linewidth=1.8, zorder=2)
    for name, level, (at, to), offset in zip("AB", picture.levels, pairs, offsets, strict=True):
        plane.jump(axes, at, to, theme.student, width=1.4)
        plane.walk(axes, at[None], theme.teacher, theme, size=9)
        text = f"{name}: $t$ = {wording.significant(float(level))}\n{wording.point(at)}"
        plane.label(axes, text, at, theme, offset, theme.letters("teacher"))
    plane.star(axes, picture.end, theme.text, theme)
    plane.label(axes, "$x_0$", picture.end, theme, (9 if offsets[:, 0].mean() < 0 else -9, 0))


def _off_the_path(path: np.ndarray, at: np.ndarray, to: np.ndarray) -> tuple[float, float]:
    """Return a label's offset: across the trajectory, on the side that the jump does not take."""
    near = int(np.argmin(np.linalg.norm(path - at, axis=1)))
    along = path[max(near - 1, 0)] - path[min(near + 1, len(path) - 1)]
    across = np.array([-along[1], along[0]]) / (np.linalg.norm(along) or 1.0)
    side = -10.0 if across @ (to - at) > 0 else 10.0
    return (float(side * across[0]), float(side * across[1]))


def _draw_near(axes: Axes, picture: Picture, theme: Theme) -> None:
    gap = wording.significant(picture.gap)
    axes.set_title(f"The student's answers, {gap} apart", color=theme.letters("student"))
    limits = plane.window(picture.end, picture.jumps, margin=1.2)  # words stand on both sides
    plane.plane(axes, plane.squared(limits), theme, ticks=True)
    axes.plot(*picture.path.T, color=theme.teacher, linewidth=1.8, zorder=2)
    axes.plot(*picture.jumps.T, color=theme.student, linewidth=1.8, linestyle=":", zorder=3)
    middle = picture.jumps.mean(axis=0)
    below = picture.end[1] < middle[1]  # words of the exact end
    plane.star(axes, picture.end, theme.text, theme, size=17)
    exact = f"exact end $x_0$\n{wording.point(picture.end)}"
    plane.label(axes, exact, picture.end, theme, (0, -11 if below else 11))
    for name, at in zip("AB", picture.jumps, strict=True):
        plane.walk(axes, at[None], theme.student, theme, marker="D", size=8)
        text = f"$f(${name}$)$\n{wording.point(at)}"
        out = 1 if at[0] > middle[0] else -1
        plane.label(axes, text, at, theme, (out, 10 if below else -10), theme.letters("student"))


def describe(picture: Picture) -> Description:
    """List all coordinates."""
    (a, b), (level_a, level_b) = picture.points, picture.levels
    alt = (
        f"On one trajectory lie A = {wording.point(a)} at t = {wording.significant(level_a)} and "
        f"B = {wording.point(b)} at t = {wording.significant(level_b)}; it ends at "
        f"{wording.point(picture.end)}. The student's consistency function sends A to "
        f"{wording.point(picture.jumps[0])} and B to {wording.point(picture.jumps[1])}: the two "
        f"outputs are {wording.significant(picture.gap)} apart."
    )
    columns = ("Point", "Noise level t", "x", "f(x, t)", "Distance of f to x₀")
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
