"""Quality against what the training cost, teachers included.

A student that needs a teacher has spent the teacher's CPU-seconds too, and all that the teacher
had learnt from. What sampling costs is not counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling, listed
from pipelines.figures import charts, courses, labels, reading, seen, wording
from pipelines.figures.style import MARKS, Theme, role_of, themed

ROLES = ("systems",)
METRICS = ("off_manifold", "sliced_w2")
PANEL, AROUND = 240, 60  # heights in CSS pixels: of a panel, around names
AXIS = {False: 24, True: 40}  # height of the axis' words in a wide and in a narrow drawing


@dataclass(frozen=True)
class Spot:
    """One system: CPU-seconds of its own training and of its teachers', and its quality."""

    name: str
    role: str
    nfe: int
    own: float
    teachers: float
    scores: reading.Scores

    @property
    def seconds(self) -> float:
        """CPU-seconds of its training and of all that it learnt from."""
        return self.own + self.teachers


@dataclass(frozen=True)
class Picture:
    """The metrics with the scores of real data, and the systems."""

    metrics: tuple[str, ...]
    floors: tuple[float, ...]
    spots: tuple[Spot, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the scores and training costs of some systems."""
    systems = reading.systems(data, options, "systems")
    metrics = listed(options.get("metric", "")) or METRICS
    floor = reading.system(systems[0][0], REAL)
    floors = (reading.row(data, floor, metric).value for metric in metrics)
    names = Counter(experiment.name for experiment, _ in systems)
    spots = (
        _spot(data, experiment, sampling, metrics, alone=names[experiment.name] == 1)
        for experiment, sampling in systems
    )
    return Picture(metrics, tuple(floors), tuple(spots))


def _spot(
    data: FigureData,
    experiment: Experiment,
    sampling: Sampling,
    metrics: tuple[str, ...],
    alone: bool,
) -> Spot:
    """Return one system; the name of one alone needs no steps."""
    scores = reading.scores(data, reading.system(experiment, sampling), metrics)
    own, teachers = reading.trained(data, experiment)
    solver = wording.solver_name(experiment.title, sampling.sampler)
    named = solver if alone else wording.system_name(experiment.title, sampling)
    return Spot(
        name=named,
        role=role_of(experiment.method),
        nfe=reading.nfe(data, experiment, sampling),
        own=own,
        teachers=teachers,
        scores=scores,
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a named spot for each system, a panel for each metric."""
    names = labels.wrapped([spot.name for spot in picture.spots], theme)
    height = max(PANEL, labels.height([*names, "real\ndata"]) + AROUND)
    figure = charts.canvas(theme, height * len(picture.metrics) + AXIS[theme.narrow])
    panels = figure.subplots(len(picture.metrics), 1, squeeze=False, sharex=True)[:, 0]
    colours = [theme.letters(spot.role) for spot in picture.spots]
    between = ",\n" if theme.narrow else ", "
    panels[-1].set_xlabel(f"CPU-seconds of training{between}teachers' included")
    drawn = [_draw_spots(axes, picture, index, theme) for index, axes in enumerate(panels)]
    for axes, (at, (floor, floor_name)) in zip(panels, drawn, strict=True):
        texts = [*names, *labels.wrapped([floor_name], theme)]
        labels.column(axes, np.array([*at, floor]), texts, theme, [*colours, theme.muted])
    return figure


def _draw_spots(
    axes: Axes, picture: Picture, index: int, theme: Theme
) -> tuple[np.ndarray, tuple[tuple[float, float], str]]:
    """Draw the spots; return where they are, where real data are, and what to write there."""
    metric, floor = picture.metrics[index], picture.floors[index]
    at = np.array([(spot.seconds, spot.scores.values[index]) for spot in picture.spots])
    for spot, (x, y) in zip(picture.spots, at, strict=True):
        spread = spot.scores.spreads[index]
        axes.errorbar(
            x,
            y,
            yerr=[[min(spread, 0.9 * y)], [spread]],
            color=theme.role(spot.role),
            marker=MARKS[spot.role].marker,
            markersize=8,
            capsize=3,
            markeredgecolor=theme.paper,
            markeredgewidth=0.7,
            zorder=4,
        )
    axes.set_title(wording.metric_name(metric), loc="left")
    axes.grid(True)
    charts.count_axis(axes)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    charts.value_axis(axes, at[:, 1], share=metric == "off_manifold")
    return at, charts.draw_floor(axes, metric, floor, float(at[:, 1].min()), theme)


def _cheapest_and_best(metric: str, spots: list[courses.Course]) -> str:
    """Say which training was the cheapest, which the best, and which the worst."""
    high = courses.high_is_good(metric)
    cheapest = min(spots, key=lambda one: one.at[0])
    order = sorted(spots, key=lambda one: -one.value[0] if high else one.value[0])
    named = {"cheapest": cheapest, "best": order[0], "worst": order[-1]}
    parts = [
        f"{word} is {seen.quoted(one.name)} with {wording.quantity(metric, float(one.value[0]))} "
        f"after {wording.rounded(float(one.at[0]))}"
        for word, one in named.items()
    ]
    return f"{wording.metric_name(metric)}: {'; '.join(parts)}."


def describe(picture: Picture) -> Description:
    """List scores and CPU-seconds."""
    spots = [
        courses.Course(spot.name, np.array([spot.seconds]), np.array([spot.scores.values[0]]))
        for spot in picture.spots
    ]
    alt = (
        f"{len(spots)} systems by the CPU-seconds of their training, teachers' included. "
        f"{_cheapest_and_best(picture.metrics[0], spots)} "
        f"Real data have {wording.quantity(picture.metrics[0], picture.floors[0])}."
    )
    names = map(wording.metric_name, picture.metrics)
    columns = ("System", "NFE", "Own CPU-s", "Teachers' CPU-s", *names)
    rows = [
        (
            spot.name,
            str(spot.nfe),
            wording.rounded(spot.own),
            wording.rounded(spot.teachers),
            *spot.scores.cells(),
        )
        for spot in picture.spots
    ]
    floors = map(wording.quantity, picture.metrics, picture.floors)
    rows.append(("Real data", "", "", "", *floors))
    note = wording.spread_note(spot.scores.over for spot in picture.spots)
    return wording.described(alt, columns, rows, note, timed=True)
