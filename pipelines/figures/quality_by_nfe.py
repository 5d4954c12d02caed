"""Quality against the number of network evaluations, with the noise floor of real data.

Without option `metric` two metrics stand side by side: one step at the mean of the data can score
well off-manifold and badly in distribution, so that neither may be read alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling, listed
from pipelines.contracts.measurement import Measurement
from pipelines.figures import charts, courses, labels, reading, seen, wording
from pipelines.figures.style import MARKS, Theme, role_of, themed

ROLES = ("systems",)
PANEL, AROUND, AXIS = 240, 60, 24  # heights in CSS pixels: of a panel, around names, of the axis
KEY = 2  # columns of a key in a wide drawing
NAMED = 6  # lines at most that are named at their ends: names of more would lie far from theirs
METRICS = ("off_manifold", "sliced_w2")
STYLES = (
    ("s", "--"),
    ("^", "-."),
    ("v", ":"),
    ("<", "--"),
    (">", "-."),
)  # of further systems with the same colour


@dataclass(frozen=True)
class Line:
    """One system: its measurements at rising NFE, as arrays (k,); spread is 0 where unknown."""

    name: str
    role: str
    steps: np.ndarray
    nfe: np.ndarray
    value: np.ndarray
    spread: np.ndarray
    over: str


@dataclass(frozen=True)
class Panel:
    """One metric, its value on real data, and a line for each sampler."""

    metric: str
    floor: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Picture:
    """A panel for each metric."""

    panels: tuple[Panel, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the scores of some samplers at rising step counts."""
    named = reading.patterns(data, options, "systems")
    samplers = [(experiment, said.sampler) for experiment, said in named]
    wanted = listed(options.get("metric", "")) or METRICS
    return Picture(tuple(_metric_panel(data, samplers, metric) for metric in wanted))


def _metric_panel(data: FigureData, samplers: list[tuple[Experiment, str]], metric: str) -> Panel:
    floor = reading.row(data, reading.system(samplers[0][0], REAL), metric).value
    return Panel(metric, floor, tuple(_sampler_line(data, *one, metric) for one in samplers))


def _sampler_line(data: FigureData, experiment: Experiment, sampler: str, metric: str) -> Line:
    steps = reading.steps_of(data, experiment, sampler)
    systems = [reading.system(experiment, Sampling(sampler, count)) for count in steps]
    rows = [reading.row(data, system, metric) for system in systems]
    return Line(
        name=wording.solver_name(experiment.title, sampler),
        role=role_of(experiment.method),
        steps=np.array(steps),
        nfe=np.array([_counted_nfe(row) for row in rows]),
        value=np.array([row.value for row in rows]),
        spread=np.array([row.spread or 0.0 for row in rows]),
        over=next((row.spread_over for row in rows if row.spread_over), ""),
    )


