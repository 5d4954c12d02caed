"""Expressions → numbers and truth values, from a ledger and nothing else."""

import math
from collections.abc import Callable, Mapping

from pipelines.claims.grammar import Expression
from pipelines.contracts.measurement import Ledger

_EQUAL = 1e-9  # relative: numbers computed in two ways, not two measurements

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
    return _value(expression, ledger, {})


def number_of_expression(
    expression: Expression, ledger: Ledger, instead: Mapping[str, float] | None = None
) -> float:
    """Return the number of an expression, with other values in the place of some rows'.

    Raises:
        MissingValues, ZeroDivisionError: As `evaluate`.
    """
    if names := missing(expression, ledger):
        raise MissingValues(names)
    return float(_value(expression, ledger, instead or {}))


def _value(node: Expression, ledger: Ledger, instead: Mapping[str, float]) -> Value:
    if node.kind == "number":
        return node.number
    if node.kind == "key":
        row = ledger.row(node.name)
        assert row is not None  # callers have looked for what is missing
        return instead.get(node.name, row.value)
    if node.kind == "fact":
        return ledger.facts[node.name].value
    if node.kind in ("lowest", "highest"):
        return _extreme(node, ledger)
    if node.kind == "and":
        return all(_value(part, ledger, instead) for part in node.parts)
    if node.kind == "or":
        return any(_value(part, ledger, instead) for part in node.parts)
    return _OPERATIONS[node.kind](*(_value(part, ledger, instead) for part in node.parts))


def _extreme(node: Expression, ledger: Ledger) -> float:
    """Return the lowest or the highest value among the trainings of one row."""
    row = ledger.row(node.parts[0].name)
    assert row is not None  # callers have looked for what is missing
    each = row.trainings or (row.value,)
    return min(each) if node.kind == "lowest" else max(each)


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
