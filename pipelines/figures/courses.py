"""Curves in words: which is best where, where the lead changes, where one becomes flat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.contracts.metrics import METRICS
from pipelines.figures import seen, wording

FLAT = 0.1  # of the last value, as axes are logarithmic, and of all that the curve moves


@dataclass(frozen=True)
class Course:
    """Values (k,) of one system at rising places (k,), such as numbers of evaluations."""

    name: str
    at: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Leader:
    """The best value that can be had with at most so many evaluations, and whose it is."""

    at: float
    name: str
    value: float


def high_is_good(metric: str) -> bool:
    """Tell whether more of a metric is better."""
    return metric in METRICS and METRICS[metric].better == "high"


def best_within(courses: Sequence[Course], most: float, high: bool = False) -> Leader | None:
    """Return who is best with at most so much; nobody may be measured there."""
    found = [
        Leader(float(at), one.name, float(value))
        for one in courses
        for at, value in zip(one.at, one.value, strict=True)
        if at <= most
    ]
    return min(found, key=lambda it: -it.value if high else it.value) if found else None


def leaders(courses: Sequence[Course], high: bool = False) -> list[Leader]:
    """Return who takes the lead at which place, from left to right, each with the value there."""
    places = sorted({float(at) for one in courses for at in one.at})
    found: list[Leader] = []
    for place in places:
        best = best_within(courses, place, high)
        if best and not (found and best.value == found[-1].value) and _other(found, best):
            found.append(best)
    return found


def _other(found: list[Leader], best: Leader) -> bool:
    return not found or found[-1].name != best.name


def lead(metric: str, courses: Sequence[Course], unit: str) -> str:
    """Say who is best on the left, who takes over where, and the best value of all.

    Where one is best everywhere, the best of the others is told too.
    """
    high = high_is_good(metric)
    turns = leaders(courses, high)
    shown = turns if len(turns) <= 3 else [turns[0], turns[1], turns[-1]]
    named = [f"{seen.quoted(it.name)} ({_value(metric, it.value)})" for it in shown]
    said = [f"with {_counted(shown[0].at, unit)} {named[0]}"]
    said += [f"from {it.at:g} on {name}" for it, name in zip(shown[1:], named[1:], strict=True)]
    best = best_within(courses, float("inf"), high)
    if best and best.value != shown[-1].value:
        said.append(f"which comes to {_value(metric, best.value)} with {best.at:g}")
    others = [one for one in courses if one.name != shown[0].name]
    other = best_within(others, float("inf"), high) if len(turns) == 1 else None
    if other:
        value = _value(metric, other.value)
        said.append(f"the next is {seen.quoted(other.name)}, {value} with {other.at:g}")
    title = wording.metric_name(metric)
    return f"{title}, {'highest' if high else 'lowest'}: {', '.join(said)}."


def _value(metric: str, value: float) -> str:
    """Return a value as a sentence has it: shares in per cent, others with two digits."""
    return wording.percent(value) if metric in wording.SHARES else wording.significant(value)


def _counted(count: float, unit: str) -> str:
    return f"{count:g} {unit}" if count == 1 else f"{count:g} {unit}s"


def flat_from(course: Course) -> float | None:
    """Return the place from which a curve hardly moves; none if it moves up to its end."""
    moved = np.abs(course.value - course.value[-1])
    near = moved <= FLAT * min(abs(float(course.value[-1])), float(np.ptp(course.value)))
    first = len(near) - int(np.argmin(near[::-1])) if not near.all() else 0
    return float(course.at[first]) if first < len(course.at) - 1 else None


def told(metric: str, course: Course, unit: str) -> str:
    """Say how a curve runs: `X falls from 60.0 % to 6.9 %, flat from step 800`."""
    begin, end = (float(course.value[i]) for i in (0, -1))
    change = seen.CHANGE.word(end / begin) if begin else ("rises" if end else "hardly changes")
    ends = [_value(metric, value) for value in (begin, end)]
    flat = flat_from(course)
    where = "" if flat is None else f", flat from {unit} {flat:g}"
    name = seen.quoted(course.name)
    if change == seen.CHANGE.words[1]:
        return f"{name} {change} ({ends[0]} to {ends[1]})"
    return f"{name} {change} from {ends[0]} to {ends[1]}{where}"
