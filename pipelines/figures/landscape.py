"""All systems, in the plane and with pictures, by network evaluations: who is best where.

A row of panels for each region, that is, for what was done to be fast. Its own systems are named
and have their colours, all others are grey; a broad line is the least distance that any system
reaches with so many evaluations. What a result takes in seconds stands in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import (
    MeasurementKey,
    SystemKey,
    SystemPattern,
    key_of,
)
from pipelines.figures import charts, courses, labels, pictures, reading, seen, wording
from pipelines.figures.style import MARKS, SMALL, TEXT, Theme, role_of, themed

ROLES = ("plane", "pictures")
BUDGETS = (1, 4, 50)  # calls at which the alternative text compares
PANEL, AROUND, AXIS = 150, 46, 30  # heights in CSS pixels: of a panel, around names, of the axis
WRAP = 20  # letters of a name's line
QUESTION, JUDGE = "The question", "The judge"
REGIONS = {
    "edm": "The solver",
    "base": "The solver",
    "flow_matching": "The path",
    "reflow": "The path",
    "gan": JUDGE,
    "consistency_adversarial": JUDGE,
    "add": JUDGE,
    "dmd": JUDGE,
    "progressive": JUDGE,  # the one of pictures, with an adversary in every phase
}  # all other methods ask the network another question
FIELDS = {
    "plane": ("sliced_w2", "seconds_per_1000", 1000.0),
    "pictures": ("frechet", "latency", 1.0),
}


@dataclass(frozen=True)
class Line:
    """One system: arrays (k,) over rising calls; seconds are NaN where no clock was kept."""

    title: str
    region: str
    role: str
    steps: np.ndarray
    nfe: np.ndarray
    value: np.ndarray
    spread: np.ndarray
    seconds: np.ndarray


@dataclass(frozen=True)
class Picture:
    """The lines of the plane, and those of pictures."""

    plane: tuple[Line, ...]
    pictures: tuple[Line, ...]

    @property
    def regions(self) -> list[str]:
        """What was done to be fast, in the order of the systems."""
        return list(dict.fromkeys(line.region for line in (*self.plane, *self.pictures)))


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read quality and seconds of systems in the plane and of pictures."""
    plane = [
        (replace(said, steps=None), experiment.title, experiment.method)
        for experiment, said in reading.patterns(data, options, "plane")
    ]
    drawn = [
        (replace(said, steps=None), title or experiment.title, experiment.method)
        for experiment, said, title in pictures.picture_patterns(data, options, "pictures")
    ]
    return Picture(
        tuple(_quality_line(data, "plane", *one) for one in plane),
        tuple(_quality_line(data, "pictures", *one) for one in drawn),
    )


def _quality_line(
    data: FigureData, field: str, said: SystemPattern, title: str, method: str
) -> Line:
    """Gather all step counts of `experiment/sampler,w=…` that were measured."""
    metric, clock, samples = FIELDS[field]
    keys = (MeasurementKey.parse(key) for key in data.ledger.measurements)
    steps = sorted(
        key.sampling.steps
        for key in keys
        if (key.experiment, key.metric) == (said.experiment, metric)
        and said.on_curve(key.sampling)
    )
    if not steps:
        raise reading.option_problem(
            f"nothing was measured under `{key_of(str(said), metric)}`",
            f"evaluate the sampler in the experiment file of `{said.experiment}`, or leave it out",
        )
    systems = [SystemKey(said.experiment, replace(said, steps=n).sampling) for n in steps]
    rows = [reading.row(data, system, metric) for system in systems]
    clocked = [reading.value(data, system, clock) for system in systems]
    return Line(
        title=wording.solver_name(title, said.sampler, said.spacing, said.guidance),
        region=REGIONS.get(method, QUESTION),
        role=pictures.picture_role(method) if field == "pictures" else role_of(method),
        steps=np.array(steps),
        nfe=np.array([row.nfe or 0 for row in rows]),
        value=np.array([row.value for row in rows]),
        spread=np.array([row.spread or 0.0 for row in rows]),
        seconds=np.array([np.nan if s is None else s / samples for s in clocked]),
    )


