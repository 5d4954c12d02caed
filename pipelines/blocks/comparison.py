"""`:::{comparison}`: a title for a table whose columns are compared."""

from __future__ import annotations

from dataclasses import replace

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Blocks, Comparison
from pipelines.plan.blocks import typed, unknown
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


def read_comparison(reading: Reading, raw: Raw) -> Blocks:
    """Read one table whose first header cell is empty, and what stands around it."""
    blocks = typed(reading, raw.children)
    tables = [block for block in blocks if isinstance(block, Comparison)]
    if len(tables) != 1:
        message = "`{comparison}` holds one table whose first header cell is empty"
        reading.problem(raw.line, "ML207", message, "begin the table with `| | One | Other |`")
        return blocks or (unknown(reading, raw),)
    title, src = reading.spans(raw.text, raw.line), reading.src(raw.line, raw.end)
    (table,) = tables
    return tuple(
        replace(table, title=title, src=src) if block is table else block for block in blocks
    )


def write_comparison(writer: BlockWriter, block: Comparison) -> Lines:
    """Write the table; without a title it needs no directive."""
    lines = writer.table(((), *block.columns), block.rows)
    return writer.directive("comparison", block.title, {}, lines) if block.title else lines


COMPARISON = BlockKind(
    Comparison,
    read_comparison,
    write_comparison,
    """\
:::{comparison} Two kinds
| | A | B |
|---|---|---|
| steps | one | fifty |
:::""",
)
