"""Sampling as it happens: crowds of points on their way from the same noise, every system at once.

An evaluation of a network takes the same time in every panel, so that few-step methods arrive
first. A drawing (SVG) with style-sheet keyframes and no script: each crowd is one path whose dots
are lines of length zero, and its keyframes are the recorded states. Where animation is not wanted
(prefers-reduced-motion), not possible or printed, the ends stand still, with the starts in grey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import REAL, Sampling
from pipelines.figures import charts, plane, reading, seen, wording
from pipelines.figures.lines import wrapped
from pipelines.figures.style import TITLE, Theme, role_of, svg, themed

ROLES = ("systems",)
COLUMNS, LEAST = 3, 2  # side by side: all panels are watched at once
TEXTS, LINE = 50, 19  # heights of the words below a panel and of a title's line, in CSS pixels
POINTS = 160  # of a crowd
DOT = 3.1  # its diameter, in points (1/72 inch)
SECONDS = 12
END, BEGIN, WAY = 0.06, 0.12, 0.46  # parts of that time: the ends are seen, then the starts until
# BEGIN, then the longest way takes WAY. The ends come first since prints show the first moment.
BAR = 4.0  # height of the bar of evaluations, in points


@dataclass(frozen=True)
class Panel:
    """States (steps + 1, n, 2) of a crowd at unit variance."""

    title: str
    role: str
    nfe: int
    off_manifold: float
    states: np.ndarray


@dataclass(frozen=True)
class Picture:
    """The real data behind, and the panels."""

    real: np.ndarray
    floor: float
    panels: tuple[Panel, ...]

    @property
    def most(self) -> int:
        """Evaluations of the system that takes the most."""
        return max(panel.nfe for panel in self.panels)


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the recorded films of some systems."""
    systems = reading.systems(data, options, "systems")
    first = systems[0][0]
    return Picture(
        real=reading.array(data, first, "real"),
        floor=reading.row(data, reading.system(first, REAL), "off_manifold").value,
        panels=tuple(_film(data, *system) for system in systems),
    )


def _film(data: FigureData, experiment: Experiment, sampling: Sampling) -> Panel:
    system = reading.system(experiment, sampling)
    return Panel(
        title=wording.system_name(experiment.title, sampling),
        role=role_of(experiment.method),
        nfe=reading.nfe(data, experiment, sampling),
        off_manifold=reading.row(data, system, "off_manifold").value,
        states=reading.at_unit_variance(data, experiment, sampling, "film")[:, :POINTS],
    )


def draw(picture: Picture, theme: Theme) -> bytes:
    """Return the drawing: a frame by matplotlib, and in its axes what moves."""
    figure, cells = _still_parts(picture, theme)
    still = svg(figure, f"animation-{theme.name}").decode()
    height = figure.get_figheight() * 72
    moving = [
        Moving(index, panel, axes, height, picture.most, theme)
        for index, (axes, panel) in enumerate(zip(cells, picture.panels, strict=True))
    ]
    rules = "\n".join(part.rules() for part in moving)
    style = f"<style>@media screen and (prefers-reduced-motion: no-preference) {{\n{rules}\n}}"
    shapes = "\n".join(part.shapes() for part in moving)
    return still.replace("</svg>", f"{style}</style>\n{shapes}\n</svg>").encode()


@themed
def still(picture: Picture, theme: Theme) -> Figure:
    """Return the crowds at their ends, for files that cannot move."""
    figure, cells = _still_parts(picture, theme)
    for axes, panel in zip(cells, picture.panels, strict=True):
        plane.dots(axes, panel.states[-1], theme.role(panel.role), DOT)
    return figure


@themed
def _still_parts(picture: Picture, theme: Theme) -> tuple[Figure, list[Axes]]:
    """Return all that stands still: titles, frames, numbers."""
    columns = min(COLUMNS, len(picture.panels))
    room = theme.column / charts.columns_of(theme, columns, LEAST) - 10
    names = [panel.title.replace(" step", "\xa0step") for panel in picture.panels]
    titles = [wrapped(name, room, TITLE, bold=True) for name in names]
    texts = TEXTS + LINE * max(map(len, titles))
    figure, cells = charts.panel_grid(theme, len(titles), columns, texts, least=LEAST)
    limits = plane.squared(plane.window(picture.real, margin=0.16))
    for axes, panel, title in zip(cells, picture.panels, titles, strict=True):
        plane.plane(axes, limits, theme)
        axes.set_title("\n".join(title), fontweight="bold")
        evaluations = "1 evaluation" if panel.nfe == 1 else f"{panel.nfe} evaluations"
        label = f"{evaluations}\n{wording.percent(panel.off_manifold)} off in the end"
        axes.set_xlabel(label, labelpad=10, color=theme.text)
    figure.draw_without_rendering()
    return figure, cells


