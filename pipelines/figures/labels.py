"""Columns of labels beside crowded points, each with a thin line to its point."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pipelines.figures.lines import unparted
from pipelines.figures.style import PIXELS_PER_INCH, Theme

LINE, GAP = 15.5, 4  # height of a line of a label, and between labels, in CSS pixels
WRAP = {False: 26, True: 16}  # letters of a line in a wide and in a narrow drawing
EDGE = 1e-3  # height of what counts as the lower edge, in heights of the axes
MARGIN = 1.04  # where a column right of the axes begins, in widths of the axes


def column(
    axes: Axes,
    points: np.ndarray,
    texts: Sequence[str],
    theme: Theme,
    colours: Sequence[str] = (),
    at: float = MARGIN,
) -> None:
    """Write texts one below the other, each as near to the height of its point (k, 2) as fits.

    Each has a thin line to its point: for what a legend could not name, or the eye would have to
    look up there. A point on the lower edge stands for what is below it, and has no line. Call it
    when the limits are final. `colours` are those of the texts and lines, `at` is where the column
    begins.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None, "axes are made by a figure"
    figure.draw_without_rendering()  # for the height of the axes
    seen = axes.transAxes.inverted().transform(axes.transData.transform(points))
    tall = axes.get_window_extent().height * PIXELS_PER_INCH / figure.dpi
    order = np.argsort(seen[:, 1], kind="stable")
    rooms = np.array([height([texts[i]]) for i in order]) / tall
    for index, place in zip(order, spaced(seen[order, 1], rooms), strict=True):
        colour = colours[index] if colours else theme.text
        line = {
            **{"arrowstyle": "-", "linewidth": 0.7, "alpha": 0.6, "shrinkA": 2, "shrinkB": 5},
            "color": colours[index] if colours else theme.muted,
            "relpos": (0, 0.5),
        }
        axes.annotate(
            texts[index],
            xy=(float(points[index, 0]), float(points[index, 1])),
            xytext=(at, place),
            textcoords="axes fraction",
            va="center",
            color=colour,
            arrowprops=line if seen[index, 1] > EDGE else None,
            annotation_clip=False,
            zorder=6,
        )


def wrapped(names: Sequence[str], theme: Theme, letters: int = 0) -> list[str]:
    """Return names broken into lines that leave room for what they name."""
    width = letters or WRAP[theme.narrow]
    whole = textwrap.TextWrapper(width, break_on_hyphens=False, break_long_words=False)
    return [whole.fill(unparted(name)) for name in names]


def height(names: Sequence[str]) -> float:
    """Return how high a column of names is at least, in CSS pixels."""
    return sum(LINE * (name.count("\n") + 1) + GAP for name in names)


def spaced(wanted: np.ndarray, room: float | np.ndarray) -> list[float]:
    """Return heights nearest to those wanted (rising), at least `room` apart, inside 0 … 1.

    `room` is the height of every label, or of each. Least squares: neighbours that come too near
    form a block around their mean (the pool-adjacent-violators algorithm of isotonic regression).
    """
    rooms = np.broadcast_to(room, np.shape(wanted)).astype(float)
    above = np.append(0, ((rooms[:-1] + rooms[1:]) / 2).cumsum())  # middles above the lowest's
    blocks: list[list[float]] = []
    for place, offset in zip(wanted, above, strict=True):
        blocks.append([float(place) - offset])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    bases = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    low = rooms[0] / 2
    high = max(low, 1 - rooms[-1] / 2 - above[-1])
    return [float(place) for place in np.clip(bases, low, high) + above]
