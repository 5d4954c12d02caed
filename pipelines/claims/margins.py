"""How far a comparison lies from turning: its difference in standard errors.

A row of the ledger tells how chance moves it: by its `parts`, what it measures on each part of the
draws, and by the values of repeated trainings. An expression is linearised at the measured
values; its deviation in part k, or in training k, is the sum of its rows' deviations there, each
times the expression's slope. So rows of the same draws are compared as pairs, and what strikes
all of them alike cancels; rows that share nothing count as independent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.claims.evaluating import number
from pipelines.claims.grammar import Expression
from pipelines.contracts.measurement import Ledger, Measurement

DECIDED = 2.0  # standard errors; nearer than that, a comparison is undecided
_STEP = 1e-5  # of a value, to see the slope of an expression
_EQUAL = 1e-9  # relative: numbers computed in two ways, not two measurements


class State(StrEnum):
    """What the measurements say of a comparison."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Uncertainty:
    """How far chance moves a number.

    Attributes:
        error: Standard error, in the number's unit; of what is known.
        draws: The part of it that is chance in drawing.
        trainings: The part that is chance in training.
        unknown: Rows of which it is not known how far chance moves them.
    """

    error: float = 0.0
    draws: float = 0.0
    trainings: float = 0.0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Margin:
    """How a comparison stands.

    Attributes:
        sigmas: The difference in standard errors, above 0 where the comparison is true. Infinite
            where chance has no part in it, or none that is known.
        difference: What the comparison is about, above 0 where it is true.
        uncertainty: Of the difference.
        node: The comparison itself.
        paired: Whether all rows of it were drawn alike.
    """

    sigmas: float
    difference: float
    uncertainty: Uncertainty
    node: Expression
    paired: bool = True

    @property
    def state(self) -> State:
        if abs(self.sigmas) < DECIDED:
            return State.UNDECIDED
        return State.HOLDS if self.sigmas > 0 else State.FAILS

    def opposite(self) -> Margin:
        """Return the margin of the contrary."""
        return Margin(-self.sigmas, -self.difference, self.uncertainty, self.node, self.paired)


def margin_of(node: Expression, ledger: Ledger) -> Margin:
    """Return how a check stands: the margin of the comparison that decides it.

    Of comparisons joined by `and` the one with the least margin decides, by `or` the one with
    the greatest.
    """
    if node.kind == "and":
        return min((margin_of(part, ledger) for part in node.parts), key=lambda m: m.sigmas)
    if node.kind == "or":
        return max((margin_of(part, ledger) for part in node.parts), key=lambda m: m.sigmas)
    if node.kind == "not":
        return margin_of(node.parts[0], ledger).opposite()
    return _comparison(node, ledger)


def comparisons_of(node: Expression, ledger: Ledger) -> list[Margin]:
    """Return the margin of every single comparison of a check, as it is written."""
    if node.kind in ("and", "or", "not"):
        return [one for part in node.parts for one in comparisons_of(part, ledger)]
    return [_comparison(node, ledger)]


def _comparison(node: Expression, ledger: Ledger) -> Margin:
    left, right = node.parts
    low, high = (left, right) if node.kind in ("<", "<=", "==") else (right, left)
    between = Expression("-", parts=(high, low))
    difference = number(between, ledger)
    if math.isclose(number(low, ledger), number(high, ledger), rel_tol=_EQUAL):
        difference = 0.0
    uncertainty = uncertainty_of(between, ledger)
    if node.kind == "==":
        difference = -abs(difference)
    sigmas = _sigmas(difference, uncertainty, touching=node.kind in ("<=", ">=", "=="))
    return Margin(sigmas, difference, uncertainty, node, _paired(between, ledger))


def _sigmas(difference: float, uncertainty: Uncertainty, touching: bool) -> float:
    if uncertainty.error > 0:  # where some of it is unknown, at most so many
        return difference / uncertainty.error
    true = difference > 0 or (touching and difference == 0)
    return math.inf if true else -math.inf


