"""The map of multi-step schedules: at which levels a sample is noised again, and what it gives.

A row is a schedule: dots are the noise levels at which the consistency function is evaluated,
bars the quality of its samples. In each group of equal cost the best bar is drawn full.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, listed
from pipelines.figures import charts, reading, seen, wording
from pipelines.figures.style import TITLE, Theme, role_of, themed

ROLES = ("student",)
METRICS = ("off_manifold", "sliced_w2")
ROW, AROUND = 25, 100
WAYS = {False: 2.1, True: 1.1}  # width of the levels against that of bars, if narrow
GAP = 0.6  # between groups of equal step counts, in rows


@dataclass(frozen=True)
class Schedule:
    """Levels of the evaluations (steps,), falling; what its samples score."""

    sampling: Sampling
    levels: np.ndarray
    scores: reading.Scores

    @property
    def steps(self) -> int:
        """How many evaluations it takes."""
        return len(self.levels)

    @property
    def later_levels(self) -> str:
        """The levels after the first, which all schedules share."""
        levels = ", ".join(wording.significant(float(level)) for level in self.levels[1:])
        return levels or "none"


@dataclass(frozen=True)
class Picture:
    """Schedules by step count, then by falling first re-noising level."""

    title: str
    role: str
    metrics: tuple[str, ...]
    schedules: tuple[Schedule, ...]

    def best(self, index: int) -> list[Schedule]:
        """Return the schedule of the lowest value of a metric for each step count."""
        groups = groupby(self.schedules, key=lambda schedule: schedule.steps)
        return [min(group, key=lambda one: one.scores.values[index]) for _, group in groups]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the scores of a student under several schedules."""
    student = reading.chosen(data, options, "student")
    metrics = listed(options.get("metric", "")) or METRICS
    plain = [one for one in reading.drawn(data, student) if one.guidance is None]
    jumps = sorted((one for one in plain if one.base == "consistency"), key=str)
    if not jumps:
        reading.steps_of(data, student, "consistency")  # says what is missing
    found = [_schedule(data, student, one, metrics) for one in reversed(jumps)]
    different = {tuple(schedule.levels): schedule for schedule in found}
    order = sorted(different.values(), key=lambda one: (one.steps, *(-one.levels)))
    return Picture(student.title, role_of(student.method), metrics, tuple(order))


