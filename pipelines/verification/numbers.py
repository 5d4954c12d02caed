"""Numbers of two builds: each pair with its tolerance.

A build draws from the same noise and trains from the same seeds as another; what differs is how
its processor rounds. That moves most numbers far less than other noise and other seeds would
(docs/measurements/arithmetic-2026-11-29.md), so that the standard errors of both builds, taken as
independent, bound it. The bound is as many of them as keep two sound builds from differing in any
of their numbers by chance nineteen times in twenty (Šidák 1967).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from pipelines.contracts.evidence import Number

_BY_CHANCE = 0.05  # that any number of two sound builds is called different


class Status(StrEnum):
    """How two things stand to each other, best first."""

    IDENTICAL = "identical"
    WITHIN = "within tolerance"
    UNKNOWN = "cannot tell"
    DIFFERENT = "different"


WORST = list(Status)


def worst(statuses: list[Status]) -> Status:
    """Return the worst of them; identical if there are none."""
    return max(statuses, key=WORST.index, default=Status.IDENTICAL)


@dataclass(frozen=True)
class NumberPair:
    """One number of two builds; None where a build does not have it.

    Attributes:
        tolerance: How far apart they may lie; None where that was never measured.
    """

    key: str
    one: float | None
    other: float | None
    tolerance: float | None
    status: Status

    @property
    def distance(self) -> float:
        """The difference in tolerances; infinite where a number or its tolerance is missing."""
        if self.one is None or self.other is None:
            return math.inf
        apart = abs(self.one - self.other)
        if not apart:
            return 0.0
        return apart / self.tolerance if self.tolerance else math.inf


def compare_numbers(
    one: Mapping[str, Number], other: Mapping[str, Number]
) -> dict[str, NumberPair]:
    """Return all numbers of both, by key."""
    keys = sorted(one.keys() | other.keys())
    sigmas = allowed_sigmas(len(keys))
    return {key: _pair(key, one.get(key), other.get(key), sigmas) for key in keys}


def allowed_sigmas(count: int) -> float:
    """Return how many standard errors the worst of `count` sound numbers may differ by."""
    each = 1 - (1 - _BY_CHANCE) ** (1 / max(1, count))
    return NormalDist().inv_cdf(1 - each / 2)


def _pair(key: str, one: Number | None, other: Number | None, sigmas: float) -> NumberPair:
    if one is None or other is None:
        there = (one.value if one else None, other.value if other else None)
        return NumberPair(key, *there, None, Status.DIFFERENT)
    tolerance = _tolerance(one, other, sigmas)
    apart = abs(one.value - other.value)
    if not apart:
        status = Status.IDENTICAL
    elif tolerance is None:
        status = Status.UNKNOWN
    else:
        status = Status.WITHIN if apart <= tolerance else Status.DIFFERENT
    return NumberPair(key, one.value, other.value, tolerance, status)


def _tolerance(one: Number, other: Number, sigmas: float) -> float | None:
    if one.error is None or other.error is None:
        return None
    return max(sigmas * math.hypot(one.error, other.error), one.step, other.step)
