"""Networks as fields: where the probability flow of a teacher points, and where a student jumps.

All at unit variance and at the same ratios of noise to signal, so that a diffusion and a flow can
be compared state by state. Moving along the angle φ with tan φ = noise / signal, a state
u = cos φ · x0 + sin φ · ε has the velocity -sin φ · x0 + cos φ · ε (v of Salimans and Ho 2022);
sampling goes against it. The means of x0 and ε given u are what the network says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import charts, plane, reading, seen, wording
from pipelines.figures.style import TEXT, Theme, role_of, themed

ROLES = ("teachers", "student")
TEXTS = 30  # height of the words over a panel, in CSS pixels
BEHIND = 500  # real points behind a panel
EVERY = 2  # lattice points in a row and column, of which one is drawn
ARROW = 0.95  # length of the fastest arrow, in distances of drawn points
FAST = 95  # percentile of the speeds that counts as the fastest


@dataclass(frozen=True)
class Panel:
    """States (n, 2) at one ratio of noise to signal, and arrows (n, 2) that start there.

    A teacher's arrows are velocities in the direction of sampling, a student's lead to its output.
    """

    ratio: float
    states: np.ndarray
    arrows: np.ndarray

    @property
    def mean_length(self) -> float:
        """Of the arrows, in units of the plane."""
        return float(np.linalg.norm(self.arrows, axis=1).mean())


@dataclass(frozen=True)
class Row:
    """One network at each level; `jumps` if arrows lead to its ends."""

    title: str
    role: str
    jumps: bool
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Picture:
    """Real data behind, and a row for each network."""

    real: np.ndarray
    rows: tuple[Row, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the fields of networks at some noise levels."""
    teachers = reading.all_chosen(data, options, "teachers")
    student = reading.chosen(data, options, "student")
    rows = [_field_row(data, teacher, jumps=False) for teacher in teachers]
    rows.append(_field_row(data, student, jumps=True))
    real = reading.array(data, teachers[0], "real")[:BEHIND]
    return Picture(real, tuple(rows))


def _field_row(data: FigureData, experiment: Experiment, jumps: bool) -> Row:
    parts, x, clean = (
        reading.array(data, experiment, f"field/{name}") for name in ("parts", "x", "clean")
    )
    panels = (
        _field_panel(signal, noise, states, ends, jumps)
        for (signal, noise), states, ends in zip(parts, x, clean, strict=True)
    )
    return Row(experiment.title, role_of(experiment.method), jumps, tuple(panels))


def _field_panel(
    signal: float, noise: float, x: np.ndarray, clean: np.ndarray, jumps: bool
) -> Panel:
    scale = float(np.hypot(signal, noise))
    states = x / scale
    arrows = clean - states if jumps else backwards(signal, noise, x, clean)
    shown = lattice_shown(len(states))
    return Panel(float(noise / signal), states[shown], arrows[shown])


def backwards(signal: float, noise: float, x: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """Return sin φ · x0 - cos φ · ε for x = signal · x0 + noise · ε, x0 as the network says."""
    guess = (x - signal * clean) / noise
    arrows: np.ndarray = (noise * clean - signal * guess) / np.hypot(signal, noise)
    return arrows


def lattice_shown(count: int) -> np.ndarray:
    """Return which points of a square lattice of `count` points are drawn, their indices."""
    side = round(count**0.5)
    places = np.arange(count).reshape(side, -1)
    return places[::EVERY, ::EVERY].ravel()


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a row of panels with arrows for each network."""
    kinds = {True: "where one jump leads", False: "direction of sampling"}
    titles = [
        (f"{row.title}: {kinds[row.jumps]}", theme.letters(row.role)) for row in picture.rows
    ]
    count = len(picture.rows[0].panels)
    across = charts.columns_of(theme, count)
    figure, bands = charts.bands(theme, titles, count, across, TEXTS)
    states = picture.rows[0].panels[0].states
    limits = plane.squared(plane.window(picture.real, states, margin=0.03))
    for cells, row in zip(bands, picture.rows, strict=True):
        for axes, panel in zip(cells, row.panels, strict=False):
            axes.set_axis_on()
            plane.plane(axes, limits, theme)
            plane.point_set(axes, picture.real, theme.real, size=3, alpha=0.6)
            _draw_arrows(axes, panel, row, theme)
    return figure


def _draw_arrows(axes: Axes, panel: Panel, row: Row, theme: Theme) -> None:
    colour = theme.role(row.role)
    axes.set_title(f"$t$ = {wording.significant(panel.ratio)}", fontsize=TEXT)
    if row.jumps:
        ends = panel.states + panel.arrows
        plane.segments(axes, panel.states, ends, colour, width=0.6, alpha=0.75)
        plane.point_set(axes, ends, colour, size=7, alpha=1)
        return
    speed = np.linalg.norm(panel.arrows, axis=1)
    gap = np.ptp(panel.states[:, 0]) / (round(len(panel.states) ** 0.5) - 1)
    fastest = float(np.percentile(speed, FAST)) or 1.0
    factor = ARROW * gap / np.maximum(fastest, speed)
    ends = panel.states + factor[:, None] * panel.arrows
    plane.segments(axes, panel.states, ends, colour, width=0.9, heads=0.36)


def _led(row: Row, real: np.ndarray) -> str:
    """Say where the arrows of a network lead, at the ratios where that changes."""
    words = [
        (f"t = {wording.significant(panel.ratio)}", _where(panel, row.jumps, real))
        for panel in row.panels
    ]
    turns = [f"{word} at {place}" for place, word in seen.runs(words)]
    what = "jumps end" if row.jumps else "arrows point"
    return f"{row.title}: {what} {', '.join(turns)}."


def _where(panel: Panel, jumps: bool, real: np.ndarray) -> str:
    """Return whether jumps end in one spot, or arrows point to the middle of the data."""
    if jumps:
        spread = seen.width(panel.states + panel.arrows) / seen.width(real)
        return "in one spot" if seen.WIDTH.word(spread) else "far apart"
    inward = real.mean(axis=0) - panel.states
    cosines = (inward * panel.arrows).sum(axis=1) / np.maximum(
        np.linalg.norm(inward, axis=1) * np.linalg.norm(panel.arrows, axis=1), 1e-12
    )
    return seen.INWARD.word(float(cosines.mean()))


def describe(picture: Picture) -> Description:
    """Say where the arrows lead, and list their mean length."""
    alt = seen.fitting(
        "Arrows over the plane with the data behind, a panel for each noise level t.",
        *(_led(row, picture.real) for row in picture.rows),
    )
    rows = (
        (
            row.title,
            "jump to the output" if row.jumps else "velocity",
            wording.significant(panel.ratio, 3),
            wording.number(panel.mean_length, 3),
        )
        for row in picture.rows
        for panel in row.panels
    )
    note = (
        "States at unit variance; t is the ratio of noise to signal. The velocity is that along "
        "the angle φ with tan φ = t; a teacher's "
        "arrows are drawn in proportion to it, the fastest as long as the states lie apart."
    )
    columns = ("Network", "Arrows", "Noise level t", "Mean length")
    return wording.described(alt, columns, rows, note)
