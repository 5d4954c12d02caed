"""Scores of the tiny Stable Diffusion's systems against their steps, a panel a metric."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, SystemKey, SystemPattern, listed
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, courses, pictures, reading, seen, wording
from pipelines.figures.labels import spaced
from pipelines.figures.lines import line_height, wrapped
from pipelines.figures.style import MARKS, SMALL, Theme, themed

ROLES = ("systems",)
METRICS = ("all", "frechet")
PANEL, AROUND = 230, 62  # heights in CSS pixels: of a panel, and of what is written around it
NAMES = 0.27  # of the width is for the names of the lines
BESIDE = 1.035  # factor from line to line, so that those of equal value stand beside each other
STYLES = (None, ("s", "--"), ("^", "-."), ("v", ":"), ("<", "--"), (">", "-."))


@dataclass(frozen=True)
class Line:
    """One sampler at one guidance: arrays (k,) over rising steps."""

    title: str
    role: str
    steps: np.ndarray
    nfe: np.ndarray
    values: dict[str, np.ndarray]
    spreads: dict[str, np.ndarray]


@dataclass(frozen=True)
class Bound:
    """What no system can be better than, and what has this score."""

    name: str
    value: float


@dataclass(frozen=True)
class Picture:
    """A panel for each metric with its bound, a line for each system."""

    lines: tuple[Line, ...]
    metrics: tuple[str, ...]
    bounds: dict[str, Bound | None]
    by: str  # "steps" or "nfe"


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the scores of some systems of pictures."""
    metrics = listed(options.get("metrics", "")) or METRICS
    chosen = pictures.picture_patterns(data, options, "systems")
    bounds = {metric: _bound(data, metric) for metric in metrics}
    by = options.get("by", "steps")
    if by not in ("steps", "nfe"):
        raise reading.option_problem(f"`:by: {by}` is unknown", "write `steps` or `nfe`")
    lines = tuple(_steps_line(data, *one, metrics) for one in chosen)
    return Picture(lines, metrics, bounds, by)


def _bound(data: FigureData, metric: str) -> Bound | None:
    """Return the score of pictures that only passed through the autoencoder, or of renders."""
    for name, owner, of in (
        ("autoencoder alone", "autoencoder-base", f"ceiling_{metric}"),
        ("renders", "renders", metric),
    ):
        value = reading.value(data, SystemKey("base", Sampling(owner, 1)), of)
        if value:
            return Bound(name, value)
    return None


