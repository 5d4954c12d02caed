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
from pipelines.figures import charts, pictures, reading, wording
from pipelines.figures.style import MARKS, Theme, role_of, themed

ROLES = ("plane", "pictures")
HEIGHT = 760
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
    figure = charts.canvas(HEIGHT)
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


def describe(picture: Picture) -> Description:
    """List calls, seconds and quality of each system."""
    phrases = []
    for name, lines in (("in the plane", picture.plane), ("with pictures", picture.pictures)):
        single = [
            (line.value[line.nfe == 1].min(), line) for line in lines if (line.nfe == 1).any()
        ]
        best = min(single, key=lambda pair: pair[0])[1] if single else lines[0]
        least = min(lines, key=lambda line: line.value.min())
        phrases.append(f"{name} {best.title} is best at one call, {least.title} of all")
    alt = (
        f"Four panels of quality, better below, against calls of the network and against "
        f"seconds, for {len(picture.plane)} systems in the plane and "
        f"{len(picture.pictures)} with pictures. "
        f"{'; '.join(phrases).capitalize()}."
    )
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
    return wording.described(alt, columns, rows, HEIGHT, note, timed=True)
