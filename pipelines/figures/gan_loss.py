"""What a GAN loses: the share of samples in every mode, for each seed, beside methods that do not.

A bubble a mode, at the mode's place; its area is the share of the samples that lie in the mode.
A full grey ring is the fair share. Modes with less than a fifth of it count as missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import ArrayKey, Sampling
from pipelines.figures import charts, lines, plane, reading, seen, wording
from pipelines.figures.style import SMALL, TEXT, Theme, role_of, themed

ROLES = ("systems",)
FAIR = 0.2  # of the fair share makes a mode reached, as in the metric `modes_reached`
COLUMNS = 4  # panels side by side in a wide drawing, at most
TEXTS, LINE = 62, 19  # heights of the words below a panel and of a title's line in CSS pixels
BUBBLE = 34 / 760  # diameter of the fair share in points, to a panel's width in CSS pixels
LARGEST = 6.0  # drawn at most so many fair shares: one mode must not hide the others


@dataclass(frozen=True)
class Panel:
    """Shares of the modes (modes,) of one system and seed."""

    title: str
    role: str
    seed: int
    shares: np.ndarray

    @property
    def reached(self) -> np.ndarray:
        """Which modes hold at least a fifth of their fair share, shape (modes,)."""
        return self.shares >= FAIR / len(self.shares)

    @property
    def off(self) -> float:
        """The share of samples that lie in no mode."""
        return float(1 - self.shares.sum())


@dataclass(frozen=True)
class Picture:
    """`centres` (modes, 2) are the modes' places."""

    centres: np.ndarray
    panels: tuple[Panel, ...]

    @property
    def systems(self) -> dict[tuple[str, str], list[Panel]]:
        """The panels of each system, by its title and role."""
        found = dict[tuple[str, str], list[Panel]]()
        for panel in self.panels:
            found.setdefault((panel.title, panel.role), []).append(panel)
        return found


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the share of samples in each mode, for each system and seed."""
    systems = reading.systems(data, options, "systems")
    centres = reading.array(data, systems[0][0], "modes/centre")
    panels = tuple(panel for system in systems for panel in _panels_of_seeds(data, *system))
    return Picture(centres, panels)


def _panels_of_seeds(data: FigureData, experiment: Experiment, sampling: Sampling) -> list[Panel]:
    """Return a panel for each seed of an experiment."""
    title, role = wording.system_name(experiment.title, sampling), role_of(experiment.method)
    found = []
    for seed in reading.seeds(data, experiment, sampling):
        shares = reading.array(data, experiment, ArrayKey.of_seed(sampling, seed, "modes"))
        found.append(Panel(title, role, seed, shares))
    return found


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a panel for each seed, a bubble for each mode; one for all seeds that miss nothing."""
    key, shown = _bubble_key(theme), _shown(picture)
    columns = charts.evenly(len(shown), COLUMNS)
    side = theme.column / charts.columns_of(theme, columns)
    titles = [lines.wrapped(seeds[0].title, side - 14, bold=True) for seeds in shown]
    texts, around = TEXTS + LINE * max(map(len, titles)), charts.legend_height(len(key), theme)
    figure, cells = charts.panel_grid(theme, len(shown), columns, texts, around=around)
    limits = plane.squared(plane.window(picture.centres, margin=0.16))
    for axes, seeds, title in zip(cells, shown, titles, strict=True):
        plane.plane(axes, limits, theme)
        head = "\n".join(title)
        axes.set_title(head, fontsize=TEXT, fontweight="bold", color=theme.letters(seeds[0].role))
        _draw_bubbles(axes, seeds[0], picture.centres, side, theme)
        axes.set_xlabel(_told(seeds), color=theme.text, fontsize=SMALL)
    charts.legend_below(figure, key, theme)
    return figure


def _shown(picture: Picture) -> list[list[Panel]]:
    """Return the seeds that share a panel: all of a system that misses nothing, else one."""
    found = list[list[Panel]]()
    for seeds in picture.systems.values():
        complete = all(panel.reached.all() for panel in seeds)
        found += [seeds] if complete else [[panel] for panel in seeds]
    return found


def _told(seeds: list[Panel]) -> str:
    """Return which seeds a panel stands for, how many modes they reach, and what is in none."""
    hit, shares = seeds[0].reached, [panel.off for panel in seeds]
    which = f"seed {seeds[0].seed}" if len(seeds) == 1 else f"each of {len(seeds)} seeds"
    least, most = (wording.percent(of(shares)) for of in (min, max))
    off = most if least == most else f"{least.removesuffix(' %')} to {most}"
    return f"{which}\n{hit.sum()} of {len(hit)} modes\n{off} in none"


def _draw_bubbles(
    axes: Axes, panel: Panel, centres: np.ndarray, side: float, theme: Theme
) -> None:
    fair = BUBBLE * side  # diameter of the fair share, in points
    times = np.minimum(panel.shares * len(panel.shares), LARGEST)
    colour, hit = theme.role(panel.role), panel.reached
    x, y = centres.T
    axes.scatter(x, y, s=fair**2, facecolors="none", edgecolors=theme.real, linewidths=0.8)
    diameters = np.round(2 * fair * times**0.5) / 2  # few sizes, so few outlines to write
    for diameter in np.unique(diameters[hit]):
        some = centres[hit & (diameters == diameter)]
        axes.plot(*some.T, "o", color=colour, alpha=0.75, markersize=diameter, markeredgewidth=0)
    axes.scatter(x[~hit], y[~hit], s=0.5 * fair**2, marker="x", color=theme.text, linewidths=1.3)


def _bubble_key(theme: Theme) -> list[Line2D]:
    entries = (
        ("fair share of the samples", theme.real, "o", "none"),
        ("share in this mode (area)", theme.muted, "o", theme.muted),
        ("mode missed", theme.text, "x", theme.text),
    )
    return [
        Line2D(
            [], [], linestyle="none", label=text, marker=marker, markersize=8,
            markeredgecolor=colour, markerfacecolor=face,
        )
        for text, colour, marker, face in entries
    ]  # fmt: skip


def _missed(counts: list[int]) -> str:
    """Return how many clouds each training misses."""
    if not any(counts):
        return "no cloud missing"
    if len(set(counts)) == 1 and len(counts) > 1:
        return f"{counts[0]} missing with every seed"
    return f"{wording.enumerated([str(n) for n in counts])} missing"


def describe(picture: Picture) -> Description:
    """Say how many modes each seed reaches."""
    count = len(picture.centres)
    missing = dict[str, list[int]]()
    for panel in picture.panels:
        missing.setdefault(panel.title, []).append(count - int(panel.reached.sum()))
    first = (
        f"A panel for every training, with a bubble for each of the data's {count} clouds, as "
        f"large as its share of the samples, and a cross where a cloud is missing. "
    )
    missed = [(title, _missed(counts)) for title, counts in missing.items()]
    alt = first + seen.grouped(missed, seen.MOST - len(first))
    columns = ("System", "Seed", "Modes reached", "In no mode", "Fullest mode", "Emptiest mode")
    rows = (
        (
            panel.title,
            str(panel.seed),
            str(int(panel.reached.sum())),
            wording.percent(panel.off),
            wording.percent(float(panel.shares.max())),
            wording.percent(float(panel.shares.min())),
        )
        for panel in picture.panels
    )
    fair = wording.percent(1 / len(picture.centres))
    note = f"Shares of all samples; the fair share of a mode is {fair}."
    return wording.described(alt, columns, rows, note)
