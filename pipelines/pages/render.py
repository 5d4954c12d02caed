"""Typed plan, ledger and figures → the pages of a lesson."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from pipelines.contracts.blocks import Subheading
from pipelines.contracts.card import LessonCard
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Section, SectionKind
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.contracts.reviewed import Reviewed
from pipelines.contracts.spans import Spans, Text, Voice
from pipelines.pages.answers import asked_in, asks
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.declared import declared
from pipelines.pages.environment import environment, filled
from pipelines.pages.evidence import pictures_of
from pipelines.pages.head import head_of_lesson
from pipelines.pages.inline import unlinked
from pipelines.pages.opening import Opening, lesson_card, minutes_to_read, opening_of
from pipelines.pages.page import BOXES, Page, beside, new_page
from pipelines.pages.places import find_places
from pipelines.pages.review.findings import findings_view
from pipelines.pages.review.kept import reviewed
from pipelines.pages.review.page_map import map_page
from pipelines.pages.review.sections import review_parts
from pipelines.pages.review.spots import spot_views
from pipelines.pages.short import short_way
from pipelines.pages.slides import Slide, figure_slides
from pipelines.pages.sources import Sources
from pipelines.pages.stops import once
from pipelines.rounds.checks import open_problems
from pipelines.rounds.register import FindingsRegister, register_of

_NUMBERS = "numbers.html"  # where the lists of numbers stand, beside the lesson
_BOTH = frozenset(Voice)
REGISTER = "register.js"  # sorts and filters long tables
_KIND = re.compile(r"(?P<kind>[A-Za-z]+(?: [A-Za-z]+)?):\s+(?=\S)")


@dataclass(frozen=True)
class RenderedLesson:
    """The pages of a lesson, by the names of `LESSON_PAGES`, and what the index shows of it.

    Attributes:
        findings: Of all rounds, held against the page as it is.
        reviewed: What its review says, as data.
    """

    pages: dict[str, str]
    card: LessonCard
    findings: FindingsRegister
    reviewed: Reviewed


def render_pages(
    plan: LessonPlan, sources: Sources, problems: Sequence[Problem]
) -> RenderedLesson:
    """Return all pages of a plan without errors and open critical findings, and its card.

    Raises:
        InputProblems: Everything wrong with the plan, the formulas that cannot be set included.
    """
    try:
        made = render_anyhow(plan, sources, problems)
    except InputProblems as found:
        raise InputProblems({*errors(problems), *found.problems}) from found
    if stopping := errors([*problems, *open_problems(made.findings)]):
        raise InputProblems(stopping)
    return made


def render_anyhow(
    plan: LessonPlan, sources: Sources, problems: Sequence[Problem] = ()
) -> RenderedLesson:
    """Return all pages of a plan, whatever is wrong with it, and its card.

    Raises:
        InputProblems: If sources are strict and something that students read is missing.
    """
    page, pages, opening = _student_pages(plan, sources)
    raise_if_strict(page)
    pages["answers"] = _render_answers(plan, page)
    pages["slides"] = _render_slides(plan, page)
    pages["review"], findings, kept = _render_review(plan, page, problems, pages)
    pages["numbers"] = _render_numbers(plan, page)  # last: the others may quote more
    return RenderedLesson(pages, lesson_card(plan, opening, sources.figures), findings, kept)


def render_lesson(plan: LessonPlan, sources: Sources) -> str:
    """Return the page that students read; raises what `student_pages` does."""
    return student_pages(plan, sources)["index"]


def student_pages(plan: LessonPlan, sources: Sources) -> dict[str, str]:
    """Return the page that students read, and the short way through it, by name.

    Raises:
        InputProblems: If sources are strict and something that the pages show is missing.
    """
    page, pages, _ = _student_pages(plan, sources)
    raise_if_strict(page)
    return pages


def _student_pages(plan: LessonPlan, sources: Sources) -> tuple[Page, dict[str, str], Opening]:
    page = new_page(plan.file, sources, find_places(plan), _NUMBERS)
    page.pictures = pictures_of(plan, page)
    setter = BlockSetter(page, environment())
    outline = plan.design.outline
    intro = setter.blocks(outline.intro) if outline else Markup()
    sections = _sections(plan, setter)
    if sections:
        page.scripts |= {"contents.js", BOXES}
    short = short_way(plan, setter)
    opening = opening_of(
        plan,
        setter,
        [intro, *(section["html"] for section in sections)],
        short.minutes if short.sections else 0,
    )
    shown = {
        "plan": plan,
        "title": setter.spans(plan.title_spans) or plan.title,
        "sections": sections,
        "short": short,
        "head": head_of_lesson(plan, sources),
    }
    around = {
        "asks": asks(plan),
        "rest": _second_sitting(plan, sections),
        **_neighbours(plan, sources),
    }
    made = {
        "index": fill("lesson.html.j2", page, intro=intro, opening=opening, **shown, **around),
        "short": fill("short.html.j2", replace(page, scripts=set()), **shown),
    }
    return page, made, opening


def _render_numbers(plan: LessonPlan, lesson: Page) -> str:
    """Return the lists of all numbers that a lesson and its review quote."""
    known, given = lesson.register, declared(plan, lesson)
    lists = (
        ("measured", known.measured or known.clocked or known.computed, "Measured here"),
        ("behind", lesson.apart, "Numbers behind large figures"),
        ("experiments", known.drawn, "Experiments that the figures draw"),
        ("cited", known.cited, "Cited figures"),
        ("given", given, "Given numbers"),
    )
    there = [(name, words) for name, rows, words in lists if rows]
    page = replace(lesson, scripts={REGISTER})
    return fill("numbers.html.j2", page, plan=plan, lists=there, given=given)


def render_review(plan: LessonPlan, sources: Sources, problems: Sequence[Problem] = ()) -> str:
    """Return the page that reviewers tick off; what is missing is marked, never an error."""
    page, pages, _ = _student_pages(plan, sources)
    return _render_review(plan, page, problems, pages)[0]


def _render_review(
    plan: LessonPlan, lesson: Page, problems: Sequence[Problem], pages: Mapping[str, str]
) -> tuple[str, FindingsRegister, Reviewed]:
    """Return the review of pages that are rendered already, its findings, and both as data."""
    page = beside(lesson, _NUMBERS)
    page.scripts |= {REGISTER, "round.js"}
    setter = BlockSetter(page, environment(), _BOTH)
    found = {name: map_page(html) for name, html in pages.items()}
    spots = spot_views(plan, page)
    findings = findings_view(register_of(plan, spots.values), spots)
    parts = review_parts(plan, setter, found, tuple(problems), findings)
    head = head_of_lesson(plan, lesson.sources)
    made = fill("review.html.j2", page, plan=plan, head=head, round_spots=spots, **parts)
    return made, findings.register, reviewed(plan, findings, parts["coverage"])


def render_answers(plan: LessonPlan, sources: Sources) -> str:
    """Return the sheet for teachers: all that the lesson asks, with what it answers."""
    return _render_answers(plan, _student_pages(plan, sources)[0])


def _render_answers(plan: LessonPlan, lesson: Page) -> str:
    page = beside(lesson, _NUMBERS)
    setter = BlockSetter(page, environment())
    parts = [
        {
            **_head_of_section(section, number, setter),
            "asked": asked_in(section.nodes, page, environment()),
        }
        for number, section in enumerate(_shown(plan), 1)
    ]
    asked = [one for one in parts if one["asked"]]
    head = head_of_lesson(plan, lesson.sources)
    return fill("answers.html.j2", page, plan=plan, head=head, parts=asked)


def render_slides(plan: LessonPlan, sources: Sources) -> str:
    """Return the lesson's figures, one a slide, after the titles of their sections."""
    return _render_slides(plan, _student_pages(plan, sources)[0])


