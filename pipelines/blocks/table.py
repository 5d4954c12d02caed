"""`:::{table} name`: a table made from the ledger."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from pipelines.blocks.figure import read_request, write_request
from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import identifier
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class TableRequest(Block):
    """`{table} name`: a table made from the ledger."""

    type: Literal["table_request"] = "table_request"
    id: str
    table: str
    options: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


def read_table_request(reading: Reading, raw: Raw) -> TableRequest:
    """Read the table's name, its options and its caption."""
    name = identifier(reading, raw, raw.text)
    return TableRequest(table=name, **read_request(reading, raw, name))


def write_table_request(writer: BlockWriter, block: TableRequest) -> Lines:
    """Write the request."""
    return write_request(writer, "table", block.table, block)


# options are looked at where all tables are known
TABLE = BlockKind(
    TableRequest,
    read_table_request,
    write_table_request,
    """\
:::{table} quality
:systems: toy-cd/consistency@1
:metrics: off_manifold

A caption.
:::""",
    lambda page, block: {"table": page.ledger_table(block)},
    options=None,
    names=("table",),
)
