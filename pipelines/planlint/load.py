"""Cognitive load: how many concepts are new, whether each hangs on an old one, what came before.

The number is said in up to three places (the metadata, the assessment's sentence, and a list
under it); they must agree, and more than three concepts are too many for one lesson.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.contracts.blocks import Block, Item, List, walk
from pipelines.contracts.plan import LessonPlan, ModuleLesson
from pipelines.module.report import Report
from pipelines.plan.inline import plain
from pipelines.planlint.texts import NUMERAL, keywords, value_of

_MOST = 3
_COUNTED = re.compile(rf"\b(?P<n>{NUMERAL})\s+(?:[\w-]+\s+){{0,2}}?concepts?\b", re.IGNORECASE)
_NEW = re.compile(r"new concepts?\b[^:]*:\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_LEADING = re.compile(rf"\W*(?P<n>{NUMERAL})\b", re.IGNORECASE)
_PREVIOUS = re.compile(r"previous lesson[^:]*:\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_LOAD = re.compile(r"\b(STRETCH|BUILD|CONSOLIDATE|PROJECT)\b")


@dataclass(frozen=True)
class Statement:
    """How many concepts are new, according to one place."""

    number: int
    line: int
    text: str


def check_new_concepts(plan: LessonPlan, report: Report) -> None:
    """At most three concepts are new, by every place that counts them."""
    said = [*_of_metadata(plan, report), *_of_assessment(plan)]
    for one in said:
        if one.number > _MOST:
            report.gate(
                one.line,
                "ML509",
                f"{one.number} new concepts, more than {_MOST}",
                "divide the lesson, or say which of them the student half knows",
                at=one.text,
            )
    for one in said[1:]:
        if one.number != said[0].number:
            report.gate(
                one.line,
                "ML510",
                f"{one.number} new concepts here, {said[0].number} at line {said[0].line}",
                "count again; the metadata and the assessment say the same",
                at=one.text,
            )
    if not said and not plan.design.load_assessment:
        report.gate(
            report.heading("cognitive load", r"phase 3|design"),
            "ML510",
            "nothing says how many concepts are new",
            "write `- **New concepts:** two. …` under `### Cognitive Load Assessment`",
        )


def new_concepts(plan: LessonPlan) -> int | None:
    """Return how many concepts are new by the first place that says so; None if none does."""
    said = [*_of_metadata(plan, Report(plan)), *_of_assessment(plan)]
    return said[0].number if said else None


def _of_metadata(plan: LessonPlan, report: Report) -> Iterator[Statement]:
    match = _COUNTED.search(plan.meta.load_note)
    if match:
        lines = enumerate(report.plan_lines, 1)
        line = next((number for number, text in lines if match[0] in text), 1)
        yield Statement(value_of(match["n"]), line, match[0])


def _of_assessment(plan: LessonPlan) -> Iterator[Statement]:
    """Yield the sentence's number, and the length of the list that enumerates the concepts."""
    for item in _items(plan.design.load_assessment):
        match = _NEW.search(_item_text(item))
        if not match:
            continue
        if number := _LEADING.match(match["rest"]):
            yield Statement(value_of(number["n"]), item.src.line, number["n"])
        for concepts in _enumerated(item):
            yield Statement(len(concepts), concepts[0].src.line, "")


def _items(blocks: Sequence[Block]) -> Iterator[Item]:
    for block in blocks:
        if isinstance(block, List):
            yield from block.items


def _item_text(item: Item) -> str:
    return " ".join(plain(getattr(node, "spans", ())) for node in item.nodes)


def _enumerated(item: Item) -> Iterator[tuple[Item, ...]]:
    for node in item.nodes:
        if isinstance(node, List) and node.ordered:
            yield node.items


def named_concepts(plan: LessonPlan) -> list[tuple[str, int]]:
    """Return the new concepts that the assessment enumerates, each with its line."""
    found = []
    for item in _items(plan.design.load_assessment):
        if _NEW.search(_item_text(item)):
            found += [
                (re.split(r"[(:]| -- | — |--", _item_text(one))[0].strip(), one.src.line)
                for concepts in _enumerated(item)
                for one in concepts
            ]
    return found


def check_connections(plan: LessonPlan, report: Report) -> None:
    """Every new concept hangs on one that the student has."""
    rows = plan.design.connections
    if not rows:
        report.gate(
            report.heading("connection", r"phase 3|design"),
            "ML512",
            "no new concept is connected to one that the student has",
            "write the table of `### Connections to Prior Concepts`",
        )
        return
    for row in rows:
        if not row.prior and not row.how:
            name = plain(row.new)[:60]
            report.gate(
                row.src.line, "ML512", f"`{name}` is connected to nothing", "name an old concept"
            )
    cells = (cell for row in rows for cell in (row.new, row.prior, row.how))
    known = keywords(" ".join(map(plain, cells)))
    for name, line in named_concepts(plan):
        if not keywords(name) & known:
            report.problem(
                line,
                "ML512",
                f"`{name}` is not in the table of connections",
                "add a row that ties it to a concept the student has",
                "warning",
                at=name,
            )


def check_load_before(plan: LessonPlan, report: Report, sequence: Sequence[ModuleLesson]) -> None:
    """Two STRETCH lessons in a row leave no time to settle."""
    if plan.meta.load != "STRETCH":
        return
    if _previous_load(plan, sequence) == "STRETCH":
        report.gate(
            report.heading("cognitive load", "lesson"),
            "ML511",
            "the lesson before is STRETCH too",
            "put a BUILD or CONSOLIDATE lesson between them, or lessen this one's load",
        )


def _previous_load(plan: LessonPlan, sequence: Sequence[ModuleLesson]) -> str:
    """Return the load of the lesson before, by the module plan, else by the assessment."""
    slugs = [row.slug for row in sequence]
    at = slugs.index(plan.id) if plan.id in slugs else 0
    if at:
        return _first_load(sequence[at - 1].load)
    texts = [_item_text(one) for one in walk(plan.design.load_assessment) if isinstance(one, Item)]
    return next((_first_load(m["rest"]) for text in texts if (m := _PREVIOUS.search(text))), "")


def _first_load(text: str) -> str:
    match = _LOAD.search(text)
    return match[0] if match else ""