def edge(lines: Sequence[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Return counts of evaluations, rising, and the least value that is reached with so many."""
    nfe, value = (np.concatenate([getattr(line, of) for line in lines]) for of in ("nfe", "value"))
    order = np.lexsort((value, nfe))
    counts, first = np.unique(nfe[order], return_index=True)
    return counts, np.minimum.accumulate(value[order][first])


@dataclass(frozen=True)
class Cell:
    """One panel: the systems of a region in a field, among all of that field."""

    title: str
    metric: str
    own: tuple[Line, ...]
    lines: tuple[Line, ...]
    first: bool  # of its field: here the broad line is named

    def names(self, theme: Theme) -> list[str]:
        """Return what stands beside the panel: its systems', and the broad line's name."""
        said = ["best of all systems"] if self.first else []
        return labels.wrapped([*_short(self.own), *said], theme, WRAP)


def _cells(picture: Picture, theme: Theme) -> list[Cell]:
    """Return the panels in their order: by rows, or all of the plane first where it is narrow."""
    fields = (
        ("in the plane", "sliced_w2", picture.plane),
        ("pictures", "frechet", picture.pictures),
    )
    pairs = [(region, *field) for region in picture.regions for field in fields]
    if theme.narrow:
        pairs = [(region, *field) for field in fields for region in picture.regions]
    found = list[Cell]()
    for region, field, metric, lines in pairs:
        own = tuple(line for line in lines if line.region == region)
        if own or not theme.narrow:
            first = all(cell.metric != metric for cell in found)
            found.append(Cell(f"{region}, {field}", metric, own, lines, first))
    return found


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each region in the plane and with pictures."""
    cells, across = _cells(picture, theme), 1 if theme.narrow else 2
    needs = [max(PANEL, labels.height(cell.names(theme))) for cell in cells]
    tall = [max(needs[i : i + across]) for i in range(0, len(needs), across)]
    figure = charts.canvas(theme, sum(tall) + AROUND * len(tall) + AXIS)
    panels = figure.subplots(len(tall), across, squeeze=False, height_ratios=tall).ravel()
    for axes, cell in zip(panels, cells, strict=True):
        _draw_panel(axes, cell, theme)
    for axes in panels[-across:]:
        axes.set_xlabel("Network evaluations (NFE)")
    for axes, cell in zip(panels, cells, strict=True):
        ends = [(line.nfe[-1], line.value[-1]) for line in cell.own]
        colours = [theme.letters(line.role) for line in cell.own]
        if cell.first:
            counts, least = edge(cell.lines)
            ends, colours = [*ends, (counts[-1], least[-1])], [*colours, theme.muted]
        if ends:
            labels.column(axes, np.array(ends), cell.names(theme), theme, colours)
    return figure


def _short(lines: Sequence[Line]) -> list[str]:
    """Return the names of lines, without the network's where all have the same."""
    network = {line.title.split(", ")[0] for line in lines}
    if len(lines) < 2 or len(network) > 1:
        return [line.title for line in lines]
    return [line.title.removeprefix(f"{min(network)}, ") for line in lines]


def _draw_panel(axes: Axes, cell: Cell, theme: Theme) -> None:
    axes.set_title(cell.title, loc="left", fontweight="bold", fontsize=TEXT)
    axes.set_ylabel(wording.metric_name(cell.metric), fontsize=SMALL)
    counts, least = edge(cell.lines)
    axes.plot(counts, least, color=theme.grid, linewidth=7, drawstyle="steps-post", zorder=1)
    for line in cell.lines:
        axes.plot(line.nfe, line.value, color=theme.real, linewidth=0.7, alpha=0.6, zorder=2)
    for line in cell.own:
        axes.errorbar(
            line.nfe,
            line.value,
            yerr=np.minimum(line.spread, 0.99 * line.value),
            color=theme.role(line.role),
            marker=MARKS[line.role].marker,
            markersize=5,
            linewidth=1.6,
            elinewidth=0.8,
            markeredgecolor=theme.paper,
            markeredgewidth=0.5,
            zorder=4,
        )
    if not cell.own:
        axes.text(labels.MARGIN, 0.5, "no system", transform=axes.transAxes, color=theme.muted)
    nfe, values = (
        np.concatenate([getattr(one, of) for one in cell.lines]) for of in ("nfe", "value")
    )
    axes.grid(True, axis="y")
    charts.count_axis(axes)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    charts.value_axis(axes, values)
    axes.set(
        xlim=(0.85 * nfe.min(), 1.2 * nfe.max()), ylim=(0.75 * values.min(), 1.3 * values.max())
    )


def _best(lines: tuple[Line, ...], where: str, valued: bool) -> str:
    """Say who is nearest to the data with at most one, four and fifty calls."""
    curves = [courses.Course(line.title, line.nfe, line.value) for line in lines]
    found: dict[str, list[str]] = {}
    for most in BUDGETS:
        if best := courses.best_within(curves, most):
            value = f" ({wording.significant(best.value, 2)})" if valued else ""
            found.setdefault(best.name, []).append(f"{most}{value}")
    parts = [
        f"{seen.quoted(name)} with {wording.enumerated(calls)}" for name, calls in found.items()
    ]
    return f"{where}: {'; '.join(parts)}."


def describe(picture: Picture) -> Description:
    """Say who is best with few and with many calls; list calls, seconds and quality of all."""
    whole, short = (
        " ".join(
            (
                "Curves of the distance to the data against calls of the network.",
                _best(picture.plane, "Lowest in the plane, by calls", valued),
                _best(picture.pictures, "Of pictures", valued),
            )
        )
        for valued in (True, False)
    )
    alt = whole if len(whole) <= seen.MOST else short
    columns = ("System", "Steps", "NFE", "Distance", "Seconds for one")
    rows = (
        (
            line.title,
            str(int(line.steps[i])),
            str(int(line.nfe[i])),
            f"{wording.significant(line.value[i], 3)} ± {wording.significant(line.spread[i], 1)}",
            "–" if np.isnan(line.seconds[i]) else wording.significant(line.seconds[i], 2),
        )
        for line in (*picture.plane, *picture.pictures)
        for i in range(len(line.steps))
    )
    note = "Distance: sliced Wasserstein-2 in the plane, Fréchet distance for pictures."
    return wording.described(alt, columns, rows, note, timed=True)
