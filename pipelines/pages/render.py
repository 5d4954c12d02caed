"""Typed plans, ledger and figures → the pages of a site: lesson, review, module index."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.names import title_from_slug
from pipelines.contracts.plan import LessonPlan, ModuleLesson, ModulePlan
from pipelines.contracts.planning import Section, SectionKind
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.contracts.references import Term
from pipelines.contracts.spans import Spans, Text, Voice
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.environment import environment
from pipelines.pages.inline import lesson_of, unlinked
from pipelines.pages.numbers import short
from pipelines.pages.opening import opening_of
from pipelines.pages.page import Page, new_page
from pipelines.pages.places import Places, find_places
from pipelines.pages.review import review_parts
from pipelines.pages.sources import LessonState, Sources

_BOTH = frozenset(Voice)
_KIND = re.compile(r"(?P<kind>[A-Za-z]+(?: [A-Za-z]+)?):\s+(?=\S)")


def render_lesson(plan: LessonPlan, sources: Sources) -> str:
    """Return the page that students read.

    Raises:
        InputProblems: If sources are strict and something that the page shows is missing.
    """
    page = new_page(plan.file, sources, find_places(plan))
    setter = BlockSetter(page, environment())
    outline = plan.design.outline
    intro = setter.blocks(outline.intro) if outline else Markup()
    sections = _sections(plan, setter)
    made = _fill(
        "lesson.html.j2",
        page,
        plan=plan,
        title=setter.spans(plan.title_spans) or plan.title,
        intro=intro,
        sections=sections,
        opening=opening_of(plan, setter, [intro, *(section["html"] for section in sections)]),
        **_neighbours(plan, sources),
    )
    _raise_if_strict(page)
    return made


def render_review(plan: LessonPlan, sources: Sources, problems: Sequence[Problem] = ()) -> str:
    """Return the page that reviewers tick off; what is missing is marked, never an error."""
    page = new_page(plan.file, sources, find_places(plan), home="index.html")
    setter = BlockSetter(page, environment(), _BOTH)
    parts = review_parts(plan, setter)
    return _fill("review.html.j2", page, plan=plan, problems=tuple(problems), **parts)


def page_and_review(
    plan: LessonPlan, sources: Sources, problems: list[Problem]
) -> tuple[str, str]:
    """Return page and review of a plan without errors.

    Raises:
        InputProblems: Everything wrong with the plan, the formulas that cannot be set included.
    """
    try:
        page = render_lesson(plan, sources)
    except InputProblems as found:
        raise InputProblems({*errors(problems), *found.problems}) from found
    if errors(problems):
        raise InputProblems(errors(problems))
    return page, render_review(plan, sources, problems)


def render_placeholder(title: str, sources: Sources, state: LessonState) -> str:
    """Return what stands in a page's place until it is there."""
    page = new_page("", sources, Places())
    return _fill("placeholder.html.j2", page, title=title, state=state)


def render_index(
    module: ModulePlan,
    plans: dict[str, LessonPlan],
    sources: Sources,
    states: Mapping[str, LessonState] | None = None,
) -> str:
    """Return the module's page: a card for each lesson of its plan, those of `plans` built.

    Args:
        states: How far each lesson is; without it all that have a plan are finished.

    Raises:
        InputProblems: If sources are strict and something that the page shows is missing.
    """
    page = new_page(module.file, sources, Places())
    setter = BlockSetter(page, environment())
    made = _fill(
        "index.html.j2",
        page,
        module=module,
        goal=setter.blocks(module.goal),
        arc=setter.blocks(module.arc),
        cards=_cards(module, plans, setter, states or {}),
        appendices=_appendices(plans, setter, states or {}),
        titles={slug: plan.title for slug, plan in plans.items()},
        glossary=[_glossary_entry(term, page) for term in sources.glossary],
    )
    _raise_if_strict(page)
    return made


def _glossary_entry(term: Term, page: Page) -> dict[str, Any]:
    """Return a term with the page of its lesson, if it is one of this module, and its source."""
    slug, number = lesson_of(term.lesson)
    known = page.sources.module.lesson(slug)
    work = page.sources.references.get(term.source)
    return {
        "term": term,
        "href": f"{slug}/index.html" if known and known.exists else "",
        "lesson": known.title if known else title_from_slug(slug),
        "number": "" if known else number,
        "anchor": page.register.cite(term.source) if work else "",
        "work": short(work, page.sources.references) if work else "",
    }


def _raise_if_strict(page: Page) -> None:
    if page.sources.strict and page.problems:
        raise InputProblems(set(page.problems))


def _fill(template: str, page: Page, **parts: Any) -> str:
    """Fill a page's template; lists of what it quotes come last, when all is quoted."""
    setter = BlockSetter(page, environment(), _BOTH)
    made = environment().get_template(template)
    return made.render(
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
    outline = plan.design.outline
    shown = [section for section in outline.sections if _speaks(section)] if outline else []
    return [_section(section, i, setter) for i, section in enumerate(shown, 1)]


def _speaks(section: Section) -> bool:
    has_student_text = any(node.voice is Voice.STUDENT for node in section.nodes)
    return section.voice is Voice.STUDENT and has_student_text


def _section(section: Section, number: int, setter: BlockSetter) -> dict[str, Any]:
    kind, spans = _titled(section)
    title = setter.spans(spans)
    return {
        "anchor": setter.page.places.of(section).anchor,
        "number": section.number.rstrip(".") or str(number),
        "kind": kind,
        "title": title,
        "entry": unlinked(title),
        "html": setter.blocks(section.nodes),
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


def _cards(
    module: ModulePlan,
    plans: dict[str, LessonPlan],
    setter: BlockSetter,
    states: Mapping[str, LessonState],
) -> list[dict[str, Any]]:
    """Return the lessons of the plan's sequence, then any that it does not name."""
    planned = {row.slug: row for row in module.sequence}
    lessons = {slug: plan for slug, plan in plans.items() if not plan.appendix}
    slugs = [*planned, *(slug for slug in lessons if slug not in planned)]
    return [
        _card(
            slug,
            planned.get(slug),
            plans.get(slug),
            setter,
            module.topics.get(slug, ()),
            states.get(slug),
        )
        for slug in slugs
    ]


def _appendices(
    plans: dict[str, LessonPlan], setter: BlockSetter, states: Mapping[str, LessonState]
) -> list[dict[str, Any]]:
    beside = {slug: plan for slug, plan in plans.items() if plan.appendix}
    return [
        _card(slug, None, plan, setter, state=states.get(slug)) for slug, plan in beside.items()
    ]


def _card(
    slug: str,
    row: ModuleLesson | None,
    plan: LessonPlan | None,
    setter: BlockSetter,
    topics: Blocks = (),
    state: LessonState | None = None,
) -> dict[str, Any]:
    outline = plan.design.outline if plan else None
    there = state.page if state else plan is not None
    return {
        "slug": slug,
        "title": plan.title if plan else title_from_slug(slug),
        "load": (plan.meta.load if plan else "") or (row.load if row else ""),
        "summary": setter.spans(row.core) if row else Markup(),
        "why": setter.spans(row.why) if row else Markup(),
        "topics": setter.blocks(topics),
        "sections": sum(map(_speaks, outline.sections)) if outline else 0,
        "exists": plan is not None,
        "page": plan is not None and there,
        "state": (state.words if state else "finished") if plan else "planned",
        "kind": (state.kind if state else "finished") if plan else "planned",
    }
