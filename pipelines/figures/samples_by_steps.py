"""An atlas: samples of student and teacher at rising step counts, from the same noise.

Like step counts stand one above the other: a column holds those that differ by a quarter at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling
from pipelines.figures import charts, plane, reading, seen, wording
from pipelines.figures.style import SMALL, TEXT, Theme, themed

ROLES = ("teacher", "student")
SHOWN = 800  # points of a panel
ROOM = 140  # letters for one row of panels in the alternative text
LIKE = 1.25  # step counts with at most this ratio share a column
TEXTS = 42  # height of the words around a panel, in CSS pixels


@dataclass(frozen=True)
class Panel:
    """Samples (n, 2) at one step count; real data have neither steps nor NFE."""

    steps: int
    nfe: int
    off_manifold: float
    points: np.ndarray


@dataclass(frozen=True)
class Row:
    """One network at rising step counts."""

    title: str
    role: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Picture:
    """Real data, and two rows to compare."""

    real: Panel
    student: Row
    teacher: Row

    @property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """The step counts that share a column, rising."""
        found = list[list[int]]()
        for steps in sorted({panel.steps for row in self.rows for panel in row.panels}):
            if found and steps <= LIKE * found[-1][0]:
                found[-1].append(steps)
            else:
                found.append([steps])
        return tuple(map(tuple, found))

    @property
    def rows(self) -> tuple[Row, Row]:
        """The student above its teacher."""
        return (self.student, self.teacher)


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read samples of student and teacher at rising step counts."""
    teacher, student = (reading.chosen(data, options, role) for role in ROLES)
    sampler = options.get("sampler", "euler")
    off = reading.row(data, reading.system(teacher, REAL), "off_manifold").value
    real = reading.array(data, teacher, "real")
    return Picture(
        real=Panel(0, 0, off, real[:SHOWN]),
        student=_samples_row(data, student, "consistency", "student"),
        teacher=_samples_row(data, teacher, sampler, "teacher"),
    )


def _samples_row(data: FigureData, experiment: Experiment, sampler: str, role: str) -> Row:
    steps = reading.steps_of(data, experiment, sampler)
    panels = tuple(_samples_panel(data, experiment, Sampling(sampler, count)) for count in steps)
    return Row(wording.solver_name(experiment.title, sampler), role, panels)


def _samples_panel(data: FigureData, experiment: Experiment, sampling: Sampling) -> Panel:
    measured = reading.row(data, reading.system(experiment, sampling), "off_manifold")
    points = reading.samples(data, experiment, sampling)[:SHOWN]
    nfe = reading.nfe(data, experiment, sampling)
    return Panel(sampling.steps, nfe, measured.value, points)


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row for the student, with real data at its end, and one for the teacher."""
    count = max(len(picture.columns), len(picture.student.panels) + 1)
    titles = [(row.title, theme.letters(row.role)) for row in picture.rows]
    figure, bands = charts.bands(theme, titles, count, charts.columns_of(theme, count), TEXTS)
    limits = plane.squared(plane.window(picture.real.points, margin=0.12))
    for cells, row in zip(bands, picture.rows, strict=True):
        for panel in row.panels:
            place = _place(picture.columns, panel.steps)
            _draw_panel(cells[place], panel, limits, theme.role(row.role), theme)
    _draw_panel(bands[0][count - 1], picture.real, limits, theme.real, theme)
    return figure


def _place(columns: tuple[tuple[int, ...], ...], steps: int) -> int:
    return next(place for place, counts in enumerate(columns) if steps in counts)


def _draw_panel(axes: Axes, panel: Panel, limits: plane.Limits, colour: str, theme: Theme) -> None:
    axes.set_axis_on()
    plane.plane(axes, limits, theme)
    plane.point_set(axes, panel.points, colour, size=2.6, alpha=0.8)
    title = wording.steps_text(panel.steps) if panel.steps else "real data"
    calls = f"\nNFE {panel.nfe}" if panel.nfe != panel.steps else ""
    axes.set_title(title, fontsize=TEXT, pad=4)
    told = f"{wording.percent(panel.off_manifold)} off{calls}"
    axes.set_xlabel(told, fontsize=SMALL, color=theme.text)


def describe(picture: Picture) -> Description:
    """Say where the points lie at each step count."""
    alt = seen.fitting(
        f"Clouds from the same noise; of real data "
        f"{wording.percent(picture.real.off_manifold)} are off the curve.",
        *(_clouds_by_steps(row, picture.real) for row in (picture.student, picture.teacher)),
    )
    rows = [
        (row.title, str(panel.steps), str(panel.nfe), wording.percent(panel.off_manifold))
        for row in picture.rows
        for panel in row.panels
    ]
    rows.append(("Real data", "", "", wording.percent(picture.real.off_manifold)))
    columns = ("Samples of", "Steps", "NFE", "Off-manifold")
    return wording.described(alt, columns, rows)


def _clouds_by_steps(row: Row, real: Panel) -> str:
    """Say where the cloud lies at the step counts where that changes, and at the last."""
    said = (
        (
            wording.steps_text(one.steps),
            seen.cloud(one.points, real.points, one.off_manifold),
            f"{wording.percent(one.off_manifold)} off",
        )
        for one in row.panels
    )
    return f"{row.title}, {seen.turns(said, ROOM)}."
