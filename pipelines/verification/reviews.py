"""What became of findings and of promises between two builds, lesson by lesson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipelines.contracts.reviewed import KeptFinding, KeptPromise, Reviewed

_OPEN = ("open", "reopened")
_KEPT = ("on the page", "left out")  # what becomes of a promise that is kept
_UNSURE = "perhaps here"
_Record = TypeVar("_Record", bound=KeptFinding | KeptPromise)


@dataclass(frozen=True)
class FindingChange:
    """A finding whose status is another one; None where a build does not know it."""

    one: KeptFinding | None
    other: KeptFinding | None

    @property
    def finding(self) -> KeptFinding:
        """The finding, as the later build has it."""
        found = self.other or self.one
        assert found  # one of them knows it
        return found

    @property
    def word(self) -> str:
        """What became of it: opened, resolved, verified, reopened, removed."""
        if self.other is None:
            return "removed"
        if self.other.status == "reopened":
            return "reopened"
        if self.other.status == "open":
            return "opened" if self.one is None else "opened again"
        if self.one is not None and self.one.status not in _OPEN and not self.verified:
            return "settled otherwise"
        return "verified" if self.verified else "resolved"

    @property
    def verified(self) -> bool:
        """Whether a reviewer has seen it mended."""
        return self.other is not None and self.other.status == "verified"


@dataclass(frozen=True)
class PromiseChange:
    """A promise that became something else; None where a build's plan does not make it."""

    one: KeptPromise | None
    other: KeptPromise | None

    @property
    def promise(self) -> KeptPromise:
        """The promise, as the later build has it."""
        made = self.other or self.one
        assert made  # one of them makes it
        return made

    @property
    def word(self) -> str:
        """What became of it."""
        if self.other is None:
            return "no longer promised"
        if self.one is None:
            return "newly promised"
        if self.other.status in _KEPT:
            return "delivered"
        return "to be confirmed" if self.other.status == _UNSURE else "no longer delivered"


@dataclass(frozen=True)
class ReviewChanges:
    """What a lesson's review says otherwise.

    Attributes:
        kept: How many promises are kept, of how many, in the first and in the second.
    """

    lesson: str
    findings: tuple[FindingChange, ...]
    promises: tuple[PromiseChange, ...]
    kept: tuple[tuple[int, int], tuple[int, int]]


def changed_reviews(
    one: Mapping[str, Reviewed], other: Mapping[str, Reviewed]
) -> list[ReviewChanges]:
    """Return the lessons whose review says something else, of those that both builds keep."""
    both = sorted(one.keys() & other.keys())
    changes = (_changes(one[lesson], other[lesson]) for lesson in both)
    return [each for each in changes if each.findings or each.promises]


def _changes(one: Reviewed, other: Reviewed) -> ReviewChanges:
    return ReviewChanges(
        other.lesson,
        tuple(FindingChange(*pair) for pair in _differing(one.findings, other.findings)),
        tuple(PromiseChange(*pair) for pair in _differing(one.promises, other.promises)),
        (_kept(one), _kept(other)),
    )


def _kept(review: Reviewed) -> tuple[int, int]:
    return sum(each.status in _KEPT for each in review.promises), len(review.promises)


def _differing(
    one: Iterable[_Record], other: Iterable[_Record]
) -> Iterator[tuple[_Record | None, _Record | None]]:
    """Yield the records whose status is not the same, in the order of the second."""
    first = _named(one)
    second = _named(other)
    for name in dict.fromkeys([*second, *first]):
        was, now = first.get(name), second.get(name)
        if (was and was.status) != (now and now.status):
            yield was, now


def _named(records: Iterable[_Record]) -> dict[tuple[tuple[str, ...], int], _Record]:
    """Name records by what does not change with their status; those of one name are counted."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[tuple[str, ...], int], _Record] = {}
    for one in records:
        seen[one.name] += 1
        found[one.name, seen[one.name]] = one
    return found
