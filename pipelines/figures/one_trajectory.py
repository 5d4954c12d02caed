"""One trajectory of the trained teacher: solved again from any point of it, it ends as before.

Restarts are drawn side by side, since they cover one another: each line is the stretch of the
trajectory that was solved again, set aside by a few pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.figures import labels, plane, reading, wording
from pipelines.figures.style import SMALL, Theme, themed

ROLES = ("teacher",)
HEIGHT = 400  # in CSS pixels, as all lengths here
EDGES = (30, 30, 62, 30)  # left, right, below and above the trajectory: below lie data
WORDS = {False: 0.46, True: 0.42}  # where the column of words begins, as a part of the width
ASIDE = 6.5  # distance of two restarts' lines
LEAVING, MERGING = 14, 90  # on which a line leaves its point, and comes to the end
CORNER = (0.735, 0.3, 0.235, 0.395)  # of the small map: left, bottom, width, height
SHADES = np.linspace(-0.62, 0.36, 5)  # of the teacher's colour: towards the text's, the paper's


@dataclass(frozen=True)
class Picture:
    """What is drawn, in variance-preserving coordinates; endpoints are the data's own.

    Attributes:
        curve: The trajectory, shape (m, 2).
        at: Which of its points the solver was started anew from, shape (k,).
        x: The same points as the solver sees them, shape (k, 2).
        levels: Their noise levels, falling, shape (k,).
        ends: Where the restarts end, shape (k, 2).
    """

    real: np.ndarray
    curve: np.ndarray
    at: np.ndarray
    x: np.ndarray
    levels: np.ndarray
    ends: np.ndarray

    @property
    def end(self) -> np.ndarray:
        """The end of the trajectory, shape (2,)."""
        last: np.ndarray = self.curve[-1]
        return last

    @property
    def deviations(self) -> np.ndarray:
        """Distances of the restarts' ends to that of the trajectory, shape (k,)."""
        gaps: np.ndarray = np.linalg.norm(self.ends - self.end, axis=1)
        return gaps


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the trajectory of the worked example, and where restarts from its points end."""
    teacher = reading.chosen(data, options, "teacher")
    worked = ("path", "restart_x", "restart_level", "restarts")
    path, x, levels, ends = (reading.array(data, teacher, f"worked/{name}") for name in worked)
    recorded = reading.path(data, teacher, reading.reference(teacher)).level
    order = np.argsort(-levels, kind="stable")
    return Picture(
        real=reading.array(data, teacher, "real")[: plane.BACKGROUND],
        curve=plane.rescaled(teacher, path, recorded),
        at=np.abs(recorded[:, None] - levels[order]).argmin(axis=0),
        x=x[order],
        levels=levels[order],
        ends=ends[order],
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the trajectory, its restarts side by side, and words in a column beside them."""
    words = WORDS[theme.narrow]
    figure, axes, scale = plane.sheet_before_words(theme, picture.curve, HEIGHT, words, EDGES)
    plane.point_set(axes, plane.left_of(axes, words, picture.real), theme.real, size=7, alpha=0.5)
    axes.plot(*picture.curve.T, color=theme.muted, linewidth=1.2, zorder=2)
    for order, (start, colour) in enumerate(zip(picture.at, _shades(theme), strict=True)):
        aside = ASIDE * scale * (order - (len(picture.at) - 1) / 2)
        line = _set_aside(picture.curve[start:], aside, scale)
        axes.plot(*line.T, color=colour, linewidth=3, zorder=3)
        plane.walk(axes, picture.curve[start : start + 1], colour, theme, line="none", size=8)
    plane.walk(axes, picture.curve[:1], theme.text, theme, size=7)
    plane.star(axes, picture.end, theme.text, theme, size=15)
    _write(axes, picture, theme)
    if not theme.narrow:
        _draw_whole(axes, picture, theme)
    return figure


def _set_aside(curve: np.ndarray, aside: float, scale: float) -> np.ndarray:
    """Return a curve (m, 2) moved across its direction, but for its two ends."""
    along = np.gradient(curve, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    come = np.append(0, np.linalg.norm(np.diff(curve, axis=0), axis=1).cumsum()) / scale
    share = np.minimum(np.minimum(come / LEAVING, (come[-1] - come) / MERGING), 1)
    moved: np.ndarray = curve + aside * (share**2 * (3 - 2 * share))[:, None] * across
    return moved


def _shades(theme: Theme) -> list[str]:
    """Return a shade of the teacher's colour for each restart."""
    colour = np.array(to_rgb(theme.teacher))
    paired = [(share, theme.text if share < 0 else theme.paper) for share in SHADES]
    return [
        to_hex(colour + abs(share) * (np.array(to_rgb(other)) - colour)) for share, other in paired
    ]


def _draw_whole(axes: Axes, picture: Picture, theme: Theme) -> None:
    """Show in a corner where among the data the trajectory ends."""
    whole = axes.inset_axes(CORNER)
    limits = plane.squared(plane.window(picture.real, picture.curve))
    plane.plane(whole, limits, theme)
    whole.set_title("where this is", color=theme.muted, fontsize=SMALL)
    plane.point_set(whole, picture.real, theme.real, size=2, alpha=0.6)
    whole.plot(*picture.curve.T, color=theme.teacher, linewidth=2, zorder=3)


def _write(axes: Axes, picture: Picture, theme: Theme) -> None:
    """Write what each point is in a column right of the trajectory."""
    starts = [f"restart at $t$ = {wording.significant(float(t))}" for t in picture.levels]
    largest = wording.significant(float(picture.deviations.max()))
    end = f"all restarts end here,\nat most {largest} from $x_0$"
    points = np.vstack([picture.curve[:1], picture.curve[picture.at], picture.end])
    texts = ["noise $x_T$", *starts, end]
    labels.column(axes, points, texts, theme, at=WORDS[theme.narrow])


def describe(picture: Picture) -> Description:
    """Say how near the ends lie."""
    highest, lowest = picture.levels[0], picture.levels[-1]
    largest = float(picture.deviations.max())
    alt = (
        f"One trajectory of the trained teacher from pure noise to the endpoint "
        f"{wording.point(picture.end)} among the data. Solving again from {len(picture.levels)} "
        f"points of it, at noise levels from t = {wording.significant(float(highest))} to "
        f"{wording.significant(float(lowest))}, ends within {wording.significant(largest)} of "
        f"that endpoint."
    )
    columns = ("Noise level t", "Point x at t", "Endpoint from there", "Distance to x₀")
    rows = (
        (
            wording.significant(float(level), 3),
            wording.point(x),
            f"({wording.number(float(end[0]), 4)}, {wording.number(float(end[1]), 4)})",
            wording.significant(float(deviation)),
        )
        for level, x, end, deviation in zip(
            picture.levels, picture.x, picture.ends, picture.deviations, strict=True
        )
    )
    note = (
        "The drawing shows x / √(1 + t²), the table x itself. Of a restart only its two ends are "
        "recorded: between them its line is the trajectory, set aside."
    )
    return wording.described(alt, columns, rows, note)