def uncertainty_of(node: Expression, ledger: Ledger) -> Uncertainty:
    """Return how far chance moves a number that is computed from rows of a ledger."""
    slopes = {key: _slope(node, key, ledger) for key in node.keys}
    moved = [(_row(key, ledger), slope) for key, slope in slopes.items() if slope]
    unknown = tuple(row.key for row, _ in moved if spread_unknown(row))
    draws = _draws(moved)
    trainings = _trainings(moved)
    return Uncertainty(math.hypot(draws, trainings), draws, trainings, unknown)


def row_uncertainty(row: Measurement) -> Uncertainty:
    """Return how far chance moves one row."""
    moved = [(row, 1.0)]
    draws, trainings = _draws(moved), _trainings(moved)
    unknown = (row.key,) if spread_unknown(row) else ()
    return Uncertainty(math.hypot(draws, trainings), draws, trainings, unknown)


def spread_unknown(row: Measurement) -> bool:
    """Say whether part of what moves a row was never measured."""
    if row.exact:
        return False
    return bool(row.no_spread) or not row.parts or (bool(row.trainings) and not _repeats(row))


def _repeats(row: Measurement) -> bool:
    return len(row.repeated) > 1 or len(row.trainings) > 1 or row.borrowed is not None


def _row(key: str, ledger: Ledger) -> Measurement:
    row = ledger.row(key)
    assert row is not None  # callers have looked for what is missing
    return row


def _slope(node: Expression, key: str, ledger: Ledger) -> float:
    value = _row(key, ledger).value
    step = _STEP * (abs(value) or 1.0)
    up, down = (number(node, ledger, {key: value + sign * step}) for sign in (1, -1))
    return (up - down) / (2 * step)


Moved = Sequence[tuple[Measurement, float]]  # rows, each with the slope of an expression


def _draws(moved: Moved) -> float:
    """Return the standard error that comes from the draws, paired where they are the same."""
    sums = _grouped(
        ((row.draws, len(row.parts)), row.parts, slope)
        for row, slope in moved
        if len(row.parts) > 1 and not row.exact
    )
    return math.sqrt(sum(_variance(sum_) / len(sum_) for sum_ in sums))


def _trainings(moved: Moved) -> float:
    """Return the standard error that comes from the trainings.

    Training k of all systems has the same seeds and, if there are as many, learns from training
    k of the teacher. A row is the mean over the trainings of this build, so that its deviation
    shrinks with the root of their number.
    """
    sums = _grouped(
        (_source(row), each, slope / math.sqrt(max(1, len(row.trainings))))
        for row, slope in moved
        if len(each := row.repeated or row.trainings) > 1 and row.trainings
    )
    lent = [
        slope * row.borrowed / math.sqrt(max(1, len(row.trainings)))
        for row, slope in moved
        if row.borrowed is not None and len(row.repeated or row.trainings) < 2
    ]
    return math.sqrt(sum(map(_variance, sums)) + sum(one**2 for one in lent))


def _source(row: Measurement) -> tuple[str, int]:
    if row.repeated:
        return (f"repeated: {row.repeated_in}", len(row.repeated))
    return ("build", len(row.trainings))


def _grouped(
    deviations: Iterable[tuple[tuple[str, int], Sequence[float], float]],
) -> list[list[float]]:
    """Add up the values of rows of one group, place by place, each times its slope."""
    sums = dict[tuple[str, int], list[float]]()
    for group, values, slope in deviations:
        before = sums.get(group, [0.0] * len(values))
        sums[group] = [a + slope * b for a, b in zip(before, values, strict=True)]
    return list(sums.values())


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _paired(node: Expression, ledger: Ledger) -> bool:
    """Say whether all rows of a number that chance moves were drawn alike."""
    rows = [_row(key, ledger) for key in node.keys]
    return len({(row.draws, len(row.parts)) for row in rows if not row.exact}) <= 1