def _steps_line(
    data: FigureData,
    experiment: LatentExperiment,
    said: SystemPattern,
    title: str,
    metrics: tuple[str, ...],
) -> Line:
    """Gather all step counts of `sampler,w=…` that the model was drawn with."""
    said = replace(said, guidance=1.0 if said.guidance is None else said.guidance)
    found = sorted(filter(said.on_curve, experiment.samplings), key=lambda one: one.steps)
    if not found:
        raise reading.option_problem(
            f"`{experiment.name}` is not drawn with `{replace(said, steps=None)}`",
            f"its systems are {', '.join(experiment.systems)}",
        )
    systems = [reading.system(experiment, one) for one in found]
    rows = {m: [reading.row(data, system, m) for system in systems] for m in metrics}
    name = wording.solver_name(experiment.title, said.sampler, said.spacing, said.guidance)
    return Line(
        title=title or name,
        role=pictures.picture_role(experiment.method),
        steps=np.array([one.steps for one in found]),
        nfe=np.array([row.nfe or 0 for row in rows[metrics[0]]]),
        values={m: np.array([row.value for row in rows[m]]) for m in metrics},
        spreads={m: np.array([row.spread or 0.0 for row in rows[m]]) for m in metrics},
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a line for each system, named at its end, in a panel for each metric."""
    room = NAMES * theme.column
    names = ["\n".join(wrapped(line.title, room, SMALL)) for line in picture.lines]
    figure = charts.canvas(theme, len(picture.metrics) * (PANEL + AROUND))
    panels = figure.subplots(len(picture.metrics), 1, squeeze=False)[:, 0]
    for axes, metric in zip(panels, picture.metrics, strict=True):
        ends = _draw_metric(axes, picture, metric, theme)
        axes.set_title(wording.metric_name(metric), loc="left")
        axes.grid(True, axis="y")
        _name_ends(axes, ends, names, [theme.letters(line.role) for line in picture.lines])
    panels[-1].set_xlabel("Steps" if picture.by == "steps" else "Calls of the U-Net")
    return figure


def _draw_metric(axes: Axes, picture: Picture, metric: str, theme: Theme) -> np.ndarray:
    """Draw the lines beside each other, where they would lie on each other; return their ends."""
    seen: dict[str, int] = {}
    ends = []
    for number, line in enumerate(picture.lines):
        order = seen[line.role] = seen.get(line.role, -1) + 1
        style = STYLES[order % len(STYLES)] or (MARKS[line.role].marker, MARKS[line.role].line)
        counts = line.steps if picture.by == "steps" else line.nfe
        x = counts * BESIDE ** (number - (len(picture.lines) - 1) / 2)
        axes.errorbar(
            x,
            line.values[metric],
            yerr=line.spreads[metric],
            color=theme.role(line.role),
            marker=style[0],
            linestyle=style[1],
            capsize=3,
            markeredgecolor=theme.paper,
        )
        ends.append((x[-1], line.values[metric][-1]))
    _scales(axes, picture, metric)
    _draw_bound(axes, picture.bounds[metric], metric, theme)
    return np.array(ends)


def _draw_bound(axes: Axes, bound: Bound | None, metric: str, theme: Theme) -> None:
    """Draw what no system can pass, and say what it is."""
    if bound is None:
        return
    axes.axhline(bound.value, color=theme.real, linestyle=":", linewidth=1.6, zorder=1)
    axes.annotate(
        f"{bound.name}: {wording.quantity(metric, bound.value)}",
        (0, bound.value),
        xytext=(2, 2 if metric in wording.SHARES else -2),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        va="bottom" if metric in wording.SHARES else "top",
        fontsize=SMALL,
        color=theme.muted,
    )


def _name_ends(axes: Axes, ends: np.ndarray, names: list[str], colours: list[str]) -> None:
    """Write each name right of the axes, as near to the height of its line's end as fits."""
    places = axes.transAxes.inverted().transform(axes.transData.transform(ends))[:, 1]
    order = np.argsort(places, kind="stable")
    room = max(line_height() * (name.count("\n") + 1) + 3 for name in names) / PANEL
    for index, height in zip(order, spaced(places[order], room), strict=True):
        axes.annotate(
            names[index],
            xy=tuple(ends[index]),
            xytext=(1.03, height),
            textcoords="axes fraction",
            va="center",
            fontsize=SMALL,
            color=colours[index],
            arrowprops={"arrowstyle": "-", "color": colours[index], "linewidth": 0.7,
                        "shrinkA": 2, "shrinkB": 5, "relpos": (0, 0.5)},
            annotation_clip=False,
        )  # fmt: skip


def _scales(axes: Axes, picture: Picture, metric: str) -> None:
    axes.set_xscale("log")
    counts = (line.steps if picture.by == "steps" else line.nfe for line in picture.lines)
    axes.set_xticks(sorted({int(n) for line in counts for n in line}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    if metric in wording.SHARES:
        lowest = min(float(line.values[metric].min()) for line in picture.lines)
        axes.set_ylim(max(0, np.floor(10 * lowest - 0.5) / 10), 1.04)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    else:
        axes.set_ylim(bottom=0)


def _lead(picture: Picture, metric: str) -> str:
    by_steps = picture.by == "steps"
    curves = [
        courses.Course(line.title, line.steps if by_steps else line.nfe, line.values[metric])
        for line in picture.lines
    ]
    return courses.lead(metric, curves, "step" if by_steps else "call")


def describe(picture: Picture) -> Description:
    """Say which system is best at how many steps, and list all scores."""
    against = "steps" if picture.by == "steps" else "calls of the U-Net"
    alt = seen.fitting(
        f"Curves of {len(picture.lines)} systems against {against}.",
        *(_lead(picture, metric) for metric in picture.metrics),
    )
    columns = ("System", "Steps", "NFE", *map(wording.metric_name, picture.metrics))
    rows = (
        (
            line.title,
            str(int(line.steps[i])),
            str(int(line.nfe[i])),
            *(
                wording.with_spread(m, line.values[m][i], line.spreads[m][i])
                for m in picture.metrics
            ),
        )
        for line in picture.lines
        for i in range(len(line.steps))
    )
    return wording.described(alt, columns, rows)
