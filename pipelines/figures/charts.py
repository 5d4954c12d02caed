"""What charts over numbers share: an empty canvas and logarithmic axes with plain numbers."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import (
    FuncFormatter,
    Locator,
    LogLocator,
    NullFormatter,
    SymmetricalLogLocator,
)

from pipelines.figures.style import COLUMN, PIXELS_PER_INCH, Theme
from pipelines.figures.wording import significant


def canvas(height: int) -> Figure:
    """Return an empty figure of the column's width and `height` CSS pixels."""
    size = (COLUMN / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    layout = ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)
    return Figure(figsize=size, layout=layout)


def halo(theme: Theme) -> list[patheffects.AbstractPathEffect]:
    """Return what keeps a text readable where it crosses lines: an edge in the paper's colour."""
    return [patheffects.withStroke(linewidth=2.5, foreground=theme.paper)]


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
    _label(axes.yaxis, locator, share)


def count_axis(axes: Axes) -> None:
    """Make the horizontal axis logarithmic with ticks 1, 2, 5, 10 …"""
    axes.set_xscale("log")
    _label(axes.xaxis, LogLocator(subs=(1, 2, 5)), share=False)


def _label(axis: Axis, locator: Locator, share: bool) -> None:
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, share)))
    axis.set_minor_formatter(NullFormatter())


def _tick(value: float, share: bool) -> str:
    return f"{significant(100 * value, 1)} %" if share else significant(value, 1)
