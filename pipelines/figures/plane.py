"""What is drawn in the plane of the 2D data: clouds, trajectories, jumps.

Diffusion trajectories in Karras coordinates start ten times farther out than the data lie. They
are shown as DDIM moves them, x / √(1 + σ²): unit variance at every noise level, the data
themselves at σ = 0. Flow-matching states have this scale already and are shown as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from pipelines.contracts.experiment import Experiment
from pipelines.figures.reading import Path
from pipelines.figures.style import COLUMN, PIXELS_PER_INCH, Theme

Limits = tuple[float, float, float, float]  # left, right, bottom, top


def on_screen(experiment: Experiment, path: Path) -> np.ndarray:
    """Return a path (steps + 1, points, 2) in variance-preserving coordinates."""
    return rescaled(experiment, path.x, path.level[:, None])


def rescaled(experiment: Experiment, x: np.ndarray, level: np.ndarray | float) -> np.ndarray:
    """Return states (…, 2) at noise levels (…) at the scale in which they are drawn."""
    if experiment.method == "flow_matching":
        return x
    return x / np.sqrt(1 + np.asarray(level)[..., None] ** 2)


def canvas(height: int) -> Figure:
    """Return an empty figure of the column's width and `height` CSS pixels."""
    size = (COLUMN / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    figure = Figure(figsize=size, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)
    return figure


def window(*clouds: np.ndarray, margin: float = 0.06) -> Limits:
    """Return limits that hold all points (…, 2), with a margin relative to the larger side."""
    points = np.concatenate([np.reshape(cloud, (-1, 2)) for cloud in clouds])
    low, high = points.min(axis=0), points.max(axis=0)
    pad = margin * float((high - low).max() or 1.0)
    return (
        float(low[0] - pad),
        float(high[0] + pad),
        float(low[1] - pad),
        float(high[1] + pad),
    )


def squared(limits: Limits) -> Limits:
    """Return the smallest square window around the same middle."""
    left, right, bottom, top = limits
    half = max(right - left, top - bottom) / 2
    x, y = (left + right) / 2, (bottom + top) / 2
    return (x - half, x + half, y - half, y + half)


def plane(axes: Axes, limits: Limits, theme: Theme, ticks: bool = False) -> None:
    """Make axes a piece of the plane: equal scales, a quiet frame, ticks only where asked."""
    axes.set(xlim=limits[:2], ylim=limits[2:])
    axes.set_aspect("equal")
    axes.spines[:].set(visible=True, color=theme.grid)
    if not ticks:
        axes.set(xticks=[], yticks=[])


def cloud(axes: Axes, points: np.ndarray, colour: str, size: float = 3, alpha: float = 0.6) -> None:
    """Draw many points (n, 2) as one picture: as outlines they would weigh megabytes."""
    axes.plot(
        *points.T,
        linestyle="none",
        marker="o",
        markersize=size**0.5,
        markeredgewidth=0,
        color=colour,
        alpha=alpha,
        rasterized=True,
        zorder=1,
    )


def walk(
    axes: Axes,
    points: np.ndarray,
    colour: str,
    theme: Theme,
    line: str = "-",
    marker: str = "o",
    label: str = "",
    size: float = 5,
) -> None:
    """Draw the states (k, 2) of a solver and the steps between them."""
    axes.plot(
        *points.T,
        linestyle=line,
        marker=marker,
        color=colour,
        linewidth=1.5,
        markersize=size,
        markeredgecolor=theme.paper,
        markeredgewidth=0.7,
        label=label or None,
        zorder=3,
    )


def jump(
    axes: Axes, start: np.ndarray, end: np.ndarray, colour: str, width: float = 1.8
) -> Annotation:
    """Draw one evaluation of a network as an arrow from a state to its output."""
    return axes.annotate(
        "",
        xy=(float(end[0]), float(end[1])),
        xytext=(float(start[0]), float(start[1])),
        arrowprops={
            "arrowstyle": "-|>,head_width=0.28,head_length=0.55",
            "color": colour,
            "linewidth": width,
            "shrinkA": 3,
            "shrinkB": 0,
        },
        zorder=4,
    )


def star(axes: Axes, at: np.ndarray, colour: str, theme: Theme, size: float = 13) -> None:
    """Mark an endpoint."""
    axes.plot(
        *at,
        marker="*",
        markersize=size,
        color=colour,
        markeredgecolor=theme.paper,
        markeredgewidth=0.8,
        linestyle="none",
        zorder=5,
    )


def label(
    axes: Axes,
    text: str,
    at: np.ndarray,
    theme: Theme,
    offset: Sequence[float] = (8, 6),
    colour: str = "",
) -> Annotation:
    """Write beside a point, `offset` points (1/72 inch) away, on a patch of paper colour."""
    right, up = offset
    return axes.annotate(
        text,
        xy=(float(at[0]), float(at[1])),
        xytext=(right, up),
        textcoords="offset points",
        ha="left" if right > 0 else "right" if right < 0 else "center",
        va="bottom" if up > 0 else "top" if up < 0 else "center",
        color=colour or theme.text,
        fontsize=10,
        path_effects=[patheffects.withStroke(linewidth=2.5, foreground=theme.paper)],
        zorder=7,
    )
