"""All kinds of block that plans write as directives. A new one is a file here and a line below."""

from __future__ import annotations

from pipelines.blocks.callout import CALLOUT
from pipelines.blocks.cards import CARD, CARDS
from pipelines.blocks.chooser import CHOOSER
from pipelines.blocks.claim import CLAIM
from pipelines.blocks.comparison import COMPARISON
from pipelines.blocks.exercise import EXERCISE
from pipelines.blocks.figure import FIGURE
from pipelines.blocks.kind import BlockKind
from pipelines.blocks.listing import LISTING
from pipelines.blocks.misconception import MISCONCEPTION
from pipelines.blocks.question import QUESTION
from pipelines.blocks.table import TABLE
from pipelines.blocks.timeline import TIMELINE
from pipelines.contracts.blocks import Block
from pipelines.plan.blocks import read_builder
from pipelines.plan.reading import DirectiveReader

KINDS: tuple[BlockKind, ...] = (
    CALLOUT,
    CARD,
    CARDS,
    COMPARISON,
    TIMELINE,
    CHOOSER,
    MISCONCEPTION,
    QUESTION,
    EXERCISE,
    FIGURE,
    TABLE,
    LISTING,
    CLAIM,
)
_BY_TYPE: dict[type[Block], BlockKind] = {kind.type: kind for kind in KINDS}
DIRECTIVES: dict[str, DirectiveReader] = {
    **{
        name: (kind.read, kind.options)
        for kind in KINDS
        for name in kind.names or (kind.type.type,)
    },
    "builder": (read_builder, ()),
}


def kind_of(block: Block) -> BlockKind | None:
    """Return the kind of a block; None for Markdown, which has no directive."""
    return _BY_TYPE.get(type(block))
