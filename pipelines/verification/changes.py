"""What changed between two builds as a reviewer sees it: text, findings, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.evidence import Evidence
from pipelines.verification.comparison import Comparison
from pipelines.verification.reviews import ReviewChanges, changed_reviews
from pipelines.verification.texts import TextChanges, changed_texts

_OF_BUNDLE = "evidence.json"  # beside the folder of its build


@dataclass(frozen=True)
class Changes:
    """What changed, and what could not be compared since one of the builds does not hold it.

    Attributes:
        no_pages: One of them holds no pages, so that no text was compared.
        lacking: A sentence for each side that lacks pages, or the reviews of lessons.
    """

    texts: tuple[TextChanges, ...] = ()
    reviews: tuple[ReviewChanges, ...] = ()
    no_pages: bool = False
    lacking: tuple[str, ...] = ()


def pages_of(side: Path) -> Path | None:
    """Return the folder of a build that holds the pages of a side, None where it has none.

    A side is the folder of a build, the evidence of an unpacked bundle, or a reference.
    """
    folder = side if side.is_dir() else side.parent / "build"
    known = side.is_dir() or side.name == _OF_BUNDLE
    return folder if known and (folder / "site").is_dir() else None


def changes_of(found: Comparison, one: Path, other: Path) -> Changes:
    """Return what a reviewer sees of two builds, as far as both hold it."""
    shown = pages_of(one), pages_of(other)
    texts = changed_texts(shown[0], shown[1]) if shown[0] and shown[1] else []
    reviews = changed_reviews(found.one.reviews, found.other.reviews)
    sides = ((one, found.one, found.other, shown[0]), (other, found.other, found.one, shown[1]))
    lacking = [line for side in sides for line in _lacking(*side)]
    return Changes(tuple(texts), tuple(reviews), None in shown, tuple(lacking))


def _lacking(path: Path, here: Evidence, there: Evidence, pages: Path | None) -> list[str]:
    lines = []
    if pages is None:
        lines.append(f"{path} holds no pages: neither text nor figures are compared.")
    if not here.reviews:
        lines.append(f"{path} keeps no reviews: neither findings nor the plan are compared.")
    elif lessons := sorted(there.reviews.keys() - here.reviews.keys()):
        lines.append(f"{path} keeps no review of {', '.join(lessons)}.")
    return lines