def _schedule(
    data: FigureData, student: Experiment, sampling: Sampling, metrics: tuple[str, ...]
) -> Schedule:
    return Schedule(
        sampling=sampling,
        levels=reading.path(data, student, sampling).level[:-1].astype(float),
        scores=reading.scores(data, reading.system(student, sampling), metrics),
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row for each schedule, with its levels and scores; metric by metric if narrow."""
    tall, heights = ROW * len(picture.schedules) + AROUND, _heights(picture)
    every = range(len(picture.metrics))
    parts = [(index,) for index in every] if theme.narrow else [tuple(every)]
    figure = charts.canvas(theme, tall * len(parts))
    bands = figure.subfigures(len(parts), 1, squeeze=False)[:, 0]
    for band, metrics in zip(bands, parts, strict=True):
        ratios = (WAYS[theme.narrow], *(1 for _ in metrics))
        levels, *bars = band.subplots(1, len(ratios), sharey=True, width_ratios=ratios)
        _draw_levels(levels, picture, heights, theme)
        for index, axes in zip(metrics, bars, strict=True):
            _draw_bars(axes, picture, heights, index, theme)
        levels.set_ylim(heights[-1] - 0.7, heights[0] + 0.7)
        if theme.narrow:
            title = wording.metric_name(picture.metrics[metrics[0]])
            band.suptitle(title, x=0.01, ha="left", fontsize=TITLE)
        else:
            _write_titles(picture, levels, bars)
    return figure


def _write_titles(picture: Picture, levels: Axes, bars: list[Axes]) -> None:
    levels.set_title("Evaluated at noise levels")
    for axes, metric in zip(bars, picture.metrics, strict=True):
        axes.set_title(wording.metric_name(metric))


def _heights(picture: Picture) -> np.ndarray:
    """Return the height of every row, falling, with a gap between step counts: shape (rows,)."""
    steps = np.array([schedule.steps for schedule in picture.schedules])
    gaps = np.concatenate([[0.0], 1 + GAP * (np.diff(steps) != 0)])
    return -np.cumsum(gaps)


def _draw_levels(axes: Axes, picture: Picture, heights: np.ndarray, theme: Theme) -> None:
    colour = theme.role(picture.role)
    for schedule, height in zip(picture.schedules, heights, strict=True):
        axes.plot(
            schedule.levels,
            np.full(schedule.steps, height),
            color=colour,
            marker="o",
            markersize=6.5,
            linewidth=1,
            markeredgecolor=theme.paper,
            markeredgewidth=0.7,
        )
    axes.set_xscale("log")
    axes.invert_xaxis()
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if theme.narrow else (1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: wording.significant(x, 1)))
    axes.set_xlabel("noise level, noise → data")
    axes.grid(True, axis="x")
    names = [wording.steps_text(schedule.steps) for schedule in picture.schedules]
    firsts = [name if name not in names[:i] else "" for i, name in enumerate(names)]
    axes.set_yticks(heights, firsts)
    axes.tick_params(axis="y", length=0, labelcolor=theme.text)


def _draw_bars(
    axes: Axes, picture: Picture, heights: np.ndarray, index: int, theme: Theme
) -> None:
    metric, colour = picture.metrics[index], theme.role(picture.role)
    best = picture.best(index)
    most = max(schedule.scores.values[index] for schedule in picture.schedules)
    for schedule, height in zip(picture.schedules, heights, strict=True):
        value, spread = schedule.scores.values[index], schedule.scores.spreads[index]
        strong = schedule in best
        axes.barh(height, value, 0.62, color=colour, alpha=0.95 if strong else 0.42, linewidth=0)
        axes.errorbar(value, height, xerr=spread, color=theme.text, capsize=2, linewidth=1)
        axes.text(
            value + spread + 0.03 * most,
            height,
            wording.quantity(metric, value),
            va="center",
            fontweight="bold" if strong else "normal",
        )
    axes.set_xlim(0, 1.42 * most)
    axes.xaxis.set_major_locator(MaxNLocator(2 if theme.narrow else 3))
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _bar_tick(metric, x)))


def _bar_tick(metric: str, x: float) -> str:
    return f"{wording.significant(100 * x)} %" if metric == "off_manifold" else f"{x:g}"


def describe(picture: Picture) -> Description:
    """List the levels and scores of each schedule."""
    metric, best = picture.metrics[0], picture.best(0)
    parts = [
        f"{wording.steps_text(one.steps)} {wording.quantity(metric, one.scores.values[0])}"
        + (f" with re-noising to {one.later_levels}" if one.steps > 1 else "")
        for one in best
    ]
    several = [schedule for schedule in picture.schedules if schedule.steps > 1]
    worst = max(several or picture.schedules, key=lambda schedule: schedule.scores.values[0])
    alt = seen.fitting(
        f"{len(picture.schedules)} schedules of {picture.title}, a row each: dots at its noise "
        f"levels, bars for its scores.",
        f"Best {wording.metric_name(metric).lower()}: {'; '.join(parts)}.",
        f"Worst of several steps: {wording.quantity(metric, worst.scores.values[0])} "
        f"({wording.steps_text(worst.steps)}, re-noising to {worst.later_levels}).",
    )
    columns = ("Steps", "Re-noised to", *map(wording.metric_name, picture.metrics))
    rows = ((str(one.steps), one.later_levels, *one.scores.cells()) for one in picture.schedules)
    note = wording.spread_note(one.scores.over for one in picture.schedules)
    return wording.described(alt, columns, rows, note)
