"""Guidance in the plane: samples of each class as a teacher and its students follow it harder.

Columns are values of the guidance w (1: no guidance), rows systems, all from the same noise. The
teacher takes two evaluations a step where w is not 1, a student that was told w takes one.
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
from pipelines.figures.style import SMALL, TEXT, Theme, role_of, themed

ROLES = ("teacher", "students")
TEXTS = 84  # height of the words around a panel, in CSS pixels
SHOWN = 400
METRICS = ("off_manifold", "class_accuracy", "class_spread", "class_sliced_w2")
ROOM = 100  # letters for one row of panels in the alternative text


@dataclass(frozen=True)
class Panel:
    """Samples (n, 2) at one guidance, the classes (n,) asked for, and measurements by metric."""

    guidance: float
    nfe: int
    points: np.ndarray
    labels: np.ndarray
    values: dict[str, float]
    spreads: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One network at all guidances."""

    title: str
    role: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Picture:
    """Real data behind, and a row for each network."""

    real: np.ndarray
    rows: tuple[Row, ...]

    @property
    def guidances(self) -> list[float]:
        """The columns: every guidance that some row has, rising."""
        return sorted({panel.guidance for row in self.rows for panel in row.panels})


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read samples of one class at rising guidance."""
    teacher = reading.chosen(data, options, "teacher")
    students = reading.all_chosen(data, options, "students")
    usual = max(_guided_systems(data, teacher), key=lambda one: one.steps)
    rows = [_guidance_row(data, teacher, _asked_system(options, usual))]
    for student in students:
        systems = _guided_systems(data, student)
        ends = dict.fromkeys((systems[0], systems[-1]))
        rows += [_guidance_row(data, student, one) for one in ends]
    return Picture(reading.array(data, teacher, "real")[: plane.BACKGROUND], tuple(rows))


def _asked_system(options: dict[str, str], usual: Sampling) -> Sampling:
    """Return the teacher's sampler and steps."""
    said = options.get("system", str(usual))
    try:
        return Sampling.parse(said).guided(None)
    except ValueError as error:
        remedy = f"write `:system: {usual}`, with what the teacher is evaluated with"
        raise reading.option_problem(f"`{said}` is no sampler with steps", remedy) from error


def _guided_systems(data: FigureData, experiment: Experiment) -> list[Sampling]:
    """Return what was run with guidance, told without it, by rising steps; at least one."""
    found = {one.guided(None) for one in _guided(data, experiment)}
    if not found:
        reading.array(data, experiment, "<sampler>@<steps>,w=<guidance>/seed0")
    return sorted(found, key=lambda one: (one.steps, str(one)))


def _guided(data: FigureData, experiment: Experiment) -> list[Sampling]:
    drawn = reading.drawn(data, experiment)
    return [one for one in drawn if one.guidance is not None and not one.schedule]


def _guidance_row(data: FigureData, experiment: Experiment, sampling: Sampling) -> Row:
    guided = [one for one in _guided(data, experiment) if one.guided(None) == sampling]
    panels = (
        _class_panel(data, experiment, one) for one in sorted(guided, key=lambda one: one.scale)
    )
    title = wording.system_name(experiment.title, sampling)
    return Row(title, role_of(experiment.method), tuple(panels))


def _class_panel(data: FigureData, experiment: Experiment, sampling: Sampling) -> Panel:
    system = reading.system(experiment, sampling)
    reading.row(data, system, "off_manifold")
    rows = {metric: data.ledger.row(system.key(metric)) for metric in METRICS}
    measured = {metric: row for metric, row in rows.items() if row is not None}
    return Panel(
        guidance=sampling.scale,
        nfe=reading.nfe(data, experiment, sampling),
        points=reading.samples(data, experiment, sampling)[:SHOWN],
        labels=reading.array(data, experiment, "label")[:SHOWN],
        values={metric: row.value for metric, row in measured.items()},
        spreads={metric: row.spread or 0.0 for metric, row in measured.items()},
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row for each network, a column for each guidance."""
    entries = (
        ("asked for the first class: in colour", theme.role(picture.rows[0].role), "o", 6),
        ("asked for the second", theme.text, "o", 6),
        ("real data", theme.real, "o", 6),
    )
    key = charts.legend_height(len(entries), theme)
    titles = [(row.title, theme.letters(row.role)) for row in picture.rows]
    columns = picture.guidances
    count = max(3, len(columns))
    figure, bands = charts.bands(theme, titles, count, count, TEXTS, key)
    limits = plane.squared(plane.window(picture.real, margin=0.2))
    for cells, row in zip(bands, picture.rows, strict=True):
        for panel in row.panels:
            axes = cells[columns.index(panel.guidance)]
            axes.set_axis_on()
            plane.plane(axes, limits, theme)
            plane.point_set(axes, picture.real, theme.real, size=1.5, alpha=0.35)
            _draw_classes(axes, panel, theme.role(row.role), theme)
    charts.legend_below(figure, charts.marker_key(entries), theme)
    return figure


def _draw_classes(axes: Axes, panel: Panel, colour: str, theme: Theme) -> None:
    axes.set_title(f"w = {panel.guidance:g}", fontsize=TEXT)
    first = panel.labels < 0.5
    plane.point_set(axes, panel.points[first], colour, size=4.5, alpha=0.85)
    plane.point_set(axes, panel.points[~first], theme.text, size=4.5, alpha=0.7)
    label = f"{wording.percent(panel.values['off_manifold'])} off"
    if "class_accuracy" in panel.values:
        label += f"\n{wording.percent(panel.values['class_accuracy'])} right"
    axes.set_xlabel(f"{label}\nNFE {panel.nfe}", fontsize=SMALL, color=theme.text)


def _clouds_by_guidance(row: Row, real: np.ndarray) -> str:
    """Say where the cloud lies at the guidance where that changes, and at the last."""
    said = (
        (
            f"w = {one.guidance:g}",
            seen.cloud(one.points, real, one.values["off_manifold"]),
            wording.percent(one.values["off_manifold"]),
        )
        for one in row.panels
    )
    return f"{row.title}, {seen.turns(said, ROOM)}."


def describe(picture: Picture) -> Description:
    """List the scores at each guidance."""
    alt = seen.fitting(
        "Samples of two classes by guidance w, from the same noise, with the share off the data.",
        *(_clouds_by_guidance(row, picture.real) for row in picture.rows),
    )
    panels = [panel for row in picture.rows for panel in row.panels]
    metrics = [metric for metric in METRICS if all(metric in panel.values for panel in panels)]
    rows = (
        (
            row.title,
            f"{panel.guidance:g}",
            str(panel.nfe),
            *(
                wording.with_spread(metric, panel.values[metric], panel.spreads[metric])
                for metric in metrics
            ),
        )
        for row in picture.rows
        for panel in row.panels
    )
    columns = ("System", "Guidance w", "NFE", *map(wording.metric_name, metrics))
    return wording.described(alt, columns, rows)
