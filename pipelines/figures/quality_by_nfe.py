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

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import DataTable, Description, FigureData
from pipelines.contracts.measurement import Measurement
from pipelines.figures import charts, reading, wording
from pipelines.figures.style import COLUMN, MARKS, Theme, role_of, themed

ROLES = ("systems",)
HEIGHT = 420
METRICS = ("off_manifold", "sliced_w2")
STYLES = (("s", "--"), ("^", "-."), ("v", ":"))  # of further systems with the same colour
FLOOR_REACH = 0.2  # a floor below this part of the lowest value is written, not drawn


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
    metric: str
    floor: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Picture:
    panels: tuple[Panel, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    systems = [_system(data, name) for name in options.get("systems", "").split(",")]
    wanted = tuple(part.strip() for part in options.get("metric", "").split(",") if part.strip())
    return Picture(tuple(_panel(data, systems, metric) for metric in wanted or METRICS))


def _system(data: FigureData, text: str) -> tuple[Experiment, str]:
    name, slash, sampler = text.strip().partition("/")
    if not (slash and sampler):
        raise reading.option_problem(
            f"`{text.strip()}` names no system", "write `:systems: <experiment>/<sampler>, …`"
        )
    return reading.chosen(data, {"system": name}, "system"), sampler.partition("@")[0]


def _panel(data: FigureData, systems: list[tuple[Experiment, str]], metric: str) -> Panel:
    floor = reading.row(data, f"{systems[0][0].name}/real@1/{metric}").value
    return Panel(metric, floor, tuple(_line(data, *system, metric) for system in systems))


def _line(data: FigureData, experiment: Experiment, sampler: str, metric: str) -> Line:
    steps = reading.steps_of(data, experiment, sampler)
    rows = [reading.row(data, f"{experiment.name}/{sampler}@{n}/{metric}") for n in steps]
    name = wording.sampler_name(sampler)
    return Line(
        name=experiment.title if sampler == "consistency" else f"{experiment.title}, {name}",
        role=role_of(experiment.method),
        steps=np.array(steps),
        nfe=np.array([_nfe(row) for row in rows]),
        value=np.array([row.value for row in rows]),
        spread=np.array([row.spread or 0.0 for row in rows]),
        over=next((row.spread_over for row in rows if row.spread_over), ""),
    )


def _nfe(row: Measurement) -> int:
    if row.nfe is None:
        raise reading.option_problem(
            f"`{row.key}` has no count of network evaluations", "draw a sampler, not a training"
        )
    return row.nfe


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    figure = charts.canvas(HEIGHT)
    panels = figure.subplots(1, len(picture.panels), squeeze=False)[0]
    for axes, panel in zip(panels, picture.panels, strict=True):
        _draw_panel(axes, panel, theme)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


def _draw_panel(axes: Axes, panel: Panel, theme: Theme) -> None:
    for line, (marker, dashes) in zip(panel.lines, _styles(panel.lines), strict=True):
        axes.errorbar(
            line.nfe,
            line.value,
            yerr=_whiskers(line),
            color=theme.role(line.role),
            marker=marker,
            linestyle=dashes,
            markersize=6,
            linewidth=1.8,
            capsize=3,
            markeredgecolor=theme.paper,
            markeredgewidth=0.7,
            label=line.name,
        )
    axes.set_xlabel("Network evaluations (NFE)")
    axes.set_title(wording.metric_name(panel.metric))
    axes.grid(True, axis="y")
    charts.count_axis(axes)
    values = np.concatenate([line.value for line in panel.lines])
    charts.value_axis(axes, values, share=panel.metric == "off_manifold")
    _draw_floor(axes, panel, float(values.min()), theme)


def _whiskers(line: Line) -> np.ndarray:
    """Return lengths down and up, shape (2, k); a whisker must not reach 0 on a log axis."""
    return np.stack([np.minimum(line.spread, 0.9 * line.value), line.spread])


def _styles(lines: tuple[Line, ...]) -> list[tuple[str, str]]:
    """Return markers and dashes: lines that share a colour differ in both."""
    turns = [sum(other.role == line.role for other in lines[:i]) for i, line in enumerate(lines)]
    return [
        (MARKS[line.role].marker, "-") if turn == 0 else STYLES[(turn - 1) % len(STYLES)]
        for line, turn in zip(lines, turns, strict=True)
    ]


def _draw_floor(axes: Axes, panel: Panel, lowest: float, theme: Theme) -> None:
    """Draw the noise floor as a line, or say where it is if it is far below all lines."""
    text = f"real data: {wording.quantity(panel.metric, panel.floor)}"
    style: dict[str, Any] = {"color": theme.muted, "path_effects": charts.halo(theme)}
    if panel.floor == 0 or panel.floor < FLOOR_REACH * lowest:
        where = axes.transAxes
        axes.text(1, 0.98, f"{text} ↓", ha="right", va="top", transform=where, **style)
        return
    axes.axhline(panel.floor, color=theme.real, linestyle=":", linewidth=1.6, zorder=1)
    axes.set_ylim(bottom=min(0.65 * panel.floor, axes.get_ylim()[0]))
    where = axes.get_yaxis_transform()
    axes.text(0.02, 0.94 * panel.floor, text, ha="left", va="top", transform=where, **style)


def describe(picture: Picture) -> Description:
    sentences = [_sentence(panel) for panel in picture.panels]
    return Description(alt=" ".join(sentences), table=_table(picture), width=COLUMN, height=HEIGHT)


def _sentence(panel: Panel) -> str:
    parts = []
    for line in panel.lines:
        first, last = (wording.quantity(panel.metric, float(line.value[i])) for i in (0, -1))
        parts.append(f"{line.name} {first} at NFE {line.nfe[0]}, {last} at NFE {line.nfe[-1]}")
    floor = wording.quantity(panel.metric, panel.floor)
    return f"{wording.metric_name(panel.metric)}: {'; '.join(parts)}; real data {floor}."


def _table(picture: Picture) -> DataTable:
    names = [wording.metric_name(panel.metric) for panel in picture.panels]
    rows = []
    for index, line in enumerate(picture.panels[0].lines):
        for k in range(len(line.nfe)):
            cells = [_cell(panel, panel.lines[index], k) for panel in picture.panels]
            rows.append((line.name, str(line.steps[k]), str(line.nfe[k]), *cells))
    floors = [wording.quantity(panel.metric, panel.floor) for panel in picture.panels]
    rows.append(("Real data", "", "", *floors))
    over = sorted({line.over for panel in picture.panels for line in panel.lines} - {""})
    note = f"±: standard deviation over {wording.listed(over)}." if over else ""
    return DataTable(columns=("System", "Steps", "NFE", *names), rows=tuple(rows), note=note)


def _cell(panel: Panel, line: Line, k: int) -> str:
    value = wording.quantity(panel.metric, float(line.value[k]))
    spread = float(line.spread[k])
    if not spread:
        return value
    percent = panel.metric == "off_manifold"
    error = wording.percent(spread) if percent else wording.significant(spread, 1)
    return f"{value} ± {error}"
