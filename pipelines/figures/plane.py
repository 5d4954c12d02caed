"""What is drawn in the plane of the 2D data: points, trajectories, jumps.

Diffusion trajectories in Karras coordinates start ten times farther out than the data lie, and
flow-matching trajectories shrink on the way. Both are shown at unit variance, as DDIM moves them:
x / √(1 + σ²), and x / √((1 − t)² + t²). At the end, without noise, this is x itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from pipelines.contracts.experiment import Experiment
from pipelines.figures import charts
from pipelines.figures.reading import Path
from pipelines.figures.style import Theme

Limits = tuple[float, float, float, float]  # left, right, bottom, top
PATCH = {"boxstyle": "square,pad=0.08", "edgecolor": "none", "alpha": 0.7}  # behind words
BACKGROUND = 900  # real points behind a drawing
_HAIR = 1e-4  # what has no length at all, PNGs leave out; SVGs round it away


def on_screen(experiment: Experiment, path: Path) -> np.ndarray:
    """Return a path (steps + 1, points, 2) in variance-preserving coordinates."""
    return rescaled(experiment, path.x, path.level[:, None])


def rescaled(experiment: Experiment, x: np.ndarray, level: np.ndarray | float) -> np.ndarray:
    """Return states (…, 2) at noise levels (…) at the scale in which they are drawn."""
    noise = np.asarray(level)[..., None]
    signal = 1 - noise if experiment.method == "flow_matching" else np.ones_like(noise)
    scaled: np.ndarray = x / np.hypot(signal, noise)
    return scaled


def window(*point_sets: np.ndarray, margin: float = 0.06) -> Limits:
    """Return limits that hold all points (…, 2), with a margin relative to the larger side."""
    points = np.concatenate([np.reshape(points, (-1, 2)) for points in point_sets])
    low, high = points.min(axis=0), points.max(axis=0)
    pad = margin * float((high - low).max() or 1.0)
    return (float(low[0] - pad), float(high[0] + pad), float(low[1] - pad), float(high[1] + pad))


def squared(limits: Limits) -> Limits:
    """Return the smallest square window around the same middle."""
    left, right, bottom, top = limits
    half = max(right - left, top - bottom) / 2
    x, y = (left + right) / 2, (bottom + top) / 2
    return (x - half, x + half, y - half, y + half)


def widened(limits: Limits, to_left: bool, share: float) -> Limits:
    """Return limits with room for texts at one side: that share of the width more."""
    left, right, bottom, top = limits
    room = share * (right - left)
    return (left - room, right, bottom, top) if to_left else (left, right + room, bottom, top)


def plane(axes: Axes, limits: Limits, theme: Theme, ticks: bool = False) -> None:
    """Make axes a piece of the plane: equal scales, a quiet frame, ticks only where asked."""
    axes.set(xlim=limits[:2], ylim=limits[2:])
    axes.set_aspect("equal", anchor="N")
    axes.spines[:].set(visible=True, color=theme.grid)
    if not ticks:
        axes.set(xticks=[], yticks=[])


def sheet_before_words(
    theme: Theme,
    points: np.ndarray,
    height: int,
    words: float,
    edges: tuple[float, float, float, float],
) -> tuple[Figure, Axes, float]:
    """Return a figure with one piece of the plane, in which words have a column at the right.

    Args:
        points: What shall fill the place before the column, shape (n, 2).
        words: Where the column begins, as a part of the width.
        edges: CSS pixels that stay free left, right, below and above of the points.

    Returns:
        The figure, its axes, and how long a CSS pixel is in the plane.
    """
    figure, axes = charts.sheet(theme, height)
    low, high = points.min(axis=0), points.max(axis=0)
    left, right, below, above = edges
    place = np.array([words * theme.column - left - right, height - below - above])
    scale = float(((high - low) / place).max())
    x, y = (low + high) / 2 - scale * (place / 2 + (left, below))
    axes.set_axis_on()
    plane(axes, (x, x + theme.column * scale, y, y + height * scale), theme)
    return figure, axes, scale


def left_of(axes: Axes, share: float, points: np.ndarray) -> np.ndarray:
    """Return those of points (n, 2) that lie in the left part of the axes: words follow there."""
    left, right = axes.get_xlim()
    return points[points[:, 0] < left + share * (right - left)]


def point_set(
    axes: Axes, points: np.ndarray, colour: str, size: float = 3, alpha: float = 0.6
) -> None:
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


def segments(
    axes: Axes,
    starts: np.ndarray,
    ends: np.ndarray,
    colour: str,
    width: float = 1,
    alpha: float = 1,
    heads: float = 0,
) -> None:
    """Draw lines from starts (n, 2) to ends (n, 2), all as one path: the others weigh too much.

    With `heads` they are arrows, their barbs so long relative to the line.
    """
    gap = np.full_like(starts, np.nan)
    strokes = [starts, ends, gap]
    if heads:
        back = heads * (starts - ends)
        turned = [back @ np.array([[0.87, side], [-side, 0.87]]) for side in (0.5, -0.5)]
        strokes = [starts, ends, ends + turned[0], ends, ends + turned[1], gap]
    line = np.stack(strokes, axis=1).reshape(-1, 2)
    axes.plot(*line.T, color=colour, linewidth=width, alpha=alpha, zorder=3)


def dots(axes: Axes, points: np.ndarray, colour: str, size: float) -> None:
    """Draw small round points (n, 2) as lines of no length: a third of the bytes of markers."""
    segments(axes, points, points + _HAIR, colour, width=size)


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
        bbox={**PATCH, "facecolor": theme.paper},
        zorder=7,
    )


def outward(at: np.ndarray, distance: float = 8) -> tuple[float, float]:
    """Return a label's offset that points away from the data's middle, the origin."""
    right, up = (distance if side >= 0 else -distance for side in at)
    return (right, up)
