"""Many solver steps along trajectories against one jump, from the same x_T."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.figures import charts, plane, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "student")
TEXTS = 52  # height of the words around a panel, in CSS pixels
STARTS = 6  # noise starts shown
SAMPLER, STEPS = "dpmpp_2m", 10  # a good solver at a usual step count


@dataclass(frozen=True)
class Picture:
    """Paths (steps + 1, k, 2) of the solver, and the student's outputs (k, 2) from `paths[0]`."""

    real: np.ndarray
    solver: str
    nfe: int
    paths: np.ndarray
    jumps: np.ndarray
    titles: tuple[str, str]

    @property
    def distances(self) -> np.ndarray:
        """Between where the solver ends and where the jump lands, shape (k,)."""
        gaps: np.ndarray = np.linalg.norm(self.jumps - self.paths[-1], axis=1)
        return gaps


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read a solver's steps along a few trajectories, and the student's jumps."""
    teacher, student = (reading.chosen(data, options, role) for role in ROLES)
    counts = reading.steps_of(data, teacher, SAMPLER)
    sampling = Sampling(SAMPLER, min(counts, key=lambda count: abs(count - STEPS)))
    paths = plane.on_screen(teacher, reading.path(data, teacher, sampling))
    shown = spread_out(paths[0], STARTS)
    return Picture(
        real=reading.array(data, teacher, "real")[: plane.BACKGROUND],
        solver=wording.sampler_name(SAMPLER),
        nfe=reading.nfe(data, teacher, sampling),
        paths=paths[:, shown],
        jumps=reading.samples(data, student, Sampling("consistency", 1))[shown],
        titles=(teacher.title, student.title),
    )


def spread_out(points: np.ndarray, count: int) -> np.ndarray:
    """Return indices of points (n, 2) that lie far from each other.

    The first is nearest to the middle, each next is the one farthest from all before it
    (Gonzalez 1985).
    """
    chosen = [int(np.argmin(np.linalg.norm(points - points.mean(axis=0), axis=1)))]
    while len(chosen) < min(count, len(points)):
        gaps = np.linalg.norm(points[:, None] - points[chosen], axis=-1).min(axis=1)
        chosen.append(int(np.argmax(gaps)))
    return np.array(chosen)


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the steps on the left and the jumps on the right."""
    figure, (left, right) = charts.panel_grid(theme, 2, 2, TEXTS)
    limits = plane.squared(plane.window(picture.real, picture.paths, picture.jumps))
    for axes in (left, right):
        plane.plane(axes, limits, theme)
        plane.point_set(axes, picture.real, theme.real, alpha=0.45)
    _draw_steps(left, picture, theme)
    _draw_jumps(right, picture, theme)
    return figure


def _draw_steps(axes: Axes, picture: Picture, theme: Theme) -> None:
    steps = len(picture.paths) - 1
    axes.set_title(
        f"{picture.solver}: {steps} steps", color=theme.letters("teacher"), fontweight="bold"
    )
    for path in picture.paths.transpose(1, 0, 2):
        plane.walk(axes, path, theme.teacher, theme)
        plane.walk(axes, path[:1], theme.text, theme, size=6.5)
        plane.star(axes, path[-1], theme.teacher, theme)
    axes.set_xlabel(f"{picture.nfe} network evaluations", color=theme.text)


def _draw_jumps(axes: Axes, picture: Picture, theme: Theme) -> None:
    axes.set_title(
        "Consistency model: one jump", color=theme.letters("student"), fontweight="bold"
    )
    for start, end in zip(picture.paths[0], picture.jumps, strict=True):
        plane.jump(axes, start, end, theme.student)
        plane.walk(axes, start[None], theme.text, theme, size=6.5)
    axes.set_xlabel("1 network evaluation", color=theme.text)


def describe(picture: Picture) -> Description:
    """Say how far apart steps and jumps end."""
    steps = len(picture.paths) - 1
    alt = (
        f"From the same {len(picture.jumps)} noise starts: on the left {picture.solver} follows "
        f"the trajectories in {steps} steps, {picture.nfe} network evaluations each; on the "
        f"right the consistency model jumps there in one. The landing places differ by "
        f"{wording.number(float(picture.distances.mean()))} on average, by "
        f"{wording.number(float(picture.distances.max()))} at most."
    )
    columns = ("Start (scaled)", f"{picture.solver} ends at", "Jump lands at", "Distance")
    rows = (
        (
            wording.point(start),
            wording.point(end),
            wording.point(jump),
            wording.number(float(distance), 3),
        )
        for start, end, jump, distance in zip(
            picture.paths[0], picture.paths[-1], picture.jumps, picture.distances, strict=True
        )
    )
    note = f"Teacher: {picture.titles[0]}. Student: {picture.titles[1]}. Starts: x / √(1 + t²)."
    return wording.described(alt, columns, rows, note)
