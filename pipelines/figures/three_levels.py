"""Three ways to fewer network evaluations: a better solver, flow matching, one jump.

All three start from the same noise. Of the longer half of the recorded trajectories it is the
one on which every method errs as it typically does: not lucky for one and unlucky for another.

A flow's trajectories are those of diffusion but for scale and time where both are learnt without
error (Gao et al. 2024, Diffusion Meets Flow Matching); how far a few Euler steps come differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling
from pipelines.figures import labels, plane, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("teacher", "flow", "student")
HEIGHT = 330  # in CSS pixels, as the edges
EDGES = (42, 14, 40, 48)  # left, right, below and above the ways
WORDS = {False: 0.62, True: 0.6}  # where the column of words begins, as a part of the width
FEW = 10  # at least so many steps: with less the better solver is not yet better


@dataclass(frozen=True)
class Walk:
    """A solver's states (k, points, 2), and how far off its endpoints are, shape (points,)."""

    name: str
    nfe: int
    states: np.ndarray
    errors: np.ndarray


@dataclass(frozen=True)
class Level:
    """One idea: the exact trajectories (m, points, 2) and what few evaluations make of them."""

    title: str
    model: str  # whose trajectories solvers walk on; "" where nothing is walked
    role: str
    exact: np.ndarray
    walks: tuple[Walk, ...]

    @property
    def bend(self) -> float:
        """Length of the exact trajectories over the distance of their ends."""
        return bend(self.exact)