def _render_slides(plan: LessonPlan, lesson: Page) -> str:
    page = beside(lesson, _NUMBERS)
    setter = BlockSetter(page, environment())
    outline = plan.design.outline
    slides = figure_slides(outline.intro, "", setter) if outline else []
    for number, section in enumerate(_shown(plan), 1):
        head = _head_of_section(section, number, setter)
        title = Slide(head["anchor"], f"{head['number']} {head['kind']}".strip(), head["entry"])
        slides += [title, *figure_slides(section.nodes, head["entry"], setter)]
    return fill(
        "slides.html.j2",
        page,
        plan=plan,
        head=head_of_lesson(plan, lesson.sources),
        title=setter.inline.spans(plan.title_spans) or plan.title,
        slides=slides,
        **_neighbours(plan, lesson.sources),
    )


def raise_if_strict(page: Page) -> None:
    if page.sources.strict and page.problems:
        raise InputProblems(set(page.problems))


def fill(template: str, page: Page, **parts: Any) -> str:
    """Fill a page's template; lists of what it quotes come last, when all is quoted."""
    setter = BlockSetter(page, environment(), _BOTH)
    return filled(
        template,
        page=page,
        register=page.register,
        ledger=page.sources.ledger,
        info=page.sources.module,
        spans=setter.spans,
        blocks=setter.blocks,
        **parts,
    )


