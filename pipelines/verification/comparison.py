"""Two builds held against each other, and whether the second reproduces the first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from pipelines.contracts.evidence import Evidence, Verdict
from pipelines.verification.numbers import NumberPair, Status, compare_numbers
from pipelines.verification.products import ProductPair, compare_products

_UNDECIDED = ("undecided", "unmeasured")


class Answer(Enum):
    """Whether a build reproduces another; the value is the exit status of `verify`."""

    REPRODUCED = 0
    NOT = 1
    CANNOT_TELL = 2

    @property
    def words(self) -> str:
        """The answer as a heading."""
        return {0: "Reproduced", 1: "Not reproduced", 2: "Cannot tell"}[self.value]


@dataclass(frozen=True)
class VerdictPair:
    """What became of a claim in two builds; None where a build does not make it."""

    name: str
    one: Verdict | None
    other: Verdict | None

    @property
    def status(self) -> Status:
        """Identical, turned (different), or decided in one of them alone."""
        if self.one is None or self.other is None:
            return Status.DIFFERENT
        if self.one.outcome == self.other.outcome:
            return Status.IDENTICAL
        if self.timed:
            return Status.WITHIN  # it says itself that it hangs on the clock
        undecided = self.one.outcome in _UNDECIDED or self.other.outcome in _UNDECIDED
        return Status.UNKNOWN if undecided else Status.DIFFERENT

    @property
    def timed(self) -> bool:
        """Whether it hangs on the clock in either build."""
        return any(side is not None and side.timed for side in (self.one, self.other))

    @property
    def gained(self) -> float:
        """How many standard errors the margin grew by, to a tenth; 0 where chance has no part."""
        one, other = (side.margin if side else None for side in (self.one, self.other))
        return 0.0 if one is None or other is None else round(round(other, 1) - round(one, 1), 1)


@dataclass(frozen=True)
class Comparison:
    """All that was compared of two builds.

    Attributes:
        own_faults: What is wrong within a build: files that are not as it recorded them.
        exact: Nothing but timings may differ.
        shared: Only numbers and claims that both have are judged: the sources may differ.
    """

    one: Evidence
    other: Evidence
    numbers: dict[str, NumberPair]
    verdicts: dict[str, VerdictPair]
    products: dict[str, ProductPair]
    own_faults: tuple[str, ...] = ()
    exact: bool = False
    shared: bool = False

    @property
    def answer(self) -> Answer:
        """Whether the second build reproduces the first."""
        found = self.statuses
        if self.own_faults or Status.DIFFERENT in found or not found:  # nothing proves nothing
            return Answer.NOT
        if self.exact and found - {Status.IDENTICAL}:
            return Answer.NOT
        return Answer.CANNOT_TELL if Status.UNKNOWN in found else Answer.REPRODUCED

    @property
    def statuses(self) -> set[Status]:
        """How all that is judged stands."""
        measured: list[NumberPair | VerdictPair] = [
            *self.numbers.values(),
            *self.verdicts.values(),
        ]
        if self.shared:
            return {pair.status for pair in measured if None not in (pair.one, pair.other)}
        return {pair.status for pair in (*measured, *self.products.values())}

    def counts(self, what: str) -> Counter[Status]:
        """Count how `numbers`, `verdicts` or `products` stand."""
        return Counter(pair.status for pair in getattr(self, what).values())

    @property
    def changed_numbers(self) -> list[NumberPair]:
        """The numbers that are not identical, farthest first."""
        changed = (one for one in self.numbers.values() if one.status is not Status.IDENTICAL)
        return sorted(changed, key=lambda pair: (-pair.distance, pair.key))

    @property
    def turned(self) -> list[VerdictPair]:
        """The claims whose verdict is not the same in both."""
        return [one for one in self.verdicts.values() if one.status is not Status.IDENTICAL]

    @property
    def moved_margins(self) -> list[VerdictPair]:
        """The claims of the same verdict by another margin, those that lost most of it first."""
        moved = (one for one in self.verdicts.values() if one.status is Status.IDENTICAL)
        return sorted((one for one in moved if one.gained), key=lambda one: (one.gained, one.name))

    @property
    def changed_products(self) -> list[ProductPair]:
        """The files that are not identical, those that differ first."""
        changed = [one for one in self.products.values() if one.status is not Status.IDENTICAL]
        order = list(reversed(Status))
        return sorted(changed, key=lambda pair: (order.index(pair.status), pair.name))

    @property
    def changed_sources(self) -> list[str]:
        """The files that people wrote in which the builds differ."""
        names = self.one.sources.keys() | self.other.sources.keys()
        return sorted(
            name for name in names if self.one.sources.get(name) != self.other.sources.get(name)
        )


def compare(
    one: Evidence,
    other: Evidence,
    own_faults: tuple[str, ...] = (),
    *,
    exact: bool = False,
    shared: bool = False,
) -> Comparison:
    """Hold one build against another, or against a reference."""
    numbers = compare_numbers(one.numbers, other.numbers)
    names = sorted(one.verdicts.keys() | other.verdicts.keys())
    verdicts = {
        name: VerdictPair(name, one.verdicts.get(name), other.verdicts.get(name)) for name in names
    }
    products = compare_products(one, other, numbers)
    return Comparison(one, other, numbers, verdicts, products, own_faults, exact, shared)
