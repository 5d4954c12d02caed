"""How much a lesson asks of its reader, a section at a time: what is new, and how it reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.blocks.claim import Claim
from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.blocks import Formula, Paragraph
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Section
from pipelines.contracts.spans import Role, Voice
from pipelines.pages.places import student_blocks
from pipelines.pages.review.passages import seen, text_of
from pipelines.plan.inline import plain

_A_MINUTE = 200  # words, as the page's own estimate has it
_A_FIGURE = 0.4  # minutes
_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)


@dataclass(frozen=True)
class SectionLoad:
    """What one section asks of its reader.

    Attributes:
        terms: Terms that it introduces.
        grade: Of Flesch and Kincaid, None where there is too little prose to tell.
    """

    number: str
    title: str
    terms: int
    formulas: int
    claims: int
    figures: int
    words: int
    grade: float | None

    @property
    def new(self) -> int:
        """What is new in it, of all kinds."""
        return self.terms + self.formulas + self.claims

    @property
    def minutes(self) -> float:
        """How long it takes to read, exercises left out."""
        return self.words / _A_MINUTE + self.figures * _A_FIGURE


def loads(plan: LessonPlan) -> list[SectionLoad]:
    """Return the load of each section that students see."""
    outline = plan.design.outline
    sections = outline.sections if outline else ()
    return [_load(one, i) for i, one in enumerate(sections, 1) if one.voice is Voice.STUDENT]


def _load(section: Section, place: int) -> SectionLoad:
    blocks = list(student_blocks(section.nodes))
    prose = [text_of(one.spans) for one in blocks if isinstance(one, Paragraph)]
    roles = (one for one in seen(section.nodes) if isinstance(one, Role))
    return SectionLoad(
        number=section.number.rstrip(".") or str(place),
        title=plain(section.title),
        terms=sum(one.name == "term" for one in roles),
        formulas=sum(isinstance(one, Formula) for one in blocks),
        claims=sum(isinstance(one, Claim) for one in blocks),
        figures=sum(isinstance(one, FigureRequest) for one in blocks),
        words=sum(len(one.split()) for one in prose),
        grade=reading_grade(" ".join(prose)),
    )


def reading_grade(text: str) -> float | None:
    """Return the school grade of a text by the formula of Flesch and Kincaid.

    0.39 words a sentence + 11.8 syllables a word - 15.59; groups of vowels count as syllables.
    """
    words = _WORD.findall(text)
    sentences = len(_SENTENCE.findall(text)) or 1
    if len(words) < 30:  # too few to say
        return None
    syllables = sum(max(1, len(_VOWELS.findall(word))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@dataclass(frozen=True)
class Bar:
    """A section of the curve, in the units of its drawing; `parts` from below: height, kind."""

    x: float
    label: str
    title: str
    parts: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True)
class Curve:
    """A load curve, ready to be drawn: stacked bars, a section each."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    step: int
    most: int


_STEP, _HEIGHT = 22, 120


def curve(sections: Sequence[SectionLoad], most: int = 0) -> Curve:
    """Return the curve of sections in reading order; `most`: what the full height means."""
    top = max(most, *(one.new for one in sections), 1) if sections else 1
    bars = tuple(_bar(one, i * _STEP, top) for i, one in enumerate(sections))
    return Curve(bars, max(1, len(bars)) * _STEP, _HEIGHT, _STEP, top)


def _bar(one: SectionLoad, x: int, top: int) -> Bar:
    parts, below = [], 0.0
    for count, kind in ((one.terms, "term"), (one.formulas, "formula"), (one.claims, "claim")):
        height = _HEIGHT * count / top
        below += height
        parts.append((round(_HEIGHT - below, 1), round(height, 1), kind))
    told = f"{one.terms} terms, {one.formulas} formulas, {one.claims} claims"
    return Bar(x, one.number, f"{one.number}. {one.title}: {told}", tuple(parts))
