"""What a reviewer looks at: the plan's promises, and where the page keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipelines.blocks.claim import Claim
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.blocks import Block
from pipelines.contracts.blocks import walk as models
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import ChecklistItem, Misconception
from pipelines.contracts.spans import Role, Spans, Text, Voice
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.exercises import reviewed_exercises
from pipelines.pages.page import Page
from pipelines.pages.places import Place, children, student_blocks
from pipelines.pages.provenance import entries
from pipelines.pages.verdicts import ClaimView, next_to_turn, view_claim
from pipelines.planlint.texts import page_runs, roles
from pipelines.planlint.wording.sentences import FREED


@dataclass(frozen=True)
class Answered:
    """A misconception of the plan, and where the page puts it right (None: nowhere)."""

    row: Misconception
    place: Place | None


@dataclass(frozen=True)
class Judged:
    """A claim of the page, its place there, and where its numbers come from."""

    view: ClaimView
    place: Place
    sources: Markup


@dataclass(frozen=True)
class Note:
    """Something written for the builder, and the section that it stands in."""

    section: str
    anchor: str
    html: Markup
    line: int


@dataclass(frozen=True)
class Freed:
    """What the lint was told to leave alone, and why."""

    what: str
    reason: Spans
    line: int


def review_parts(plan: LessonPlan, setter: BlockSetter) -> dict[str, Any]:
    """Return what the review template needs of a plan."""
    cite_facts(plan, setter)
    claims = [_judged(setter.page, claim) for claim in _of_type(plan, Claim)]
    views = [one.view for one in claims]
    return {
        "answered": answered(plan, setter),
        "claims": claims,
        "tally": _tally(views),
        "next_to_turn": next_to_turn(views),
        "exercises": reviewed_exercises(plan, setter.page),
        "freed": freed(plan),
        "notes": notes(plan, setter),
        "groups": groups(plan.checklist),
    }


def _judged(page: Page, claim: Claim) -> Judged:
    place = page.places.of(claim)
    with page.gathering(place) as gathered:
        view = view_claim(page, claim)
    return Judged(view, place, entries(page, gathered))


def freed(plan: LessonPlan) -> list[Freed]:
    """Return the words and the claims of the page that are freed from the lint."""
    words = (
        Freed(f"“{one.target}”", (Text(text=one.format),), one.line)
        for spans, _ in page_runs(plan)
        for one in roles(spans)
        if one.name == FREED
    )
    claims = (
        Freed(f"{one.id}: {', '.join(one.freed)}", one.freed_because, one.src.line)
        for one in _of_type(plan, Claim)
        if one.freed
    )
    return sorted((*words, *claims), key=lambda one: one.line)


def _of_type(plan: LessonPlan, kind: type[Any]) -> list[Any]:
    outline = plan.design.outline
    if not outline:
        return []
    groups = (outline.intro, *(section.nodes for section in outline.sections))
    return [
        block for group in groups for block in student_blocks(group) if isinstance(block, kind)
    ]


def answered(plan: LessonPlan, setter: BlockSetter) -> list[Answered]:
    """Pair each misconception with the block that names its number."""
    found = {block.number: block for block in _of_type(plan, MisconceptionBlock) if block.number}
    places = setter.page.places
    return [
        Answered(row, places.of(found[row.number]) if row.number in found else None)
        for row in plan.misconceptions
    ]


def _tally(views: list[ClaimView]) -> dict[str, int]:
    """Count verdicts by word; those that may change with the clock stand apart."""
    words = ["on the clock" if view.timed else view.word for view in views]
    return {word: words.count(word) for word in dict.fromkeys(words)}


def cite_facts(plan: LessonPlan, setter: BlockSetter) -> None:
    """Register the cited figures of the page's text, so that the review lists them."""
    ledger = setter.page.sources.ledger
    for name in _fact_names(plan):
        if name in ledger.facts:
            setter.page.register.cite_fact(name)


def _fact_names(plan: LessonPlan) -> list[str]:
    outline = plan.design.outline
    roles = (node for node in models(outline) if isinstance(node, Role)) if outline else ()
    return list(dict.fromkeys(role.target for role in roles if role.name == "fact"))


def notes(plan: LessonPlan, setter: BlockSetter) -> list[Note]:
    """Return the builder's notes, outermost blocks only, each with its section."""
    outline = plan.design.outline
    groups = [("", outline.intro)] if outline else []
    groups += [(section.slug, section.nodes) for section in outline.sections] if outline else []
    return [_note(slug, block, setter) for slug, blocks in groups for block in _builders(blocks)]


def _builders(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield notes, and those inside student text; what is inside a note belongs to it."""
    for block in blocks:
        if block.voice is Voice.BUILDER:
            yield block
        else:
            yield from _builders(children(block))


def _note(slug: str, block: Block, setter: BlockSetter) -> Note:
    place = setter.page.places.by_name.get(slug)
    label = place.label if place else ""
    return Note(label, place.anchor if place else "", setter.block(block), block.src.line)


def groups(checklist: tuple[ChecklistItem, ...]) -> dict[str, list[ChecklistItem]]:
    """Gather checklist items by their group, in order."""
    found: dict[str, list[ChecklistItem]] = {}
    for item in checklist:
        found.setdefault(item.group, []).append(item)
    return found
