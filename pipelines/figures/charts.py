"""What charts over numbers share: an empty canvas and logarithmic axes with plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import (
    FuncFormatter,
    Locator,
    LogLocator,
    NullLocator,
    SymmetricalLogLocator,
)

from pipelines.contracts.figure import TALLEST, WIDE
from pipelines.figures import lines, wording
from pipelines.figures.style import FAMILY_NAMES, MARKS, PIXELS_PER_INCH, TITLE, Theme

TITLE_LINE = 18  # height of a line of a band's title, in CSS pixels
LEGEND = 3  # columns of a legend in a wide drawing
SMALLER = 0.8  # of their size that panels keep at least
FLOOR_REACH = 0.2  # a floor below this part of the lowest value is written, not drawn


def canvas(theme: Theme, height: float, arranged: bool = True) -> Figure:
    """Return an empty figure of the theme's width and `height` CSS pixels.

    It finds room for its axes and their texts, unless all is placed by hand (`arranged` false).
    """
    size = (theme.column / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    layout = ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)
    return Figure(figsize=size, layout=layout if arranged else None)


def sheet(theme: Theme, height: float) -> tuple[Figure, Axes]:
    """Return a figure with axes that count CSS pixels from its upper left corner."""
    figure = canvas(theme, height, arranged=False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, theme.column), ylim=(height, 0))
    return figure, axes


def columns_of(theme: Theme, columns: int, least: int = 1) -> int:
    """Return how many panels stand side by side where a wide drawing has `columns`.

    About half as many on a telephone, so that a panel keeps its width; `least` at least, for
    panels that are looked at together.
    """
    return max(least, round(columns * theme.column / WIDE))


def evenly(count: int, most: int) -> int:
    """Return how many of `count` panels stand side by side so that rows of `most` are even."""
    return -(-count // rows_of(count, most))


def rows_of(count: int, columns: int) -> int:
    """Return how many rows so many panels take."""
    return -(-count // columns)


def panel_grid(
    theme: Theme,
    count: int,
    columns: int,
    texts: float,
    ratio: float = 1,
    around: float = 0,
    least: int = 1,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, in rows of `columns` where it is wide.

    Where it is narrow half as many stand side by side, but `least`. A panel's height is `ratio`
    times its width and `texts` CSS pixels for what is written above and below it; `around` is what
    a legend takes. The last row may stay unfilled. Panels are a little smaller where a page then
    holds them all.
    """
    across = columns_of(theme, columns, least)
    rows = rows_of(count, across)
    words, panels = around + rows * texts, rows * ratio * theme.column / across
    most = math.inf if theme.narrow else max(TALLEST, words + SMALLER * panels)
    figure = canvas(theme, min(words + panels, most))
    cells = figure.subplots(rows, across, squeeze=False).ravel()
    for axes in cells[count:]:
        axes.set_axis_off()
    return figure, list(cells[:count])


def bands(
    theme: Theme,
    titles: Sequence[tuple[str, str]],
    count: int,
    across: int,
    texts: float,
    around: float = 0,
) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure with a band of `count` square panels below each title.

    Args:
        titles: Each with its colour.
        across: Panels side by side; the others of a band stand below them.
        texts: Height of what is written above and below a panel, in CSS pixels.
        around: Height of a legend, in CSS pixels.
    """
    room = theme.column - 16
    names = ["\n".join(lines.wrapped(title, room, TITLE, bold=True)) for title, _ in titles]
    rows = rows_of(count, across)
    heights = [
        TITLE_LINE * (1 + name.count("\n")) + 8 + rows * (theme.column / across + texts)
        for name in names
    ]
    figure = canvas(theme, sum(heights) + around)
    parts = figure.subfigures(len(names), 1, squeeze=False, height_ratios=heights)[:, 0]
    cells = []
    for part, name, (_, colour) in zip(parts, names, titles, strict=True):
        part.suptitle(name, x=0.01, ha="left", color=colour, fontsize=TITLE, fontweight="bold")
        cells.append(list(part.subplots(rows, across, squeeze=False).ravel()))
    for axes in (axes for band in cells for axes in band):
        axes.set_axis_off()
    return figure, cells


def halo(theme: Theme) -> list[patheffects.AbstractPathEffect]:
    """Return what keeps a text readable where it crosses lines: an edge in the paper's colour."""
    return [patheffects.withStroke(linewidth=2.5, foreground=theme.paper)]


def legend_below(
    figure: Figure, handles: Sequence[Line2D], theme: Theme, columns: int = LEGEND
) -> None:
    """Write a legend below all panels, as high as `legend_height` says."""
    across = 1 if theme.narrow else columns
    figure.legend(handles=list(handles), loc="outside lower center", ncols=across)


def legend_height(entries: int, theme: Theme, columns: int = LEGEND) -> float:
    """Return what a legend takes, in CSS pixels, in `columns` where the drawing is wide."""
    return 14 + 19 * rows_of(entries, 1 if theme.narrow else columns)


def family_key(roles: Iterable[str], theme: Theme) -> list[Line2D]:
    """Return a legend's handles: the colour and the marker of each family of methods."""
    return marker_key((FAMILY_NAMES[one], theme.role(one), MARKS[one].marker, 8) for one in roles)


def marker_key(entries: Iterable[tuple[str, str, str, float]]) -> list[Line2D]:
    """Return a legend's handles from texts, each with a colour, a marker and its size."""
    return [
        Line2D([], [], linestyle="none", label=text, color=colour, marker=marker, markersize=size)
        for text, colour, marker, size in entries
    ]


def value_axis(axes: Axes, values: np.ndarray, share: bool = False) -> None:
    """Make the vertical axis logarithmic; linear near 0 if a value is 0, which would vanish."""
    positive = values[values > 0]
    if positive.size == values.size:
        axes.set_yscale("log")
        locator: Locator = LogLocator(subs=(1, 2, 5))
    else:
        smallest = float(positive.min()) if positive.size else 1e-3
        axes.set_yscale("symlog", linthresh=smallest)
        axes.set_ylim(bottom=0)
        locator = SymmetricalLogLocator(base=10, linthresh=smallest, subs=(1, 2, 5))
    _plain_ticks(axes.yaxis, locator, share)


def count_axis(axes: Axes) -> None:
    """Make the horizontal axis logarithmic with ticks 1, 2, 5, 10 …"""
    axes.set_xscale("log")
    _plain_ticks(axes.xaxis, LogLocator(subs=(1, 2, 5)), share=False)


def _plain_ticks(axis: Axis, locator: Locator, share: bool) -> None:
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick_text(value, share)))
    axis.set_minor_locator(NullLocator())


def _tick_text(value: float, share: bool) -> str:
    text = wording.significant(100 * value if share else value)
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{plain} %" if share else plain


def draw_floor(
    axes: Axes, metric: str, floor: float, lowest: float, theme: Theme
) -> tuple[tuple[float, float], str]:
    """Draw the score of real data as a line, if it is not far below all values.

    Returns:
        The right end of the line, or of the axis that ends above the score, and its words.
    """
    text, right = f"real data: {wording.quantity(metric, floor)}", axes.get_xlim()[1]
    if floor == 0 or floor < FLOOR_REACH * lowest:
        return (right, axes.get_ylim()[0]), f"{text} ↓"
    axes.axhline(floor, color=theme.real, linestyle=":", linewidth=1.6, zorder=1)
    axes.set_ylim(bottom=min(0.65 * floor, axes.get_ylim()[0]))
    return (right, floor), text
