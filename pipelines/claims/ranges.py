"""Comparisons that cannot go both ways, whatever is measured.

Each number has a range; a difference is written as a sum of numbers times factors, so that what
stands on both sides cancels, and its range follows. What is no such sum (a product of two
measured numbers, an absolute value) counts as a number of its own.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.claims.grammar import Expression

Range = tuple[float, float]
Bounds = Callable[[str], Range]  # of a ledger key
_ANY: Range = (-math.inf, math.inf)
_JOINTS = ("and", "or", "not")


def comparisons(node: Expression) -> Iterator[Expression]:
    """Yield every single comparison of a check."""
    if node.kind in _JOINTS:
        for part in node.parts:
            yield from comparisons(part)
    else:
        yield node


def sides(comparison: Expression) -> tuple[Expression, Expression]:
    """Return the side that the comparison says is the lower one, and the other."""
    left, right = comparison.parts
    return (right, left) if comparison.kind in (">", ">=") else (left, right)


@dataclass(frozen=True)
class Reach:
    """What a comparison can come to: `settled` if it can come to one thing only.

    `at_end`: it is true in one case only, that of a number at the end of its range.
    """

    settled: bool | None = None
    at_end: bool = False


def reach(comparison: Expression, bounds: Bounds) -> Reach:
    """Say whether a comparison can be true and can be false."""
    low, high = sides(comparison)
    branches = _branches(low, high)
    if branches:
        joint, pairs = branches
        found = [_of_pair(comparison.kind, one, other, bounds).settled for one, other in pairs]
        deciding = joint is any
        if deciding in found:
            return Reach(deciding)
        return Reach(not deciding) if set(found) == {not deciding} else Reach()
    return _of_pair(comparison.kind, low, high, bounds)


def _branches(
    low: Expression, high: Expression
) -> tuple[Callable[..., bool], list[tuple[Expression, Expression]]] | None:
    """Take a minimum or a maximum on one side apart: `max(a, b) < c` is `a < c and b < c`."""
    if low.kind in ("min", "max"):
        return (all if low.kind == "max" else any), [(part, high) for part in low.parts]
    if high.kind in ("min", "max"):
        return (all if high.kind == "min" else any), [(low, part) for part in high.parts]
    return None


def _of_pair(kind: str, low: Expression, high: Expression, bounds: Bounds) -> Reach:
    difference = Expression("-", parts=(high, low))
    least, most = _range(difference, bounds)
    if set(low.keys) & set(high.keys) and 0 in (least, most):
        least, most = _but_nought(difference, (least, most))
    if kind == "==":
        if least == most == 0:
            return Reach(True)
        return Reach(False) if least > 0 or most < 0 else Reach(at_end=0 in (least, most))
    if kind in ("<=", ">="):
        if least >= 0:
            return Reach(True)
        return Reach(False) if most < 0 else Reach(at_end=most == 0)
    if least > 0:
        return Reach(True)
    return Reach(False) if most <= 0 else Reach()


def _but_nought(difference: Expression, found: Range) -> Range:
    """Leave the end at nought out where one key is compared with itself: `a < 2 * a`."""
    constant, factors = linear(difference)
    alone = not constant and len(factors) == 1
    return (found[0] or math.ulp(0), found[1] or -math.ulp(0)) if alone else found


def _range(node: Expression, bounds: Bounds) -> Range:
    constant, factors = linear(node)
    least = most = constant
    for leaf, factor in factors.items():
        ends = sorted(_times(factor, end) for end in _leaf_range(leaf, bounds))
        least, most = least + ends[0], most + ends[1]
    return least, most


def _leaf_range(leaf: Expression, bounds: Bounds) -> Range:
    if leaf.kind == "key":
        return bounds(leaf.name)
    if leaf.kind == "abs":
        return 0.0, math.inf
    if leaf.kind in ("min", "max"):
        least, most = zip(*(_range(part, bounds) for part in leaf.parts), strict=True)
        choose = min if leaf.kind == "min" else max
        return choose(least), choose(most)
    return _ANY


def linear(node: Expression) -> tuple[float, dict[Expression, float]]:
    """Write a number as a constant and a sum of leaves times factors, without factors of zero."""
    constant, factors = _linear(node)
    return constant, {leaf: factor for leaf, factor in factors.items() if factor}


def _linear(node: Expression) -> tuple[float, dict[Expression, float]]:
    if node.kind == "number":
        return node.number, {}
    if node.kind in ("+", "-"):
        (a, left), (b, right) = map(_linear, node.parts)
        sign = 1 if node.kind == "+" else -1
        joined = {k: left.get(k, 0.0) + sign * right.get(k, 0.0) for k in {**left, **right}}
        return a + sign * b, joined
    if node.kind == "negative":
        return _scaled(_linear(node.parts[0]), -1)
    if node.kind in ("*", "/"):
        left_part, right_part = map(_linear, node.parts)
        if not right_part[1] and (node.kind == "*" or right_part[0]):
            return _scaled(left_part, right_part[0] if node.kind == "*" else 1 / right_part[0])
        if node.kind == "*" and not left_part[1]:
            return _scaled(right_part, left_part[0])
    return 0.0, {node: 1.0}


def _scaled(
    part: tuple[float, dict[Expression, float]], factor: float
) -> tuple[float, dict[Expression, float]]:
    return part[0] * factor, {leaf: factor * one for leaf, one in part[1].items()}


def _times(factor: float, end: float) -> float:
    return 0.0 if factor == 0 or end == 0 else factor * end
