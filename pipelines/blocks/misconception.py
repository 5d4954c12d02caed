"""`:::{misbelief}`: a false statement that the page puts right."""

from __future__ import annotations

from typing import Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines, numbered
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import number_option, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class MisconceptionBlock(Block):
    """A false statement that the page puts right: never asserted, always marked as mistaken."""

    type: Literal["misbelief"] = "misbelief"
    number: int | None = None
    statement: Spans
    nodes: Blocks


def read_misconception(reading: Reading, raw: Raw) -> MisconceptionBlock:
    """Read the statement and what puts it right."""
    return MisconceptionBlock(
        src=reading.src(raw.line, raw.end),
        number=number_option(reading, raw),
        statement=reading.spans(raw.text, raw.line),
        nodes=typed(reading, raw.children),
    )


def write_misconception(writer: BlockWriter, block: MisconceptionBlock) -> Lines:
    """Write the statement and what puts it right."""
    number, body = numbered(block.number), writer.blocks(block.nodes)
    return writer.directive("misbelief", block.statement, number, body)


MISCONCEPTION = BlockKind(
    MisconceptionBlock,
    read_misconception,
    write_misconception,
    """\
:::{misbelief} One step costs nothing.
:number: 1

It costs diversity.
:::""",
    options=("number",),
)
