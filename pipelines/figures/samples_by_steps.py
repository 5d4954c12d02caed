"""An atlas: samples of student and teacher at rising step counts, from the same noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling
from pipelines.figures import charts, plane, reading, seen, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "student")
HEIGHT = 460
SHOWN = 800  # points of a panel
COLUMNS = 5
ROOM = 140  # letters for one row of panels in the alternative text


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


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read samples of student and teacher at rising step counts."""
    teacher, student = (reading.chosen(data, options, role) for role in ROLES)
    sampler = options.get("sampler", "euler")
    off = reading.row(data, reading.system(teacher, REAL), "off_manifold").value
    real = reading.array(data, teacher, "real")
    return Picture(
        real=Panel(0, 0, off, real[:SHOWN]),
        student=_samples_row(data, student, "consistency", "student", COLUMNS - 1),
        teacher=_samples_row(data, teacher, sampler, "teacher", COLUMNS),
    )


def _samples_row(
    data: FigureData, experiment: Experiment, sampler: str, role: str, most: int
) -> Row:
    first, *others = reading.steps_of(data, experiment, sampler)
    steps = (first, *others[-(most - 1) :])
    panels = tuple(_samples_panel(data, experiment, Sampling(sampler, count)) for count in steps)
    return Row(wording.solver_name(experiment.title, sampler), role, panels)


def _samples_panel(data: FigureData, experiment: Experiment, sampling: Sampling) -> Panel:
    measured = reading.row(data, reading.system(experiment, sampling), "off_manifold")
    points = reading.samples(data, experiment, sampling)[:SHOWN]
    nfe = reading.nfe(data, experiment, sampling)
    return Panel(sampling.steps, nfe, measured.value, points)


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw real data, then a row for the student and one for the teacher."""
    figure = charts.canvas(theme, HEIGHT)
    grid = figure.add_gridspec(2, 1)
    bands = [figure.add_subfigure(grid[place, 0]) for place in range(2)]
    limits = plane.squared(plane.window(picture.real.points, margin=0.12))
    for band, row in zip(bands, (picture.student, picture.teacher), strict=True):
        colour = theme.role(row.role)
        band.suptitle(row.title, x=0.01, ha="left", color=colour, fontsize=12, fontweight="bold")
        cells = band.subplots(1, COLUMNS)
        for axes, panel in zip(cells, row.panels, strict=False):
            told = f"NFE {panel.nfe}\n{wording.percent(panel.off_manifold)} off"
            axes.set_title(wording.steps_text(panel.steps), fontsize=11, pad=4)
            axes.set_xlabel(told, fontsize=10.5, color=theme.text)
            plane.plane(axes, limits, theme)
            plane.point_set(axes, panel.points, colour, size=2.6, alpha=0.75)
        for axes in cells[len(row.panels) :]:
            axes.set_axis_off()
    _draw_real(bands[0].axes[-1], picture.real, limits, theme)
    return figure


def _draw_real(axes: Axes, panel: Panel, limits: plane.Limits, theme: Theme) -> None:
    axes.set_axis_on()
    plane.plane(axes, limits, theme)
    plane.point_set(axes, panel.points, theme.real, size=2.6, alpha=0.9)
    axes.set_title("Real data", fontsize=11, pad=4)
    told = f"\n{wording.percent(panel.off_manifold)} off"
    axes.set_xlabel(told, fontsize=10.5, color=theme.text)


def describe(picture: Picture) -> Description:
    """Say where the points lie at each step count."""
    alt = seen.fitting(
        f"Clouds from the same noise; of real data "
        f"{wording.percent(picture.real.off_manifold)} are off the curve.",
        *(_clouds_by_steps(row, picture.real) for row in (picture.student, picture.teacher)),
    )
    rows = [
        (row.title, str(panel.steps), str(panel.nfe), wording.percent(panel.off_manifold))
        for row in (picture.student, picture.teacher)
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
