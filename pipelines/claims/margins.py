"""How far a comparison lies from turning: its difference in standard errors.

A row of the ledger tells how chance moves it: by its `parts`, what it measures on each part of the
draws, and by the values of repeated trainings. An expression is linearised at the measured
values; its deviation in part k, or in training k, is the sum of its rows' deviations there, each
times the expression's slope. So rows of the same draws are compared as pairs, and what strikes
all of them alike cancels; rows that share nothing count as independent.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.claims.evaluating import number_of_expression
from pipelines.claims.grammar import Expression
from pipelines.contracts.measurement import Ledger, Measurement

DECIDED = 2.0  # standard errors; nearer than that, a comparison is undecided
_STEP = 0.01  # of a row's standard error, to see the slope of an expression
_TINY = 1e-5  # of a value, where it has none
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
        """Whether the difference is decided, and for which side."""
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
    difference = number_of_expression(between, ledger)
    if math.isclose(
        number_of_expression(low, ledger), number_of_expression(high, ledger), rel_tol=_EQUAL
    ):
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
    moved = [(_measured_row(key, ledger), slope) for key, slope in slopes.items() if slope]
    unknown = tuple(row.key for row, _ in moved if spread_unknown(row))
    draws = _draws(moved)
    trainings = _error_of_trainings(moved)
    return Uncertainty(math.hypot(draws, trainings), draws, trainings, unknown)


def row_uncertainty(row: Measurement) -> Uncertainty:
    """Return how far chance moves one row."""
    moved = [(row, 1.0)]
    draws, trainings = _draws(moved), _error_of_trainings(moved)
    unknown = (row.key,) if spread_unknown(row) else ()
    return Uncertainty(math.hypot(draws, trainings), draws, trainings, unknown)


def spread_unknown(row: Measurement) -> bool:
    """Say whether part of what moves a row was never measured."""
    if row.exact:
        return False
    return bool(row.no_spread) or not row.parts or (bool(row.trainings) and not _repeats(row))


def _repeats(row: Measurement) -> bool:
    return len(row.repeated) > 1 or len(row.trainings) > 1 or row.borrowed is not None


def _measured_row(key: str, ledger: Ledger) -> Measurement:
    row = ledger.row(key)
    assert row is not None  # callers have looked for what is missing
    return row


def _slope(node: Expression, key: str, ledger: Ledger) -> float:
    """Return how fast an expression changes with a row.

    At a kink of abs(), min() or max() the steeper side counts, and where it is flat here but not a
    standard error away, the slope to there: chance may lead across.
    """
    row = _measured_row(key, ledger)
    error = row_uncertainty(row).error or (abs(row.value) or 1.0) * _TINY / _STEP
    near = _steeper(node, row, ledger, _STEP * error)
    return near or _steeper(node, row, ledger, error)


def _steeper(node: Expression, row: Measurement, ledger: Ledger, step: float) -> float:
    """Return the slope of an expression to one side of a row's value, whichever is steeper."""
    here, slopes = number_of_expression(node, ledger), [0.0]
    for signed in (step, -step):
        try:
            there = number_of_expression(node, ledger, {row.key: row.value + signed})
        except ZeroDivisionError:  # on that side only: the value itself was looked at before
            continue
        slopes.append((there - here) / signed)
    return max(slopes, key=abs)


Moved = Sequence[tuple[Measurement, float]]  # rows, each with the slope of an expression


def _draws(moved: Moved) -> float:
    """Return the standard error that comes from the draws, paired where they are the same.

    Part k of all rows of the same draws comes from the same noise. A row that was drawn longer
    has more parts; with a shorter one it shares the first.
    """
    groups: dict[str, list[_Values]] = {}
    for row, slope in moved:
        if len(row.parts) > 1 and not row.exact:
            groups.setdefault(row.draws, []).append((slope, len(row.parts), row.parts))
    return math.sqrt(max(0.0, math.fsum(map(_variance_of_means, groups.values()))))


def _error_of_trainings(moved: Moved) -> float:
    """Return the standard error that comes from the trainings.

    Training k of all systems has the same seeds and, if there are as many, learns from training
    k of the teacher. A row is the mean over the first trainings, as many as this build has; the
    means of two rows have only the trainings in common that both have, so that their covariance
    is that of one training by the greater of the two numbers.
    """
    trained = [
        (row, slope, row.repeated or row.trainings) for row, slope in moved if row.trainings
    ]
    groups: dict[tuple[str, int], list[_Values]] = {}
    for row, slope, values in trained:
        if len(values) > 1:
            groups.setdefault(_source(row), []).append((slope, len(row.trainings), values))
    variances = map(_variance_of_means, groups.values())
    lent = [
        (slope * row.borrowed) ** 2 / len(row.trainings)
        for row, slope, values in trained
        if row.borrowed is not None and len(values) < 2
    ]
    return math.sqrt(max(0.0, math.fsum((*variances, *lent))))


def _source(row: Measurement) -> tuple[str, int]:
    if row.repeated:
        return (f"repeated: {row.repeated_in}", len(row.repeated))
    return ("build", len(row.trainings))


_Values = tuple[float, int, Sequence[float]]  # slope, of how many the row is the mean, each


def _variance_of_means(rows: Sequence[_Values]) -> float:
    """Return the variance of a sum of means, each times its slope.

    Values of equal place go together. Two means over the first n and the first m places have the
    covariance of one place by the greater of n and m; it is estimated where both have values.
    """
    return math.fsum(
        one * other * statistics.covariance(a[: len(b)], b[: len(a)]) / max(n, m)
        for one, n, a in rows
        for other, m, b in rows
    )


def _paired(node: Expression, ledger: Ledger) -> bool:
    """Say whether all rows of a number that chance moves were drawn alike."""
    rows = [_measured_row(key, ledger) for key in node.keys]
    return len({(row.draws, bool(row.parts)) for row in rows if not row.exact}) <= 1
