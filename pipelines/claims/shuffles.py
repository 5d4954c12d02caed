"""Does a check depend on which system is which?

The systems of a comparison (of its keys; its cited figures among themselves) are put in each
other's places. Arrangements that make a logically equal comparison do not count, nor those that
ask for rows that nobody measured. A comparison that is true in every arrangement that is left
tells nothing of one system against another: it holds of any of them.

A comparison of one system with a number has no such arrangement, and is never found: `a < 0.05`
says something of a.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations

from pipelines.claims.evaluating import evaluate, missing
from pipelines.claims.grammar import Expression
from pipelines.contracts.keys import MeasurementKey, key_of, system_of
from pipelines.contracts.measurement import Ledger

_ALL = 5  # so many systems are arranged in all ways; of more, pairs are exchanged and all moved on
_COMMUTING = ("+", "*", "min", "max", "and", "or", "==")
_TURNED = {">": "<", ">=": "<="}


def empty_parts(check: Expression, ledger: Ledger) -> list[Expression]:
    """Return the parts of a true check that do not depend on which system is which.

    Comparisons of the same systems that are joined by `and` are one part: `a < 25 * b and
    a >= 5 * b` says where a ratio lies.
    """
    groups: dict[frozenset[str], list[Expression]] = {}
    for part in _joined(check):
        systems = {system_of(key) for key in part.keys} | set(part.facts)
        groups.setdefault(frozenset(systems), []).append(part)
    parts = (
        one[0] if len(one) == 1 else Expression("and", parts=tuple(one)) for one in groups.values()
    )
    return [one for one in parts if survives(one, ledger)]


def _joined(node: Expression) -> Iterator[Expression]:
    if node.kind == "and":
        for part in node.parts:
            yield from _joined(part)
    else:
        yield node


def survives(part: Expression, ledger: Ledger) -> bool:
    """Say whether something true stays true however its systems are arranged."""
    own, seen = canonical(part), False
    for names in arrangements(part):
        other = renamed(part, names)
        if canonical(other) == own or missing(other, ledger):
            continue
        try:
            if not evaluate(other, ledger):
                return False
        except ZeroDivisionError:
            continue
        seen = True
    return seen


def arrangements(node: Expression) -> Iterator[dict[str, str]]:
    """Yield which name stands for which, for the systems of a comparison and then its facts."""
    yield from _moved(sorted({system_of(key) for key in node.keys}))
    yield from _moved(sorted(node.facts))


def _moved(names: list[str]) -> Iterator[dict[str, str]]:
    if len(names) <= _ALL:
        orders = (list(order) for order in permutations(names))
    else:
        orders = (order for order in (*_exchanged(names), *_turned(names)))
    for order in orders:
        if order != names:
            yield dict(zip(names, order, strict=True))


def _exchanged(names: list[str]) -> Iterator[list[str]]:
    for i, j in combinations(range(len(names)), 2):
        order = names.copy()
        order[i], order[j] = order[j], order[i]
        yield order


def _turned(names: list[str]) -> Iterator[list[str]]:
    for shift in range(1, len(names)):
        yield names[shift:] + names[:shift]


def renamed(node: Expression, names: Mapping[str, str]) -> Expression:
    """Put other systems and facts into an expression."""
    if node.kind == "fact":
        return replace(node, name=names.get(node.name, node.name))
    if node.kind == "key":
        system = system_of(node.name)
        metric = MeasurementKey.parse(node.name).metric
        return replace(node, name=key_of(names.get(system, system), metric))
    return replace(node, parts=tuple(renamed(part, names) for part in node.parts))


def canonical(node: Expression) -> Expression:
    """Return one spelling of logically equal expressions, as far as order is concerned."""
    parts = tuple(canonical(part) for part in node.parts)
    kind = node.kind
    if kind in _TURNED:
        kind, parts = _TURNED[kind], parts[::-1]
    if kind == "abs" and parts[0].kind == "-":
        parts = (replace(parts[0], parts=_sorted(parts[0].parts)),)
    if kind in _COMMUTING:
        parts = _sorted(parts)
    return replace(node, kind=kind, parts=parts)


def _sorted(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    return tuple(sorted(parts, key=repr))
