"""The check of a claim → what the measurements say of it, and by how much."""

from dataclasses import dataclass

from pipelines.claims.evaluating import missing
from pipelines.claims.grammar import ClaimError, Expression, parse
from pipelines.claims.margins import Margin, State, margin_of
from pipelines.contracts.measurement import Fact, Ledger, Measurement

_COMPARISONS = {"and", "or", "not", "<", "<=", ">", ">=", "=="}


@dataclass(frozen=True)
class Verdict:
    """What became of a check. `margin` is None where values are missing."""

    margin: Margin | None
    rows: tuple[Measurement, ...]
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]

    @property
    def state(self) -> State | None:
        """Whether it holds by its margin; None where a value is missing."""
        return self.margin.state if self.margin else None


def evaluate_claim(check: str, ledger: Ledger) -> Verdict:
    """Evaluate a claim's check and gather what it rests on.

    Raises:
        ClaimError: If the check is no expression, or states no comparison.
        ZeroDivisionError: If a measured denominator is zero.
    """
    expression = parse_check(check)
    names = missing(expression, ledger)
    rows = tuple(row for key in expression.keys if (row := ledger.row(key)))
    facts = tuple(ledger.facts[fact] for fact in expression.facts if fact in ledger.facts)
    margin = None if names else margin_of(expression, ledger)
    return Verdict(margin, rows, facts, tuple(names))


def parse_check(text: str) -> Expression:
    """Parse the check of a claim.

    Raises:
        ClaimError: If the text is no expression, states no comparison, or compares what has no
            standard error.
    """
    expression = parse(text)
    _demand_comparisons(expression)
    for node in expression.subexpressions():
        if node.kind in ("lowest", "highest"):
            raise ClaimError(f"{node.kind}() has no standard error: compare the mean", 0)
    return expression


def _demand_comparisons(node: Expression) -> None:
    if node.kind not in _COMPARISONS:
        raise ClaimError("a check is a comparison", 0)
    for part in node.parts:
        if node.kind in ("and", "or", "not"):
            _demand_comparisons(part)
        elif any(one.kind in _COMPARISONS for one in part.subexpressions()):
            raise ClaimError("a comparison inside a number", 0)
