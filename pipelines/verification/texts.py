"""What lessons say in two builds, side by side: passages that changed, by section."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.input_files import lies_in
from pipelines.verification.frames import NUMBER
from pipelines.verification.passages import SectionText, sections_of

_LARGEST = 5_000_000  # bytes of a page
_ALIKE = 0.4  # of their words: two passages are one that was edited
_MOST_PAIRS = 400  # of passages that are held against each other at one place
_MOST_WORDS = 2_000  # of a passage that is compared word by word


@dataclass(frozen=True)
class Run:
    """Some words of a passage, and whether the other build says them there too."""

    text: str
    changed: bool


@dataclass(frozen=True)
class TextChange:
    """A passage in two builds; None where a build does not have it."""

    section: str
    one: str | None
    other: str | None

    @property
    def only_numbers(self) -> bool:
        """Whether both say the same of other numbers."""
        if self.one is None or self.other is None:
            return False
        return _frame(self.one) == _frame(self.other)

    @property
    def runs(self) -> tuple[list[Run], list[Run]]:
        """The words of both, those marked that the other does not say."""
        first, second = (self.one or "").split(), (self.other or "").split()
        if not (first and second) or max(len(first), len(second)) > _MOST_WORDS:
            return [Run(self.one or "", True)], [Run(self.other or "", True)]
        codes = difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
        ones = ((code, first[a:b]) for code, a, b, _, _ in codes)
        others = ((code, second[a:b]) for code, _, _, a, b in codes)
        return _runs(ones), _runs(others)


def _runs(pieces: Iterable[tuple[str, list[str]]]) -> list[Run]:
    return [Run(" ".join(words), code != "equal") for code, words in pieces if words]


@dataclass(frozen=True)
class TextChanges:
    """What a lesson says otherwise.

    Attributes:
        words: Passages that say something else, are new or are gone.
        numbers: Passages that say the same of other numbers.
    """

    lesson: str
    words: tuple[TextChange, ...]
    numbers: tuple[TextChange, ...]


def changed_texts(one: Path, other: Path) -> list[TextChanges]:
    """Return the lessons that say something else in two builds, by name."""
    found = []
    for lesson in sorted(_lessons(one) | _lessons(other)):
        changes = list(changed_passages(*(_sections(build, lesson) for build in (one, other))))
        numbers = tuple(change for change in changes if change.only_numbers)
        words = tuple(change for change in changes if not change.only_numbers)
        if changes:
            found.append(TextChanges(lesson, words, numbers))
    return found


def _lessons(build: Path) -> set[str]:
    pages = (build / "site").glob("*/index.html")
    return {page.parent.name for page in pages if lies_in(page, build)}


def _sections(build: Path, lesson: str) -> list[SectionText]:
    page = build / "site" / lesson / "index.html"
    if not lies_in(page, build):
        return []
    if page.stat().st_size > _LARGEST:
        raise ValueError(f"{page}: larger than any page")
    return sections_of(page.read_text(encoding="utf-8"))


def changed_passages(
    one: Sequence[SectionText], other: Sequence[SectionText]
) -> Iterator[TextChange]:
    """Yield the passages that differ, in the order of the second, sections that are gone last."""
    first, second = ({each.anchor: each for each in side} for side in (one, other))
    for anchor in dict.fromkeys([*second, *first]):
        here = second.get(anchor) or first[anchor]
        title = here.title or here.anchor
        was, now = (side[anchor].passages if anchor in side else [] for side in (first, second))
        yield from _in_section(title, was, now)


def _in_section(title: str, was: list[str], now: list[str]) -> Iterator[TextChange]:
    first, second = list(map(_frame, was)), list(map(_frame, now))
    match = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for code, a, b, c, d in match.get_opcodes():
        if code == "equal":
            pairs = zip(was[a:b], now[c:d], strict=True)
            yield from (TextChange(title, *pair) for pair in pairs if pair[0] != pair[1])
        else:
            yield from _replaced(title, was[a:b], now[c:d])


def _replaced(title: str, was: list[str], now: list[str]) -> Iterator[TextChange]:
    """Pair the passages of one place that are likest; the others are gone, or new."""
    left = list(was) if len(was) * len(now) <= _MOST_PAIRS else []
    for text in now:
        likest = max(left, key=lambda one: _likeness(one, text), default=None)
        if likest is not None and _likeness(likest, text) >= _ALIKE:
            at = left.index(likest)
            yield from (TextChange(title, gone, None) for gone in left[:at])
            del left[: at + 1]
            yield TextChange(title, likest, text)
        else:
            yield TextChange(title, None, text)
    gone = left if len(was) * len(now) <= _MOST_PAIRS else was
    yield from (TextChange(title, one, None) for one in gone)


def _likeness(one: str, other: str) -> float:
    first, second = one.split()[:_MOST_WORDS], other.split()[:_MOST_WORDS]
    return difflib.SequenceMatcher(None, first, second, autojunk=False).quick_ratio()


def _frame(text: str) -> str:
    return NUMBER.sub("#", text)