@dataclass(frozen=True)
class Moving:
    """What moves in one panel: the crowd, and the bar of evaluations made so far."""

    index: int
    panel: Panel
    axes: Axes
    height: float  # of the drawing, in points
    most: int
    theme: Theme

    @property
    def times(self) -> np.ndarray:
        """When each state is reached, as parts of the whole time, shape (steps + 1,)."""
        done = np.linspace(0, self.panel.nfe, len(self.panel.states)) / self.most
        return BEGIN + WAY * done

    def dots(self, state: np.ndarray) -> str:
        """Return a state (n, 2) as path data."""
        at = self.axes.transData.transform(state) * 72 / self.axes.figure.dpi
        return "".join(f"M{x:.1f} {self.height - y:.1f}h0" for x, y in at)

    def rules(self) -> str:
        """Return the style rules that move this panel."""
        name, states = f"p{self.index}", self.panel.states
        frames = [
            f"{100 * time:.2f}%{{d:path('{self.dots(state)}')}}"
            for time, state in zip(self.times, states, strict=True)
        ]
        first, last = self.dots(states[0]), self.dots(states[-1])
        rest, cut = f"0%,{100 * END:.2f}%", f"{100 * END + 0.01:.2f}%"
        begin, end = 100 * self.times[0], 100 * self.times[-1]
        return (
            f"#{name}{{animation:{name} {SECONDS}s linear infinite}}\n"
            f"#{name}s{{display:none}}\n"
            f"#{name}b{{animation:{name}b {SECONDS}s linear infinite}}\n"
            f"@keyframes {name}{{{rest},100%{{d:path('{last}')}}{cut}{{d:path('{first}')}}"
            f"{''.join(frames)}}}\n"
            f"@keyframes {name}b{{{rest},{end:.2f}%,100%{{transform:scaleX(1)}}"
            f"{cut},{begin:.2f}%{{transform:scaleX(0)}}}}"
        )

    def shapes(self) -> str:
        """Return the crowd at its end, its starts, and the bar, full."""
        name, colour = f"p{self.index}", self.theme.role(self.panel.role)
        pixel = 72 / self.axes.figure.dpi
        box = self.axes.get_window_extent()
        left, width = box.x0 * pixel, box.width * pixel
        top, tall = self.height - box.y1 * pixel, box.height * pixel
        below, share = top + tall + BAR, width * self.panel.nfe / self.most
        dots = f'fill="none" stroke-width="{DOT}" style="stroke-linecap:round"'
        starts, ends = self.dots(self.panel.states[0]), self.dots(self.panel.states[-1])
        return (
            f'<clipPath id="{name}c"><rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}"'
            f' height="{tall:.1f}"/></clipPath>\n<g clip-path="url(#{name}c)">'
            f'<path id="{name}s" d="{starts}" {dots} stroke="{self.theme.real}" opacity=".55"/>'
            f'<path id="{name}" d="{ends}" {dots} stroke="{colour}"/></g>\n'
            f'<rect x="{left:.1f}" y="{below:.1f}" width="{width:.1f}" height="{BAR}"'
            f' fill="{self.theme.grid}"/>\n<g transform="translate({left:.1f} {below:.1f})">'
            f'<rect id="{name}b" width="{share:.1f}" height="{BAR}" fill="{colour}"/></g>'
        )


def describe(picture: Picture) -> Description:
    """Say what moves, and how each system arrives."""
    first = (
        "An animation: crowds of points move from the same noise to the data, every network "
        "evaluation taking the same time. "
    )
    ends = [
        (
            panel.title,
            seen.cloud(panel.states[-1], picture.real, panel.off_manifold),
        )
        for panel in picture.panels
    ]
    alt = first + seen.grouped(ends, seen.MOST - len(first))
    rows = [
        (
            panel.title,
            str(panel.nfe),
            *(_deviation(panel, share) for share in (0, 0.5, 1)),
            wording.percent(panel.off_manifold),
        )
        for panel in picture.panels
    ]
    rows.append(("Real data", "", "", "", "", wording.percent(picture.floor)))
    note = "Standard deviation of the states shown, at unit variance, first, halfway and last."
    columns = ("System", "NFE", "At first", "Halfway", "At last", "Off-manifold")
    return wording.described(alt, columns, rows, note)


def _deviation(panel: Panel, share: float) -> str:
    """Return the deviation of the crowd after a share of its steps."""
    state = panel.states[round(share * (len(panel.states) - 1))]
    return wording.number(float(np.sqrt(state.var(axis=0).mean())))
