"""The page in stretches, each under its heading: what promises are looked for in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipelines.blocks.cards import Card
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.question import Question
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import (
    Block,
    Code,
    Comparison,
    Formula,
    Subheading,
    Table,
    walk,
)
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Section, SectionKind
from pipelines.contracts.spans import CodeSpan, Math, Record, Role, Text, Voice
from pipelines.pages.places import student_blocks

_WORD = re.compile(r"[^\W\d_]{2,}|\d+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_STEM = 6  # letters that words of one family share: distil, distils, distillation
_SMALL_WORDS = """
    a an and any are as at be because been but by can does each for from had has have how if in
    into is it its itself just like may might more most must no not of off on one only or other
    our out over own same see should so some such than that the their them then there these they
    this those through to two under up use used uses using very via was we were what when where
    which while who why will with without would you your
    need needs needed student students lesson lessons section sections show shows concept
    concepts understand think thinks
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_CONCRETE = (Card, Table, TableRequest, Comparison, Code, Listing)


def stems(text: str) -> list[str]:
    """Return the words of a text that carry its meaning, each cut to what its family shares."""
    return [
        word[:_STEM].removesuffix("s") if len(word) > 3 else word
        for word in _WORD.findall(text.lower())
        if word not in _SMALL
    ]


def terms_in(found: list[str]) -> list[str]:
    """Return stems, and the pairs of neighbours among them: what a term is made of."""
    return found + [f"{one} {other}" for one, other in pairwise(found)]


@dataclass(frozen=True)
class Passage:
    """What stands on the page from one heading to the next.

    Attributes:
        named: The section or the subheading that it stands under.
        words: Terms of its text; `title` those of its headings.
        lessons: Slugs of the lessons that it links to.
    """

    section: Section
    named: Section | Subheading
    blocks: tuple[Block, ...]
    words: frozenset[str] = frozenset()
    title: frozenset[str] = frozenset()
    lessons: frozenset[str] = frozenset()
    kinds: tuple[type[Any], ...] = ()

    @property
    def kind(self) -> SectionKind:
        """What its section is for."""
        return self.section.kind

    def has(self, *kinds: type[Any]) -> bool:
        """Whether a block of one of these types stands in it."""
        return any(issubclass(one, kinds) for one in self.kinds)

    @property
    def teaches(self) -> bool:
        """Whether it is there to teach, and has something to say."""
        taught = (SectionKind.EXPLAIN, SectionKind.ELABORATE, SectionKind.OTHER)
        return self.kind in taught and bool(self.blocks)

    @property
    def has_formula(self) -> bool:
        """Whether it holds mathematics."""
        return self.has(Formula, Math)

    @property
    def is_concrete(self) -> bool:
        """Whether it holds numbers, code or cases that one can go through."""
        return self.has(*_CONCRETE)

    @property
    def figures(self) -> list[FigureRequest | Listing]:
        """The pictures that it asks for."""
        wanted = (FigureRequest, Listing)
        return [one for one in student_blocks(self.blocks) if isinstance(one, wanted)]


def passages(plan: LessonPlan) -> list[Passage]:
    """Return the page in stretches, in reading order; what students do not see is left out."""
    outline = plan.design.outline
    if not outline:
        return []
    return [
        _passage(section, named, blocks)
        for section in outline.sections
        if section.voice is Voice.STUDENT
        for named, blocks in _stretches(section)
    ]


def _stretches(section: Section) -> Iterator[tuple[Section | Subheading, tuple[Block, ...]]]:
    named: Section | Subheading = section
    held: list[Block] = []
    for node in section.nodes:
        if isinstance(node, Subheading) and node.voice is Voice.STUDENT:
            yield named, tuple(held)
            named, held = node, []
        else:
            held.append(node)
    yield named, tuple(held)


def _passage(section: Section, named: Section | Subheading, blocks: tuple[Block, ...]) -> Passage:
    held = list(seen(blocks))
    heads = (*section.title, *(named.spans if isinstance(named, Subheading) else ()))
    title = frozenset(terms_in(stems(_text(heads))))
    words = frozenset(terms_in(stems(_text(held)))) | title
    roles = (one for one in held if isinstance(one, Role) and one.name == "lesson")
    lessons = frozenset(one.target.split()[0] for one in roles if one.target)
    kinds = tuple(dict.fromkeys(type(one) for one in held))
    return Passage(section, named, blocks, words, title, lessons, kinds)


def seen(value: Any) -> Iterator[Record]:
    """Yield what students see in a tree; questions try what a page delivers, and do not count."""
    if isinstance(value, Question) or getattr(value, "voice", Voice.STUDENT) is Voice.BUILDER:
        return
    if isinstance(value, Record):
        yield value
        for inner in value.__dict__.values():
            yield from seen(inner)
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from seen(part)


def _text(records: Iterable[Any]) -> str:
    return " ".join(map(_said, records))


def _said(one: Any) -> str:
    if isinstance(one, Role):
        return one.target if one.name in ("term", "freed", "given") else ""
    if isinstance(one, Math):
        return " ".join(_DECIMAL.findall(one.latex))
    return one.text if isinstance(one, Text | CodeSpan) else ""


def text_of(value: Any) -> str:
    """Return all that is said in a tree of blocks or spans."""
    return _text(walk(value))


def asked_about(plan: LessonPlan) -> list[tuple[Question | Exercise, frozenset[str]]]:
    """Return what the page asks, each question and exercise with its words, answers included."""
    outline = plan.design.outline
    nodes = [node for one in outline.sections for node in one.nodes] if outline else []
    return [
        (block, frozenset(stems(text_of(block))))
        for block in student_blocks(tuple(nodes))
        if isinstance(block, Question | Exercise)
    ]
