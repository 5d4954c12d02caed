"""Columns of labels beside crowded points, each with a thin line to its point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pipelines.figures.charts import halo
from pipelines.figures.style import Theme


def callouts(
    axes: Axes,
    points: np.ndarray,
    texts: Sequence[str],
    theme: Theme,
    room: float = 0.09,
    near: bool = False,
) -> None:
    """Write texts in a column at the emptier side, each with a thin line to its point (k, 2).

    With `near` the column stands at the points' own side, for a window that was widened there.

    Points of a trajectory crowd towards its end, where labels beside them would cover each
    other. `room` is the height of one text as a part of the axes.
    """
    left, right, bottom, top = (*axes.get_xlim(), *axes.get_ylim())
    on_left = (float(points[:, 0].mean()) > (left + right) / 2) != near
    order = np.argsort(points[:, 1], kind="stable")
    heights = spaced((points[order, 1] - bottom) / (top - bottom), room)
    for index, height in zip(order, heights, strict=True):
        axes.annotate(
            texts[index],
            xy=(float(points[index, 0]), float(points[index, 1])),
            xytext=(0.03 if on_left else 0.97, height),
            textcoords="axes fraction",
            ha="left" if on_left else "right",
            va="center",
            path_effects=halo(theme),
            arrowprops={"arrowstyle": "-", "color": theme.muted, "linewidth": 0.7, "shrinkB": 6},
            zorder=7,
        )


def margin_labels(
    axes: Axes, points: np.ndarray, texts: Sequence[str], theme: Theme, room: float = 0.075
) -> None:
    """Write texts in a column right of the axes, each with a thin line to its point (k, 2).

    For charts with more series than a legend can name. Call it when the limits are final; `room`
    is the height of one text as a part of the axes.
    """
    seen = axes.transAxes.inverted().transform(axes.transData.transform(points))
    order = np.argsort(seen[:, 1], kind="stable")
    line = {"arrowstyle": "-", "color": theme.muted, "linewidth": 0.6, "alpha": 0.7}
    for index, height in zip(order, spaced(seen[order, 1], room), strict=True):
        axes.annotate(
            texts[index],
            xy=(float(points[index, 0]), float(points[index, 1])),
            xytext=(1.07, height),
            textcoords="axes fraction",
            va="center",
            arrowprops={**line, "shrinkA": 1, "shrinkB": 5, "relpos": (0, 0.5)},
            annotation_clip=False,
            zorder=2,
        )


def spaced(wanted: np.ndarray, room: float) -> list[float]:
    """Return heights nearest to those wanted (rising), at least `room` apart, inside 0 … 1.

    Least squares: neighbours that come too near form a block around their mean (the
    pool-adjacent-violators algorithm of isotonic regression).
    """
    blocks: list[list[float]] = []
    for index, height in enumerate(wanted):
        blocks.append([float(height) - index * room])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    bases = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    low = room / 2 + 0.01
    high = max(low, 1 - low - room * (len(bases) - 1))
    heights = np.clip(bases, low, high) + room * np.arange(len(bases))
    return [float(height) for height in heights]