def _counted_nfe(row: Measurement) -> int:
    if row.nfe is None:
        raise reading.option_problem(
            f"`{row.key}` has no count of network evaluations", "draw a sampler, not a training"
        )
    return row.nfe


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each metric, a line for each sampler, named at its end or in a key."""
    if len(picture.panels[0].lines) > NAMED:
        return _draw_with_key(picture, theme)
    names = labels.wrapped([line.name for line in picture.panels[0].lines], theme)
    height = max(PANEL, labels.height(names) + AROUND)
    figure = charts.canvas(theme, height * len(picture.panels) + AXIS)
    panels = figure.subplots(len(picture.panels), 1, squeeze=False, sharex=True)[:, 0]
    panels[-1].set_xlabel("Network evaluations (NFE)")
    pairs = list(zip(panels, picture.panels, strict=True))
    floors = [_draw_lines(axes, panel, theme) for axes, panel in pairs]
    for (axes, panel), (floor, floor_name) in zip(pairs, floors, strict=True):
        ends = [(line.nfe[-1], line.value[-1]) for line in panel.lines]
        colours = [theme.letters(line.role) for line in panel.lines]
        every, texts = np.array([*ends, floor]), [*names, *labels.wrapped([floor_name], theme)]
        labels.column(axes, every, texts, theme, [*colours, theme.muted])
    return figure


def _draw_with_key(picture: Picture, theme: Theme) -> Figure:
    lines = picture.panels[0].lines
    key = charts.legend_height(len(lines), theme, KEY)
    figure = charts.canvas(theme, PANEL * len(picture.panels) + AXIS + key)
    panels = figure.subplots(len(picture.panels), 1, squeeze=False, sharex=True)[:, 0]
    panels[-1].set_xlabel("Network evaluations (NFE)")
    for axes, panel in zip(panels, picture.panels, strict=True):
        floor, name = _draw_lines(axes, panel, theme)
        place: dict[str, Any] = {"xytext": (-2, 3), "textcoords": "offset points", "ha": "right"}
        axes.annotate(name, floor, **place, color=theme.muted, path_effects=charts.halo(theme))
    handles = []
    for line, (marker, dashes) in zip(lines, _styles(lines), strict=True):
        look: dict[str, Any] = {"marker": marker, "linestyle": dashes}
        handles.append(Line2D([], [], label=line.name, color=theme.role(line.role), **look))
    charts.legend_below(figure, handles, theme, KEY)
    return figure


def _draw_lines(axes: Axes, panel: Panel, theme: Theme) -> tuple[tuple[float, float], str]:
    """Draw the lines; return where real data are, and what to write there."""
    # whiskers down and up: none must reach 0 on a logarithmic axis
    for line, (marker, dashes) in zip(panel.lines, _styles(panel.lines), strict=True):
        axes.errorbar(
            line.nfe,
            line.value,
            yerr=np.stack([np.minimum(line.spread, 0.9 * line.value), line.spread]),
            color=theme.role(line.role),
            marker=marker,
            linestyle=dashes,
            markersize=6,
            linewidth=1.8,
            capsize=3,
            markeredgecolor=theme.paper,
            markeredgewidth=0.7,
        )
    axes.set_title(wording.metric_name(panel.metric), loc="left")
    axes.grid(True, axis="y")
    charts.count_axis(axes)
    values = np.concatenate([line.value for line in panel.lines])
    charts.value_axis(axes, values, share=panel.metric == "off_manifold")
    return charts.draw_floor(axes, panel.metric, panel.floor, float(values.min()), theme)


def _styles(lines: tuple[Line, ...]) -> list[tuple[str, str]]:
    """Return markers and dashes: lines that share a colour differ in both."""
    turns = [sum(other.role == line.role for other in lines[:i]) for i, line in enumerate(lines)]
    return [
        (MARKS[line.role].marker, "-") if turn == 0 else STYLES[(turn - 1) % len(STYLES)]
        for line, turn in zip(lines, turns, strict=True)
    ]


def describe(picture: Picture) -> Description:
    """Say which sampler is best at how many evaluations, and list all scores."""
    names = [wording.metric_name(panel.metric) for panel in picture.panels]
    rows = []
    for index, line in enumerate(picture.panels[0].lines):
        for k in range(len(line.nfe)):
            cells = [_value_cell(panel, index, k) for panel in picture.panels]
            rows.append((line.name, str(line.steps[k]), str(line.nfe[k]), *cells))
    floors = [wording.quantity(panel.metric, panel.floor) for panel in picture.panels]
    rows.append(("Real data", "", "", *floors))
    note = wording.spread_note(line.over for panel in picture.panels for line in panel.lines)
    alt = seen.fitting(*(_metric_sentence(panel) for panel in picture.panels))
    columns = ("System", "Steps", "NFE", *names)
    return wording.described(alt, columns, rows, note)


def _metric_sentence(panel: Panel) -> str:
    curves = [courses.Course(line.name, line.nfe, line.value) for line in panel.lines]
    floor = wording.quantity(panel.metric, panel.floor)
    said = courses.lead(panel.metric, curves, "evaluation")
    return f"{said.removesuffix('.')}; real data {floor}."


def _value_cell(panel: Panel, index: int, k: int) -> str:
    line = panel.lines[index]
    return wording.with_spread(panel.metric, float(line.value[k]), float(line.spread[k]))
