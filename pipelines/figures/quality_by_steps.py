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
from pipelines.figures.style import MARKS, Theme, themed

ROLES = ("systems",)
METRICS = ("all", "frechet")
PANEL, KEY = 300, 26  # heights in CSS pixels; of a row of the legend
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
class Picture:
    """A panel for each metric with its floor, a line for each system."""

    lines: tuple[Line, ...]
    metrics: tuple[str, ...]
    floors: dict[str, float | None]
    by: str  # "steps" or "nfe"
    height: int  # in CSS pixels


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the scores of some systems of pictures."""
    metrics = listed(options.get("metrics", "")) or METRICS
    chosen = pictures.picture_patterns(data, options, "systems")
    renders = SystemKey("base", Sampling("renders", 1))
    floors = {metric: reading.value(data, renders, metric) for metric in metrics}
    by = options.get("by", "steps")
    if by not in ("steps", "nfe"):
        raise reading.option_problem(f"`:by: {by}` is unknown", "write `steps` or `nfe`")
    lines = tuple(_steps_line(data, *one, metrics) for one in chosen)
    return Picture(lines, metrics, floors, by, PANEL + KEY * charts.rows_of(len(lines), 2))


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
    """Draw a line for each system, a panel for each metric."""
    figure = charts.canvas(picture.height)
    panels = figure.subplots(1, len(picture.metrics), squeeze=False)[0]
    for axes, metric in zip(panels, picture.metrics, strict=True):
        _draw_metric(axes, picture, metric, theme)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_metric(axes: Axes, picture: Picture, metric: str, theme: Theme) -> None:
    seen: dict[str, int] = {}
    for line in picture.lines:
        order = seen[line.role] = seen.get(line.role, -1) + 1
        style = STYLES[order % len(STYLES)] or (MARKS[line.role].marker, MARKS[line.role].line)
        axes.errorbar(
            line.steps if picture.by == "steps" else line.nfe,
            line.values[metric],
            yerr=line.spreads[metric],
            color=theme.role(line.role),
            marker=style[0],
            linestyle=style[1],
            capsize=3,
            markeredgecolor=theme.paper,
            label=line.title,
        )
    _scales(axes, picture, metric)
    axes.set_xlabel("Steps" if picture.by == "steps" else "Calls of the U-Net")
    axes.set_title(wording.metric_name(metric))
    axes.grid(True, axis="y")
    if (floor := picture.floors[metric]) is not None and floor > 0:
        axes.axhline(floor, color=theme.role("real"), linestyle=":", label="renders")


def _scales(axes: Axes, picture: Picture, metric: str) -> None:
    axes.set_xscale("log")
    counts = (line.steps if picture.by == "steps" else line.nfe for line in picture.lines)
    axes.set_xticks(sorted({int(n) for line in counts for n in line}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    if metric in wording.SHARES:
        axes.set_ylim(0, 1.02)
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
    return wording.described(alt, columns, rows, picture.height)
