"""Expressions → numbers and verdicts, from a ledger and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.claims.grammar import ClaimError, Expression, parse
from pipelines.contracts.measurement import Fact, Ledger, Measurement

_EQUAL = 1e-9  # relative: numbers computed in two ways, not two measurements
_COMPARISONS = {"and", "or", "not", "<", "<=", ">", ">=", "=="}


Value = float | bool


class MissingValues(LookupError):
    """The ledger lacks some of what the expression names."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"not in the ledger: {', '.join(names)}")
        self.names = names


def missing(expression: Expression, ledger: Ledger) -> list[str]:
    """Return the keys and facts that the ledger does not hold."""
    keys = [key for key in expression.keys if ledger.row(key) is None]
    return keys + [f"fact({fact})" for fact in expression.facts if fact not in ledger.facts]


def evaluate(expression: Expression, ledger: Ledger) -> Value:
    """Return the number or the truth value of an expression.

    Raises:
        MissingValues: If the ledger lacks something.
        ZeroDivisionError: If a measured denominator is zero.
    """
    if names := missing(expression, ledger):
        raise MissingValues(names)
    return _value(expression, ledger)


def _value(node: Expression, ledger: Ledger) -> Value:
    if node.kind == "number":
        return node.number
    if node.kind == "key":
        row = ledger.row(node.name)
        assert row is not None  # evaluate() looked
        return row.value
    if node.kind == "fact":
        return ledger.facts[node.name].value
    if node.kind == "and":
        return all(_value(part, ledger) for part in node.parts)
    if node.kind == "or":
        return any(_value(part, ledger) for part in node.parts)
    return _OPERATIONS[node.kind](*(_value(part, ledger) for part in node.parts))


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "not": lambda a: not a,
    "negative": lambda a: -a,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: math.isclose(a, b, rel_tol=_EQUAL),
    "abs": abs,
    "min": min,
    "max": max,
}


@dataclass(frozen=True)
class Verdict:
    """What became of a claim. `holds` is None where values are missing."""

    holds: bool | None
    rows: tuple[Measurement, ...]
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]


def judge(check: str, ledger: Ledger) -> Verdict:
    """Evaluate a claim's check and gather what it rests on.

    Raises:
        ClaimError: If the check is no expression, or states no comparison.
    """
    expression = parse(check)
    if expression.kind not in _COMPARISONS:
        raise ClaimError("a check is a comparison", 0)
    names = missing(expression, ledger)
    rows = tuple(row for key in expression.keys if (row := ledger.row(key)))
    facts = tuple(ledger.facts[fact] for fact in expression.facts if fact in ledger.facts)
    holds = None if names else bool(evaluate(expression, ledger))
    return Verdict(holds, rows, facts, tuple(names))
