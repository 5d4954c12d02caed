"""The short way through a lesson: its figures, what leads its sections, its questions.

In the lesson's own words and order, and no more of them than can be read in ten minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from pipelines.blocks.callout import Callout
from pipelines.blocks.cards import Cards
from pipelines.blocks.claim import Claim
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block, Blocks, Paragraph, Subheading
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Outline, OutlineNotation, Section, SectionKind
from pipelines.contracts.spans import Spans, Text, Voice
from pipelines.module.leading import leading_claims
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.mentions import Uses
from pipelines.pages.opening import minutes_to_read, unfolded
from pipelines.pages.places import children
from pipelines.pages.timing_mask import blank_timings
from pipelines.plan.inline import plain

MINUTES = 10
_LESSON = "index.html"
_END = re.compile(r"[.?!](?=\s)")
_HERE = re.compile(r'(?<=\bhref=")(?=#)')


@dataclass(frozen=True)
class Limits:
    """How much of a section stands on the short way."""

    figures: int
    claims: int
    questions: int
    beginnings: bool  # of all parts that it shows, not of the first alone


_ROOMY_FIRST = (
    Limits(2, 2, 9, True),
    Limits(2, 2, 2, True),
    Limits(1, 2, 2, True),
    Limits(1, 1, 2, True),
    Limits(1, 1, 2, False),
    Limits(1, 1, 1, False),
)


@dataclass(frozen=True)
class ShortWay:
    """What a short way has of the beginning and of each section, and the minutes it takes.

    Sections are known by their anchors.
    """

    intro: Markup
    sections: dict[str, Markup]
    minutes: int


def short_way(plan: LessonPlan, setter: BlockSetter) -> ShortWay:
    """Return the short way through a lesson whose page has been set.

    Links lead to that page: it lists the numbers, the works and the rest.
    """
    outline = plan.design.outline or Outline(notation=OutlineNotation.NONE, sections=())
    there = replace(setter.page, home=_LESSON, scripts=set(), uses=Uses())
    away = replace(setter, page=there)
    for limits in _ROOMY_FIRST:
        made = _made(outline, limits, away)
        if made.minutes <= MINUTES:
            break
    return made


def _made(outline: Outline, limits: Limits, setter: BlockSetter) -> ShortWay:
    of = setter.page.places.of
    chosen = {of(one).anchor: tuple(_chosen(one, limits)) for one in outline.sections}
    short = {anchor: _set(blocks, setter) for anchor, blocks in chosen.items() if blocks}
    intro = _set((one for one in outline.intro if one.voice is Voice.STUDENT), setter)
    # what hangs on the clock does not count: a page is the same on every machine
    read = [Markup(blank_timings(one)) for one in (intro, *short.values())]
    return ShortWay(intro, short, minutes_to_read(read))


def _set(blocks: Iterable[Block], setter: BlockSetter) -> Markup:
    """Set blocks without what is folded in them, answers excepted; claims in brief."""
    return Markup(_HERE.sub(_LESSON, "\n".join(_brief(block, setter) for block in blocks)))


def _brief(block: Block, setter: BlockSetter) -> Markup:
    if isinstance(block, Question):
        return setter.block(block)
    if not isinstance(block, Claim):
        return unfolded(setter.block(block))
    template = setter.environment.get_template("parts/finding.html.j2")
    place, view = setter.page.places.of(block), setter.verdict(block)
    helpers = {"blocks": setter.blocks, "spans": setter.spans, "home": setter.page.home}
    return Markup(template.render(view=view, place=place, **helpers))


def _chosen(section: Section, limits: Limits) -> Iterator[Block]:
    """Yield what the short way has of a section, in order; nothing where nothing leads it."""
    if section.voice is not Voice.STUDENT:
        return
    if section.kind is SectionKind.SUMMARY:
        yield from next(_parts(section))[1]
        return
    wanted = _wanted(section, limits)
    for at, (heading, part) in enumerate(_parts(section)):
        found = [one for one in _outer(part) if id(one) in wanted]
        if found or (at == 0 and (wanted or section.kind is SectionKind.CONTEXT)):
            yield from heading
            if limits.beginnings or at == 0:
                yield from _beginning(part, section.kind is SectionKind.CONTEXT)
            yield from found


def _wanted(section: Section, limits: Limits) -> set[int]:
    """Return the figures, claims and questions of a section that stand on the short way."""
    blocks = list(_outer(section.nodes))
    figures = [one for one in blocks if isinstance(one, FigureRequest)][: limits.figures]
    questions = [one for one in blocks if isinstance(one, Question)][: limits.questions]
    claims = leading_claims(section)[: limits.claims]
    return {id(one) for one in (*figures, *questions, *claims)}


def _outer(blocks: Blocks) -> Iterator[Block]:
    """Yield the blocks of a section, but not what belongs to a question or an exercise."""
    for block in blocks:
        if block.voice is Voice.STUDENT:
            yield block
            if not isinstance(block, Question | Exercise):
                yield from _outer(children(block))


def _parts(section: Section) -> Iterator[tuple[tuple[Subheading, ...], tuple[Block, ...]]]:
    """Yield the stretches of a section, each but the first with its sub-heading."""
    heading: tuple[Subheading, ...] = ()
    part: list[Block] = []
    for block in section.nodes:
        if isinstance(block, Subheading):
            if heading or part:
                yield heading, tuple(part)
            heading, part = (block,), []
        elif block.voice is Voice.STUDENT:
            part.append(block)
    yield heading, tuple(part)


def _beginning(part: Sequence[Block], whole: bool) -> Iterator[Block]:
    """Yield the text that begins a stretch: its first paragraph or cards, or all until a box."""
    blocks = [one for one in part if not (isinstance(one, Callout) and one.aside)]
    for block in blocks if whole else blocks[:1]:
        if isinstance(block, Cards):
            yield block
        if not isinstance(block, Paragraph):
            return
        if spans := _without_lead(block.spans):
            yield replace(block, spans=spans)


def _without_lead(spans: Spans) -> Spans:
    """Return a paragraph without a last sentence that leads to what follows it: "… so:"."""
    if not plain(spans).rstrip().endswith(":"):
        return spans
    for at, span in reversed(list(enumerate(spans))):
        if isinstance(span, Text) and (ends := list(_END.finditer(span.text))):
            return (*spans[:at], Text(text=span.text[: ends[-1].end()]))
    return ()
