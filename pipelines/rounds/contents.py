"""What reviewers point at: the spots of a page by name, and digests that tell when one changed.

A digest is taken of what a plan says, not of how it is spelled, so that `format` keeps it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.blocks.claim import Claim
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.blocks.question import Question
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Block, Blocks, Formula, Rule, Subheading, walk
from pipelines.contracts.plan import Document, LessonPlan
from pipelines.contracts.planning import Section
from pipelines.contracts.spans import Src, Voice
from pipelines.plan.inline import plain
from pipelines.planwriter.format import plan_content

_LENGTH = 12  # hexadecimal digits: enough to tell an edit, short enough for a line of a plan
_UNFIT = re.compile(r"[^a-z0-9]+")
INTRO, BEGINNING = "s-intro", "the beginning"  # what stands before the first section


@dataclass(frozen=True)
class Spot:
    """A section of the page, or a block in one.

    Attributes:
        name: How findings call it: `s-hook`, `s-hook/paragraph-2`, `claim-two-steps-help`.
        label: How people call it: "section 2, paragraph 2".
        section: The number of its section as the page shows it; "" of what stands before all.
        node: What stands there; None of the introduction as a whole.
        digest: Of what it says.
    """

    name: str
    label: str
    section: str
    node: Section | Block | None
    src: Src
    digest: str


@dataclass(frozen=True)
class Contents:
    """All that a round is made for.

    Attributes:
        spots: Of the page, by name.
        parts: A digest of each other part of the plan, reviews left out.
    """

    spots: dict[str, Spot]
    parts: dict[str, str]

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each spot, by name."""
        return {name: spot.digest for name, spot in self.spots.items()}

    @cached_property
    def version(self) -> str:
        """A digest of everything; a round that is merged leaves it as it is."""
        return digest_of({"spots": self.digests, "parts": self.parts})

    def with_digest(self, digest: str) -> Spot | None:
        """Return the spot that says what a digest was taken of, wherever it stands now."""
        return next((spot for spot in self.spots.values() if spot.digest == digest), None)


def digest_of(value: Any) -> str:
    """Return a short digest of plain data."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def contents_of(plan: LessonPlan) -> Contents:
    """Return the spots of a plan's page, in reading order, and digests of its other parts."""
    return Contents({spot.name: spot for spot in _spots(plan)}, _parts(plan))


def _parts(plan: LessonPlan) -> dict[str, str]:
    framing = set(Document.__dataclass_fields__) - {"meta", "extra"} | {"reviews"}
    fields = {name: value for name, value in plan.__dict__.items() if name not in framing}
    design = fields.pop("design").__dict__
    fields |= {f"design, {name}": value for name, value in design.items() if name != "outline"}
    fields["title"] = plan.title
    return {name: digest_of(plan_content(value)) for name, value in fields.items()}


def _spots(plan: LessonPlan) -> Iterator[Spot]:
    outline = plan.design.outline
    if not outline:
        return
    names = _Names()
    if outline.intro:
        src = outline.intro[0].src
        digest = digest_of(_said(outline.intro))
        yield Spot(INTRO, BEGINNING, "", None, src, digest)
        yield from names.inside(INTRO, BEGINNING, "", outline.intro)
    for place, section in enumerate(filter(speaks, outline.sections), 1):
        number = section.number.rstrip(".") or str(place)
        name, label = names.new(f"s-{_fit(section.slug)}"), f"section {number}"
        digest = digest_of([plan_content(section.title), _said(section.nodes)])
        yield Spot(name, label, number, section, section.src, digest)
        yield from names.inside(name, label, number, section.nodes)


def speaks(section: Section) -> bool:
    """Whether a section says something to students."""
    return section.voice is Voice.STUDENT and bool(_for_students(section.nodes))


def _for_students(nodes: Blocks) -> Blocks:
    return tuple(node for node in nodes if node.voice is Voice.STUDENT)


def _said(nodes: Blocks) -> Any:
    return plan_content(_for_students(nodes))


class _Names:
    """Gives each spot a name of its own, by the rule that gives pages their anchors."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.ordinals: Counter[str] = Counter()

    def new(self, wanted: str) -> str:
        self.taken[wanted] += 1
        count = self.taken[wanted]
        return wanted if count == 1 else self.new(f"{wanted}-{count}")

    def inside(self, around: str, label: str, section: str, nodes: Blocks) -> Iterator[Spot]:
        """Yield the blocks of a section, and those with names that stand inside of them."""
        counts: Counter[str] = Counter()
        for node in _for_students(nodes):
            if isinstance(node, Subheading | Rule):
                continue
            if not _named(node):
                kind = node.type.replace("_", "-")
                counts[kind] += 1
                words = f"{kind.replace('-', ' ')} {counts[kind]}"
                name = self.new(f"{around}/{kind}-{counts[kind]}")
                yield _spot(name, f"{label}, {words}", section, node)
            for inner in _all_for_students(node):
                if found := _named(inner):
                    yield self.with_name(found, section, label, inner)

    def with_name(self, found: tuple[str, str], section: str, label: str, node: Block) -> Spot:
        kind, name = found
        self.ordinals[kind] += 1
        fitting = _fit(name) if name else str(self.ordinals[kind])
        words = f"{_WORDS.get(kind, kind)} {name or self.ordinals[kind]}"
        return _spot(self.new(f"{kind}-{fitting}"), f"{label}, {words}", section, node)


_WORDS = {"eq": "formula", "misbelief": "misconception"}


def _spot(name: str, label: str, section: str, node: Block) -> Spot:
    return Spot(name, label, section, node, node.src, digest_of(plan_content(node)))


def _all_for_students(node: Block) -> Iterator[Block]:
    yield node
    hidden = {id(one) for one in _built_for(node)}
    for one in walk(node):
        if one is not node and isinstance(one, Block) and id(one) not in hidden:
            yield one


def _built_for(node: Block) -> Iterator[Any]:
    """Yield all notes to the builder inside a block, and what they hold."""
    for one in walk(node):
        if isinstance(one, Block) and one.voice is Voice.BUILDER:
            yield from walk(one)


def _named(node: Block) -> tuple[str, str] | None:
    """Return the kind of a block that pages give an anchor, and the author's name for it."""
    match node:
        case FigureRequest() | Listing() | Claim():
            return node.type, node.id
        case TableRequest():
            return "table", node.id
        case Formula() if node.label:
            return "eq", node.label
        case Question():
            return "question", ""
        case Exercise() | MisconceptionBlock():
            kind = "exercise" if isinstance(node, Exercise) else "misbelief"
            return kind, "" if node.number is None else str(node.number)
    return None


def _fit(text: str) -> str:
    return _UNFIT.sub("-", text.lower()).strip("-") or "x"


def title_of(spot: Spot) -> str:
    """Return the title of a section, "" of anything else."""
    return plain(spot.node.title) if isinstance(spot.node, Section) else ""
