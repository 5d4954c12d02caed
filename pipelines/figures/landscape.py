"""All systems, in the plane and with pictures, by calls of the network and by seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import (
    MeasurementKey,
    SystemKey,
    SystemPattern,
    key_of,
)
from pipelines.figures import charts, courses, pictures, reading, seen, wording
from pipelines.figures.style import MARKS, Theme, role_of, themed

ROLES = ("plane", "pictures")
HEIGHT = 760
BUDGETS = (1, 4, 50)  # calls at which the alternative text compares
FIELDS = {
    "plane": ("sliced_w2", "seconds_per_1000", 1000.0),
    "pictures": ("frechet", "latency", 1.0),
}


@dataclass(frozen=True)
class Line:
    """One system: arrays (k,) over rising calls; seconds are NaN where no clock was kept."""

    title: str
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
        role=pictures.picture_role(method) if field == "pictures" else role_of(method),
        steps=np.array(steps),
        nfe=np.array([row.nfe or 0 for row in rows]),
        value=np.array([row.value for row in rows]),
        spread=np.array([row.spread or 0.0 for row in rows]),
        seconds=np.array([np.nan if s is None else s / samples for s in clocked]),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw quality against calls of the network and against seconds, in four panels."""
    figure = charts.canvas(theme, HEIGHT)
    rows = figure.subplots(2, 2, squeeze=False, sharey="row")
    for axes, lines, metric in zip(
        rows, (picture.plane, picture.pictures), ("sliced_w2", "frechet"), strict=True
    ):
        _draw_quality(axes[0], lines, "nfe", theme)
        _draw_quality(axes[1], lines, "seconds", theme)
        axes[0].set_ylabel(wording.metric_name(metric))
        charts.value_axis(axes[0], np.concatenate([line.value for line in lines]))
    rows[0][0].set_title("In the plane")
    rows[1][0].set_title("Pictures")
    for axes, what in ((rows[1][0], "Calls of the network"), (rows[1][1], "Milliseconds for one")):
        axes.set_xlabel(what)
    roles = dict.fromkeys(line.role for line in (*picture.plane, *picture.pictures))
    known = [role for role in roles if role != "other"]
    figure.legend(handles=charts.family_key(known, theme), loc="outside lower center", ncols=3)
    return figure


def _draw_quality(axes: Axes, lines: tuple[Line, ...], by: str, theme: Theme) -> None:
    for line in lines:
        x = line.nfe if by == "nfe" else 1000 * line.seconds
        axes.errorbar(
            x,
            line.value,
            yerr=np.minimum(line.spread, 0.99 * line.value),
            color=theme.role(line.role),
            marker=MARKS[line.role].marker,
            linestyle=MARKS[line.role].line,
            markersize=5,
            linewidth=1.3,
            elinewidth=0.8,
            alpha=0.85,
            markeredgecolor=theme.paper,
            markeredgewidth=0.5,
        )
    axes.grid(True)
    charts.count_axis(axes)


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
