"""What the plan promises beside the place on the page that delivers it, and the other way round.

An author's `{ref}` says where; a misconception is found by the number of its block; the rest is
inferred from words. What is inferred without being sure is for a person to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Spans
from pipelines.pages.page import Page
from pipelines.pages.places import Place, student_blocks
from pipelines.pages.review.matching import SURE, Inference, Match
from pipelines.pages.review.outline import of_type
from pipelines.pages.review.page_map import PageMap
from pipelines.pages.review.passages import Passage, asked_about, passages, stems, text_of
from pipelines.pages.review.promises import Kind, Promise, promises

_SECTION = re.compile(r"\bsections? (\d+)", re.IGNORECASE)
_ASKED = 0.5  # of a concept's words, in a question or an exercise


class Status(StrEnum):
    """What became of a promise."""

    THERE = "on the page"
    PERHAPS = "perhaps here"
    WORDS = "in words only"
    OMITTED = "left out"
    MISSING = "MISSING"


@dataclass(frozen=True)
class Delivery:
    """A promise, what became of it, and where.

    Attributes:
        inferred: The places are a machine's; otherwise the author's, or a block's own number.
        remark: What is wrong with it, or why it is left out.
        contradicts: The remark says that plan and page disagree.
    """

    promise: Promise
    status: Status
    places: tuple[Place, ...] = ()
    inferred: bool = False
    remark: str = ""
    contradicts: bool = False


@dataclass(frozen=True)
class Unplanned:
    """Something on the page that nothing in the planning asks for."""

    kind: str
    what: Spans
    place: Place


@dataclass(frozen=True)
class Coverage:
    """Both directions, and what of the outline itself did not reach the page.

    Attributes:
        asked: Check questions and exercises, each with its place and whether it has an answer.
        lost: Blocks of the outline that the rendered page does not hold, by line.
        blocks: How many blocks were looked for.
    """

    deliveries: tuple[Delivery, ...]
    unplanned: tuple[Unplanned, ...]
    asked: tuple[tuple[Place, str, bool], ...]
    lost: tuple[Block, ...]
    blocks: int

    def of_kind(self, kind: str) -> list[Delivery]:
        """Return the promises of a kind."""
        return [one for one in self.deliveries if one.promise.kind.value == kind]

    def of(self, *statuses: Status) -> list[Delivery]:
        """Return the promises of which this became."""
        return [one for one in self.deliveries if one.status in statuses]

    @property
    def kept(self) -> int:
        """How many promises are on the page, or left out with a reason."""
        return len(self.of(Status.THERE, Status.OMITTED))


def coverage(plan: LessonPlan, page: Page, found: PageMap) -> Coverage:
    """Hold a plan against its rendered page."""
    parts = passages(plan)
    look = _Look(plan, page, found, parts, Inference(parts))
    deliveries = tuple(look.deliver(one) for one in promises(plan))
    blocks = _blocks(plan)
    return Coverage(
        deliveries,
        tuple(_unplanned(look, deliveries)) if not plan.appendix else (),
        tuple(_asked(plan, page)),
        tuple(block for block in blocks if not _stands(block, page, found)),
        len(blocks),
    )


@dataclass(frozen=True)
class _Look:
    plan: LessonPlan
    page: Page
    found: PageMap
    parts: Sequence[Passage]
    inference: Inference

    def deliver(self, promise: Promise) -> Delivery:
        if promise.omitted:
            return Delivery(promise, Status.OMITTED, remark=promise.omitted)
        if promise.refs:
            return self.placed(promise)
        if promise.number and (block := self.misbelief(promise.number)):
            return self.answered(promise, block)
        if promise.number and self.plan.meta.explicit_voice:
            return Delivery(promise, Status.MISSING, remark="no block puts it right")
        return self.inferred(promise)

    def placed(self, promise: Promise) -> Delivery:
        known = self.page.places.by_name
        places = tuple(known[name] for name in promise.refs if name in known)
        gone = [name for name in promise.refs if name not in known]
        gone += [one.anchor for one in places if one.anchor not in self.found.ids]
        if gone:
            remark = f"the page has no {', '.join(gone)}"
            return Delivery(promise, Status.MISSING, places, remark=remark, contradicts=True)
        if promise.pictured and not any(map(self.is_pictured, places)):
            return Delivery(promise, Status.WORDS, places, remark="a picture was promised")
        return self.asked(Delivery(promise, Status.THERE, places))

    def answered(self, promise: Promise, block: MisconceptionBlock) -> Delivery:
        place = self.page.places.of(block)
        if place.anchor not in self.found.ids:
            return Delivery(promise, Status.MISSING, remark="its block is not on the page")
        section = next((one.section.number for one in self.parts if _holds(one, block)), "")
        said = _SECTION.findall(promise.more)
        wrong = bool(said) and section.rstrip(".") not in said
        remark = f"stands in section {section}, planned for {' and '.join(said)}" if wrong else ""
        return Delivery(promise, Status.THERE, (place,), remark=remark, contradicts=wrong)

    def inferred(self, promise: Promise) -> Delivery:
        if promise.pictured:
            drawn = [one for one in self.parts if self.has_picture(one)]
            shown = self.inference.best(promise, drawn)
            if shown:
                return self.matched(promise, shown)
        match = self.inference.best(promise)
        if not match:
            return Delivery(promise, Status.MISSING, remark="no passage speaks of it")
        made = self.matched(promise, match)
        if promise.pictured:
            places = made.places
            remark = "a picture was promised"
            return Delivery(promise, Status.WORDS, places, inferred=True, remark=remark)
        return made

    def matched(self, promise: Promise, match: Match) -> Delivery:
        status = Status.THERE if match.score >= SURE else Status.PERHAPS
        place = self.page.places.of(match.passage.named)
        return self.asked(Delivery(promise, status, (place,), inferred=True))

    def asked(self, made: Delivery) -> Delivery:
        """Remark on a concept that students shall work with, and are never asked about."""
        words = set(stems(text_of(made.promise.what)))
        if made.promise.kind is not Kind.DEPTH or not made.promise.deep or not words:
            return made
        asks = (len(words & said) / len(words) for _, said in asked_about(self.plan))
        if max(asks, default=0) >= _ASKED:
            return made
        remark = "no question and no exercise asks for it"
        return Delivery(made.promise, made.status, made.places, made.inferred, remark)

    def misbelief(self, number: int) -> MisconceptionBlock | None:
        blocks = of_type(self.plan, MisconceptionBlock)
        return next((one for one in blocks if one.number == number), None)

    def is_pictured(self, place: Place) -> bool:
        if place.anchor in self.found.pictured:
            return True
        named = self.page.places.of
        inside = [one for one in self.parts if named(one.named).anchor == place.anchor]
        inside += [one for one in self.parts if named(one.section).anchor == place.anchor]
        return any(map(self.has_picture, inside))

    def has_picture(self, passage: Passage) -> bool:
        anchors = (self.page.places.of(one).anchor for one in passage.figures)
        return any(anchor in self.found.pictured for anchor in anchors)


def _holds(passage: Passage, block: Block) -> bool:
    return any(one is block for one in student_blocks(passage.blocks))


def _unplanned(look: _Look, deliveries: Sequence[Delivery]) -> Iterator[Unplanned]:
    """Yield misbeliefs without a row, and passages and figures that no promise leads to."""
    rows = {one.number for one in look.plan.misconceptions}
    for block in of_type(look.plan, MisconceptionBlock):
        if block.number not in rows:
            yield Unplanned("misconception", block.statement, look.page.places.of(block))
    used = {place.anchor for one in deliveries for place in one.places}
    for part in look.parts:
        yield from _unplanned_in(look, part, used)


def _unplanned_in(look: _Look, part: Passage, used: set[str]) -> Iterator[Unplanned]:
    of = look.page.places.of
    around = {of(part.section).anchor, of(part.named).anchor}
    held = {of(one).anchor for one in student_blocks(part.blocks) if _has_place(one)}
    if part.teaches and not used & (around | held):
        title = getattr(part.named, "spans", None) or part.section.title
        yield Unplanned("section", title, of(part.named))
    if of(part.named).anchor in used or part.named is part.section:
        return
    for figure in part.figures:
        if isinstance(figure, FigureRequest) and of(figure).anchor not in used:
            yield Unplanned("figure", figure.caption, of(figure))


def _has_place(block: Block) -> bool:
    return isinstance(block, FigureRequest | MisconceptionBlock | Question | Exercise)


def _asked(plan: LessonPlan, page: Page) -> Iterator[tuple[Place, str, bool]]:
    for block in of_type(plan, Question):
        parts = [one.answer for one in block.parts]
        yield page.places.of(block), "check question", bool(block.answer or any(parts))
    for block in of_type(plan, Exercise):
        told = all(one.answer for one in block.predictions)
        yield page.places.of(block), "exercise", told


def _blocks(plan: LessonPlan) -> list[Block]:
    return [one for one in of_type(plan, Block) if _looked_for(one)]


def _looked_for(block: Block) -> str:
    """Return words of a block that must stand on the page: its first run of some length."""
    runs = (one for name in _RUNS for one in getattr(block, name, ()) if _is_text(one))
    long = (run for run in (one.text for one in runs) if len(run.split()) >= _LONG)
    return next((" ".join(run.split()[1:-1][:_MOST]) for run in long), "")


_RUNS = ("spans", "caption", "statement", "title", "because", "found", "expected", "tests")
_LONG = 5  # words
_MOST = 9


def _is_text(span: object) -> bool:
    return getattr(span, "type", "") == "text"


def _stands(block: Block, page: Page, found: PageMap) -> bool:
    place = page.places.of_block.get(id(block))
    if place and place.anchor not in found.ids:
        return False
    return found.says(_looked_for(block))
