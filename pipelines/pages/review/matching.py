"""Where a page delivers what is promised, inferred from words: which passage speaks of it.

A promise belongs to the passage that holds most of its words, rare ones counting more, if that is
enough of them. How often that is right is measured in tests/pages/review/test_inference.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.contracts.planning import ModalityFamily, SectionKind
from pipelines.pages.review.passages import Passage, stems, terms_in, text_of
from pipelines.pages.review.promises import Kind, Promise

SURE = 0.4  # of a promise's words, weighed: with as many a passage delivers it
PERHAPS = 0.2  # with fewer, nothing is said to deliver it; in between a person must look
_IN_TITLE = 1.4  # times the weight of a word that stands in the heading too
_FROM_LESSON = 0.25  # for a passage that names the lesson of a prerequisite
_MORE = 0.25  # weight of what the plan says beside the promise itself
_HEAD = 14  # words: long promises say first what they are

_NEVER = frozenset({SectionKind.SUMMARY, SectionKind.NEXT, SectionKind.CHECK})
_PRACTICE = frozenset(stems("exercise notebook practice"))
_FIRST = frozenset({Kind.PREREQUISITE, Kind.ANALOGY, Kind.GUARD})  # may stand in the context


@dataclass(frozen=True)
class Match:
    """A passage that delivers a promise, and how sure that is: the share of its words."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Inference:
    """Looks for promises on one page."""

    passages: Sequence[Passage]

    @cached_property
    def counts(self) -> Counter[str]:
        """In how many passages each word stands."""
        return Counter(word for one in self.passages for word in one.words)

    def weight(self, word: str) -> float:
        """Return how much a word says of the passages that it stands in."""
        return math.log(1 + len(self.passages) / (0.5 + self.counts[word]))

    def best(self, promise: Promise, among: Sequence[Passage] | None = None) -> Match | None:
        """Return the passage that delivers a promise, None if no passage says enough of it.

        Args:
            among: The passages that count; without them, all.
        """
        wanted = self.passages if among is None else among
        found = [Match(one, self.score(promise, one)) for one in wanted if _may(promise, one)]
        first = max(found, key=lambda one: one.score, default=None)
        return first if first and first.score >= PERHAPS else None

    def score(self, promise: Promise, passage: Passage) -> float:
        """Return the share of a promise's words that a passage holds, weighed, at most about 1."""
        words = _words(promise)
        total = sum(self.weight(word) * share for word, share in words.items())
        if not total:
            return 0.0
        held = sum(
            self.weight(word) * share * (_IN_TITLE if word in passage.title else 1)
            for word, share in words.items()
            if word in passage.words
        )
        named = _FROM_LESSON if set(promise.lessons) & passage.lessons else 0
        return held / total + named


def _words(promise: Promise) -> dict[str, float]:
    """Return what to look for, and how much each of it counts."""
    said = stems(text_of(promise.what))
    head, rest = terms_in(said[:_HEAD]), terms_in(said[_HEAD:] + stems(promise.more))
    return dict.fromkeys(rest, _MORE) | dict.fromkeys(head, 1.0) if head else {}


def _may(promise: Promise, passage: Passage) -> bool:
    """Whether a passage of this kind can deliver such a promise at all."""
    if passage.kind in _NEVER or (
        passage.kind is SectionKind.CONTEXT and promise.kind not in _FIRST
    ):
        return False
    if passage.kind is SectionKind.PRACTICE and not _PRACTICE & set(stems(text_of(promise.what))):
        return False
    if promise.family is ModalityFamily.SYMBOLIC:
        return passage.has_formula
    if promise.family is ModalityFamily.CONCRETE:
        return passage.is_concrete
    return True