@dataclass(frozen=True)
class Picture:
    """`index` says which of the recorded starts is drawn."""

    real: np.ndarray
    index: int
    levels: tuple[Level, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read three ways from one noise: solvers, a flow, and a jump."""
    teacher, flow, student = (reading.chosen(data, options, role) for role in ROLES)
    levels = (_solvers(data, teacher), _flow(data, flow), _jump(data, teacher, student))
    index = typical(levels[0].exact, [walk.errors for level in levels for walk in level.walks])
    return Picture(reading.array(data, teacher, "real")[: plane.BACKGROUND], index, levels)


def _solvers(data: FigureData, teacher: Experiment) -> Level:
    exact, few = _exact(data, teacher), _few(data, teacher, "euler")
    walks = (
        _walk(data, teacher, Sampling(sampler, few), exact[-1])
        for sampler in ("euler", "dpmpp_2m")
    )
    return Level("Better solver", "diffusion model", "teacher", exact, tuple(walks))


def _flow(data: FigureData, flow: Experiment) -> Level:
    exact, few = _exact(data, flow), _few(data, flow, "flow_euler")
    walk = _walk(data, flow, Sampling("flow_euler", few), exact[-1])
    return Level("Flow matching", "flow model", "flow", exact, (walk,))


def _jump(data: FigureData, teacher: Experiment, student: Experiment) -> Level:
    exact = _exact(data, teacher)
    ends = reading.samples(data, student, Sampling("consistency", 1))[: exact.shape[1]]
    walk = _measured("Consistency model", 1, np.stack([exact[0], ends]), exact[-1])
    return Level("One jump", "", "student", exact, (walk,))


def _few(data: FigureData, experiment: Experiment, sampler: str) -> int:
    steps = reading.steps_of(data, experiment, sampler)
    return next((count for count in steps if count >= FEW), steps[-1])


def _exact(data: FigureData, experiment: Experiment) -> np.ndarray:
    """Return the reference sampler's states as they are drawn, (steps + 1, points, 2)."""
    path = reading.path(data, experiment, reading.reference(experiment))
    return plane.on_screen(experiment, path)


def _walk(data: FigureData, experiment: Experiment, sampling: Sampling, ends: np.ndarray) -> Walk:
    states = plane.on_screen(experiment, reading.path(data, experiment, sampling))
    name = wording.sampler_name(sampling.sampler)
    return _measured(name, reading.nfe(data, experiment, sampling), states, ends)


def _measured(name: str, nfe: int, states: np.ndarray, ends: np.ndarray) -> Walk:
    return Walk(name, nfe, states, np.linalg.norm(states[-1] - ends, axis=-1))


def typical(exact: np.ndarray, errors: list[np.ndarray]) -> int:
    """Return the start at which the methods' errors are nearest to their medians, in ratio.

    Args:
        exact: Trajectories (m, points, 2); only the longer half is looked at.
        errors: Of each method, shape (points,).
    """
    logs = np.log(np.stack(errors) + 1e-9)
    surprise = ((logs - np.median(logs, axis=1, keepdims=True)) ** 2).sum(axis=0)
    lengths = _lengths(exact)
    return int(np.argmin(np.where(lengths >= np.median(lengths), surprise, np.inf)))


def _lengths(paths: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.linalg.norm(np.diff(paths, axis=0), axis=-1).sum(axis=0)
    return lengths


def bend(paths: np.ndarray) -> float:
    """Return length over distance of the ends, both summed over paths (steps + 1, points, 2).

    1 for straight lines. A mean of ratios would be ruled by those that end where they start.
    """
    return float(_lengths(paths).sum() / np.linalg.norm(paths[-1] - paths[0], axis=-1).sum())


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw all ways over each other, and in a column beside them where each has come."""
    ways = [(level, walk) for level in picture.levels for walk in level.walks]
    drawn = [level.exact[:, picture.index] for level in picture.levels]
    drawn += [walk.states[:, picture.index] for _, walk in ways]
    words, points = WORDS[theme.narrow], np.concatenate(drawn)
    figure, axes, _ = plane.sheet_before_words(theme, points, HEIGHT, words, EDGES)
    plane.point_set(axes, plane.left_of(axes, words, picture.real), theme.real, size=8, alpha=0.45)
    for level in picture.levels:
        _draw_level(axes, level, picture.index, theme)
    exact = picture.levels[0].exact[:, picture.index]
    plane.walk(axes, exact[:1], theme.text, theme, size=8)
    plane.star(axes, exact[-1], theme.text, theme, size=15)
    plane.label(axes, "noise $x_T$", exact[0], theme, (0, -9))
    if not theme.narrow:
        _name_exact(axes, exact, theme)
    ends = [walk.states[-1, picture.index] for _, walk in ways]
    texts = [_told(level, walk, picture.index, theme.narrow) for level, walk in ways]
    colours = [theme.letters(level.role) for level, _ in ways]
    ends, texts, colours = [*ends, exact[-1]], [*texts, "exact end"], [*colours, theme.text]
    labels.column(axes, np.array(ends), texts, theme, colours, words)
    return figure


def _draw_level(axes: Axes, level: Level, index: int, theme: Theme) -> None:
    colour = theme.role(level.role)
    axes.plot(*level.exact[:, index].T, color=theme.muted, linewidth=1.2, zorder=2)
    lines = [("--", "s"), ("-", "o")][-len(level.walks) :]
    for walk, (line, marker) in zip(level.walks, lines, strict=True):
        states = walk.states[:, index]
        if walk.nfe == 1:
            plane.jump(axes, states[0], states[-1], colour, width=2.4)
        else:
            plane.walk(axes, states, colour, theme, line, marker, size=4 if theme.narrow else 6)


def _name_exact(axes: Axes, exact: np.ndarray, theme: Theme) -> None:
    """Name the exact trajectories where they bend most, on the outer side."""
    chord = exact[-1] - exact[0]
    across = np.array([-chord[1], chord[0]]) / np.linalg.norm(chord)
    apart = (exact - exact[0]) @ across
    index = int(np.abs(apart).argmax())
    right, up = 8 * np.sign(apart[index]) * across
    plane.label(axes, "exact trajectories", exact[index], theme, (right, up), theme.muted)


def _told(level: Level, walk: Walk, index: int, narrow: bool) -> str:
    """Return what stands at the end of a way: whose it is, its evaluations, its error."""
    calls = "1 evaluation" if walk.nfe == 1 else f"{walk.nfe} evaluations"
    model = f",{chr(10) if narrow else ' '}{level.model}" if level.model else ""
    miss = wording.number(float(walk.errors[index]))
    return f"{walk.name}{model}\n{calls}{chr(10) if narrow else ', '}{miss} off"


def describe(picture: Picture) -> Description:
    """List how far from the exact endpoint each way ends."""
    solver, flow, jump = picture.levels
    euler, better = solver.walks
    alt = (
        f"Three ideas from the same noise, beside the exact trajectory. With {better.nfe} "
        f"evaluations of the diffusion teacher {better.name} ends {_miss(picture, better)} from "
        f"the exact endpoint, {euler.name} {_miss(picture, euler)}; with {flow.walks[0].nfe} of "
        f"the flow {flow.walks[0].name} ends {_miss(picture, flow.walks[0])} off. A single "
        f"evaluation of the consistency model lands {_miss(picture, jump.walks[0])} off."
    )
    columns = ("Idea", "Method", "NFE", "Endpoint", "Error here", "Mean error", "Length ratio")
    rows = (
        (
            level.title,
            walk.name,
            str(walk.nfe),
            wording.point(walk.states[-1, picture.index]),
            _miss(picture, walk),
            wording.number(float(walk.errors.mean())),
            wording.number(level.bend),
        )
        for level in picture.levels
        for walk in level.walks
    )
    note = (
        f"Mean error: distance to the exact endpoint over {picture.levels[0].exact.shape[1]} "
        "starts. Length ratio: length of the exact trajectories over the distance of their ends, "
        "as drawn (at unit variance); 1 is straight."
    )
    return wording.described(alt, columns, rows, note)


def _miss(picture: Picture, walk: Walk) -> str:
    return wording.number(float(walk.errors[picture.index]))
