"""Where things stand on a lesson's page: anchors, numbers and what a reference calls them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from pipelines.blocks.claim import Claim
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.blocks.question import Question
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Block, Blocks, Formula, Subheading
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Section
from pipelines.contracts.spans import Voice
from pipelines.module.leading import claims_of, leading_claims
from pipelines.plan.inline import plain

_SELF = Markup('<a class="anchor" href="#{}" tabindex="-1" aria-hidden="true"></a>')
_UNFIT = re.compile(r"[^a-z0-9]+")


def fit(text: str) -> str:
    """Return a text as part of an anchor: small letters, digits and hyphens."""
    return _UNFIT.sub("-", text.lower()).strip("-") or "x"


@dataclass(frozen=True)
class Place:
    """An anchor of the page, and how texts call what stands there."""

    anchor: str
    label: str
    number: int = 0


def anchor_link(place: Place | str | None) -> Markup:
    """Return the sign that links a thing to itself, to be copied; no stop of the tab key."""
    anchor = place.anchor if isinstance(place, Place) else place
    return _SELF.format(anchor) if anchor else Markup()


@dataclass
class Anchors:
    """Hands out anchors, each once."""

    taken: Counter[str] = field(default_factory=Counter)

    def new(self, wanted: str) -> str:
        """Return an anchor that is not taken: the wanted one, or with a number."""
        self.taken[wanted] += 1
        count = self.taken[wanted]
        return wanted if count == 1 else self.new(f"{wanted}-{count}")


@dataclass
class Places:
    """All places of a page: of blocks (by identity), and by the name that authors use."""

    anchors: Anchors = field(default_factory=Anchors)
    counts: Counter[str] = field(default_factory=Counter)
    of_block: dict[int, Place] = field(default_factory=dict)
    by_name: dict[str, Place] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)  # in reading order
    folded: set[int] = field(default_factory=set)  # claims that do not lead, by identity

    def of(self, block: Block | Section) -> Place:
        """Return the place of a block of this page; others get one when they are first asked."""
        if id(block) not in self.of_block:
            self.add(block)
        return self.of_block[id(block)]

    def add(self, block: Block | Section) -> None:
        """Give a block or a section that can be linked to its anchor and its label."""
        kind, name = _kind(block)
        if not kind:
            return
        if isinstance(block, Claim):
            self.claims.append(block)
        self.counts[kind] += 1
        place = self._place(kind, name, self.counts[kind], block)
        self.of_block[id(block)] = place
        if name:
            self.by_name.setdefault(name, place)

    def _place(self, kind: str, name: str, number: int, block: Block | Section) -> Place:
        if isinstance(block, Section):
            anchor = self.anchors.new(f"s-{fit(name)}")
            return Place(anchor, f"section {block.number or number}", number)
        if isinstance(block, Subheading):
            return Place(self.anchors.new(f"s-{fit(name)}"), f"“{plain(block.spans)}”", number)
        if isinstance(block, MisconceptionBlock | Exercise) and block.number is not None:
            name = str(block.number)
        anchor = self.anchors.new(f"{kind}-{fit(name) if name else number}")
        return Place(anchor, _LABELS[kind].format(number), number)


_LABELS = {
    "figure": "Figure {}",
    "table": "Table {}",
    "listing": "Listing {}",
    "claim": "Claim {}",
    "eq": "({})",
    "question": "Question {}",
    "exercise": "Exercise {}",
    "misbelief": "Misconception {}",
}


def _kind(block: Block | Section) -> tuple[str, str]:
    """Return the prefix of a block's anchor and the author's name for it, both perhaps empty."""
    match block:
        case Section():
            return "section", block.slug
        case Subheading():
            return "h", block.slug
        case FigureRequest() | Listing() | Claim():
            return block.type, block.id
        case TableRequest():
            return "table", block.id
        case Formula() if block.label:
            return "eq", block.label
        case Question():
            return "question", ""
        case Exercise():
            return "exercise", ""
        case MisconceptionBlock():
            return "misbelief", ""
    return "", ""


def find_places(plan: LessonPlan) -> Places:
    """Walk the page of a plan, in reading order, student text only."""
    places = Places()
    outline = plan.design.outline
    if not outline:
        return places
    for block in student_blocks(outline.intro):
        places.add(block)
    for section in outline.sections:
        places.add(section)
        leading = {id(claim) for claim in leading_claims(section)}
        places.folded |= {id(claim) for claim in claims_of(section)} - leading
        for block in student_blocks(section.nodes):
            places.add(block)
    return places


def student_blocks(blocks: Blocks) -> Iterator[Block]:
    """Yield blocks and all that they hold, in reading order, without notes to the builder."""
    for block in blocks:
        if block.voice is Voice.STUDENT:
            yield block
            yield from student_blocks(children(block))


_HOLDING = ("cards", "prompt", "nodes", "notes", "hints", "answer")  # fields that hold blocks


def children(block: Block) -> Blocks:
    """Return the blocks that stand directly in a block."""
    inner = [getattr(block, name, ()) for name in _HOLDING]
    inner += [item.nodes for item in getattr(block, "items", ())]
    inner += [part.answer for part in getattr(block, "parts", ())]
    return tuple(child for part in inner for child in part)
