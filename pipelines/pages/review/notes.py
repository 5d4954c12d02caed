"""What an outline says to its builder."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.contracts.blocks import Block
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Voice
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.places import children


@dataclass(frozen=True)
class Note:
    """Something written for the builder, and the section that it stands in."""

    section: str
    anchor: str
    html: Markup
    line: int


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
