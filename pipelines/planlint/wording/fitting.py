"""Does a check say what a sentence says?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.claims import Expression
from pipelines.claims.ranges import comparisons, sides
from pipelines.contracts.keys import system_of
from pipelines.contracts.metrics import metric_of
from pipelines.planlint.wording.magnitudes import Factor, Magnitude

_ROUNDING = 0.004  # relative: 0.667 is two thirds, 0.65 is not


@dataclass(frozen=True)
class Constant:
    """A number of a check; `low`: it belongs to the side that is said to be the lower one."""

    value: float
    low: bool


@dataclass(frozen=True)
class Checks:
    """The check of a claim and what it says to fail, taken apart.

    Attributes:
        ceilings: The greatest value of each key, where it has one.
    """

    nodes: Sequence[Expression]
    ceilings: Mapping[str, float]

    @cached_property
    def single(self) -> tuple[Expression, ...]:
        return tuple(one for node in self.nodes for one in comparisons(node))

    @cached_property
    def constants(self) -> tuple[Constant, ...]:
        return tuple(found for one in self.single for found in self._constants(one))

    def _constants(self, comparison: Expression) -> Iterator[Constant]:
        low, high = sides(comparison)
        for side, other, is_low in ((low, high, True), (high, low, False)):
            yield from _of_side(side, is_low)
            ceiling = self.ceilings.get(other.name, math.inf)
            if side.kind == "number" and math.isfinite(ceiling) and ceiling:
                yield Constant(side.number / ceiling, is_low)  # a count as a share of all

    @cached_property
    def count_of_systems(self) -> int:
        """How many systems and cited figures the checks name."""
        keys = {system_of(key) for node in self.nodes for key in node.keys}
        return len(keys | {fact for node in self.nodes for fact in node.facts})

    @property
    def cites(self) -> bool:
        return any(node.facts for node in self.nodes)

    @cached_property
    def quantities(self) -> set[str]:
        return {metric_of(key).quantity for node in self.nodes for key in node.keys}

    @property
    def relates(self) -> bool:
        """Whether one system is compared with another, or one number with another."""
        return any(len(one.keys) + len(one.facts) > 1 for one in self.single)

    @property
    def has_margin(self) -> bool:
        """Whether a comparison asks for more than an order."""
        return any(one.value != 1 for one in self.constants)

    def has(self, size: Magnitude) -> bool:
        """Whether a number of the check is that of a sentence, on the side where it belongs."""
        return any(
            math.isclose(constant.value, factor.value, rel_tol=_ROUNDING)
            and _fits(factor, size, constant)
            for constant in self.constants
            for factor in size.factors
        )

    def denies(self, first: str, second: str, rises: bool) -> bool:
        """Whether a comparison says the contrary of: the second is greater (or lesser)."""
        low, high = (second, first) if rises else (first, second)
        return (low, high) in self._ordered

    @cached_property
    def _ordered(self) -> set[tuple[str, str]]:
        """Pairs of keys of which the first is said to be the lesser one."""
        return {
            (low.keys[0], high.keys[0])
            for one in self.single
            for low, high in [sides(one)]
            if len(low.keys) == len(high.keys) == 1 and _is_order(low, high)
        }


def _is_order(low: Expression, high: Expression) -> bool:
    """Whether `low < high` keeps the order of their keys: no factor turns it."""
    lower, upper = _plain_factor(low), _plain_factor(high)
    return 0 < upper <= lower


def _plain_factor(side: Expression) -> float:
    """Return the factor of `0.5 * key` or of a key; 0 for anything else."""
    if side.kind == "key":
        return 1.0
    left, right = side.parts if side.kind == "*" else (side, side)
    return left.number if left.kind == "number" and right.kind == "key" else 0.0


def _of_side(node: Expression, low: bool) -> Iterator[Constant]:
    """Yield the numbers of one side; below a stroke they count as on the other."""
    if node.kind == "number":
        yield Constant(node.number, low)
    for place, part in enumerate(node.parts):
        below = node.kind == "/" and place == 1
        yield from _of_side(part, low != below)


def _fits(factor: Factor, size: Magnitude, constant: Constant) -> bool:
    """Whether "at least" and "at most" agree with the side on which a number stands."""
    wanted = factor.sign * size.sense
    return not wanted or (wanted > 0) == constant.low