def _sections(plan: LessonPlan, setter: BlockSetter) -> list[dict[str, Any]]:
    """Set those sections of the outline that say something to students."""
    return [_section(section, i, setter) for i, section in enumerate(_shown(plan), 1)]


def _shown(plan: LessonPlan) -> list[Section]:
    outline = plan.design.outline
    return [section for section in outline.sections if speaks(section)] if outline else []


def _second_sitting(plan: LessonPlan, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sections that wait for a second sitting, perhaps none, and their minutes."""
    numbers = [section["number"] for section in sections]
    begins = plan.meta.second_sitting
    later = sections[numbers.index(begins) :] if begins in numbers else []
    minutes = minutes_to_read([section["html"] for section in later]) if later else 0
    return {"sections": later, "minutes": minutes}


def speaks(section: Section) -> bool:
    has_student_text = any(node.voice is Voice.STUDENT for node in section.nodes)
    return section.voice is Voice.STUDENT and has_student_text


def _section(section: Section, number: int, setter: BlockSetter) -> dict[str, Any]:
    of = setter.page.places.of
    setter.page.section = of(section)
    return {
        **_head_of_section(section, number, setter),
        "title": setter.spans(_titled(section)[1]),
        "parts": [
            {"anchor": of(node).anchor, "entry": unlinked(setter.inline.spans(node.spans))}
            for node in section.nodes
            if isinstance(node, Subheading) and node.voice is Voice.STUDENT
        ],
        "html": once(setter.blocks(section.nodes)),
    }


def _head_of_section(section: Section, number: int, setter: BlockSetter) -> dict[str, Any]:
    kind, spans = _titled(section)
    return {
        "anchor": setter.page.places.of(section).anchor,
        "number": section.number.rstrip(".") or str(number),
        "kind": kind,
        "entry": unlinked(setter.inline.spans(spans)),
    }


def _titled(section: Section) -> tuple[str, Spans]:
    """Split "Explain: One path" into what the section is for and what it is about."""
    first = section.title[0] if section.title else None
    if section.kind is SectionKind.OTHER or not isinstance(first, Text):
        return "", section.title
    match = _KIND.match(first.text)
    if not match:
        return "", section.title
    rest = Text(text=first.text[match.end() :])
    return match["kind"], ((rest,) if rest.text else ()) + section.title[1:]


def _neighbours(plan: LessonPlan, sources: Sources) -> dict[str, Any]:
    """Return the lessons before and after, and the place of this one."""
    lessons = sources.module.lessons
    place = sources.module.lesson_position(plan.id)
    before = lessons[place - 1] if place > 0 else None
    after = lessons[place + 1] if 0 <= place < len(lessons) - 1 else None
    return {"before": before, "after": after, "place": place + 1, "count": len(lessons)}
