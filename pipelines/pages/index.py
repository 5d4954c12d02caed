"""The module's index: what it is about, and a card for each lesson."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.card import LessonCard
from pipelines.contracts.names import title_from_slug
from pipelines.contracts.plan import LessonPlan, ModuleLesson, ModulePlan
from pipelines.contracts.references import Term
from pipelines.pages.answers import asks
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.environment import environment
from pipelines.pages.head import head_of_module
from pipelines.pages.inline import lesson_of
from pipelines.pages.numbers import short
from pipelines.pages.opening import in_words, load_in_words, targets
from pipelines.pages.page import Page, new_page
from pipelines.pages.places import Places
from pipelines.pages.render import fill, raise_if_strict, speaks
from pipelines.pages.review.load import Curve, curve
from pipelines.pages.review.load import loads as sections_load
from pipelines.pages.sources import LessonState, Sources


@dataclass(frozen=True)
class Shown:
    """What the index knows of lessons, beside the module's plan; each by slug.

    Attributes:
        plans: Of those that have one.
        states: How far each lesson is; one without a state is finished if it has a plan.
        cards: What is known of those that are rendered.
    """

    plans: Mapping[str, LessonPlan]
    states: Mapping[str, LessonState] = field(default_factory=dict)
    cards: Mapping[str, LessonCard] = field(default_factory=dict)


def render_index(module: ModulePlan, shown: Shown, sources: Sources) -> str:
    """Return the module's page: a card for each lesson of its plan, those with a plan built.

    Raises:
        InputProblems: If sources are strict and something that the page shows is missing.
    """
    page = replace(new_page(module.file, sources, Places()), root="")
    setter = BlockSetter(page, environment())
    cards = _cards(module, shown, setter)
    lead = next((one for one in cards if one["page"] and one["lead"]), None)
    made = fill(
        "index.html.j2",
        page,
        module=module,
        head=head_of_module(module, lead),
        welcome=setter.blocks(module.welcome or module.goal),
        arc=setter.blocks(module.arc),
        cards=cards,
        lead=lead,
        effort=_effort(cards),
        appendices=_appendices(shown, setter),
        titles={slug: plan.title for slug, plan in shown.plans.items()},
        curves=_curves(shown),
        loads={row.slug: load_in_words(row.load) for row in module.load_trajectory},
        glossary=[_glossary_entry(term, page) for term in sources.glossary],
    )
    raise_if_strict(page)
    return made


def _curves(shown: Shown) -> dict[str, Curve]:
    """Return the load curves of the lessons, all to one scale; appendices teach no new load."""
    loads = {slug: sections_load(plan) for slug, plan in shown.plans.items() if not plan.appendix}
    most = max((one.new for sections in loads.values() for one in sections), default=0)
    return {slug: curve(sections, most) for slug, sections in loads.items()}


def render_placeholder(title: str, sources: Sources, state: LessonState) -> str:
    """Return what stands in a page's place until it is there."""
    page = new_page("", sources, Places())
    return fill("placeholder.html.j2", page, title=title, state=state)


def _effort(cards: list[dict[str, Any]]) -> str:
    """Return how long all lessons take, if each is rendered."""
    if not cards or not all(card["minutes"] for card in cards):
        return ""
    exercises = sum(card["exercises"] for card in cards)
    return in_words(sum(card["minutes"] for card in cards), exercises)


def _cards(module: ModulePlan, shown: Shown, setter: BlockSetter) -> list[dict[str, Any]]:
    """Return the lessons of the plan's sequence, then any that it does not name."""
    planned = {row.slug: row for row in module.sequence}
    lessons = [slug for slug, plan in shown.plans.items() if not plan.appendix]
    slugs = [*planned, *(slug for slug in lessons if slug not in planned)]
    return [
        _card(slug, shown, setter, planned.get(slug), module.topics.get(slug, ()))
        for slug in slugs
    ]


def _appendices(shown: Shown, setter: BlockSetter) -> list[dict[str, Any]]:
    beside = [slug for slug, plan in shown.plans.items() if plan.appendix]
    return [_card(slug, shown, setter) for slug in beside]


def _card(
    slug: str,
    shown: Shown,
    setter: BlockSetter,
    row: ModuleLesson | None = None,
    topics: Blocks = (),
) -> dict[str, Any]:
    plan, state, card = shown.plans.get(slug), shown.states.get(slug), shown.cards.get(slug)
    outline = plan.design.outline if plan else None
    load = (plan.meta.load if plan else "") or (row.load if row else "")
    return {
        "slug": slug,
        "title": plan.title if plan else title_from_slug(slug),
        "load": load_in_words(load or ""),
        "summary": setter.spans(row.core) if row else Markup(),
        "why": setter.spans(row.why) if row else Markup(),
        "able": targets(plan, setter)[0] if plan else (),
        "topics": setter.blocks(topics),
        "sections": sum(map(speaks, outline.sections)) if outline else 0,
        "exists": plan is not None,
        "asks": plan is not None and asks(plan),
        "page": plan is not None and (state.page if state else True),
        "state": (state.words if state else "finished") if plan else "planned",
        "kind": (state.kind if state else "finished") if plan else "planned",
        "minutes": card.minutes if card else 0,
        "exercises": card.exercises if card else 0,
        "effort": in_words(card.minutes, card.exercises) if card else "",
        "short": card.short if card else 0,
        "lead": card.lead if card else None,
    }


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
