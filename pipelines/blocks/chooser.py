"""`:::{chooser}`: a table of answers, and what it asks to find those that fit.

The table is complete by itself; a script adds the questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockPage, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks, Table
from pipelines.contracts.spans import Emphasis, Spans
from pipelines.plan.blocks import bad_option, typed, unknown
from pipelines.plan.inline import plain
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class AskKind(StrEnum):
    """What a reader does with a question, and which cells fit what he ticks.

    PICK: ticks one entry; the cell lists it. KEEP: ticks what he wants; the cell lists all of it.
    HAVE: ticks what he has; the cell lists nothing else.
    """

    PICK = "pick"
    KEEP = "keep"
    HAVE = "have"


class Chooser(Block):
    """A table of answers: its first columns, one for each of `asks`, say whom a row fits."""

    type: Literal["chooser"] = "chooser"
    title: Spans = ()
    asks: tuple[AskKind, ...]
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


def read_chooser(reading: Reading, raw: Raw) -> Chooser | Blocks:
    """Read one table, and what is asked of its first columns."""
    blocks = typed(reading, raw.children)
    if len(blocks) != 1 or not isinstance(table := blocks[0], Table):
        remedy = "begin the table with the columns that are asked for"
        reading.problem(raw.line, "ML207", "`{chooser}` holds one table and nothing else", remedy)
        return blocks or (unknown(reading, raw),)
    asks = _read_asks(reading, raw)
    if len(asks) >= len(table.columns):
        bad_option(reading, raw, "asks", "fewer words than the table has columns")
        return blocks
    return Chooser(
        src=reading.src(raw.line, raw.end),
        title=reading.spans(raw.text, raw.line),
        asks=asks,
        columns=table.columns,
        rows=table.rows,
    )


def _read_asks(reading: Reading, raw: Raw) -> tuple[AskKind, ...]:
    """Read what a chooser asks of its first columns, a word each."""
    words = [word.strip() for word in raw.options.get("asks", "").split(",")]
    known = {kind.value for kind in AskKind}
    if not set(words) <= known:
        wanted = f"`:asks:` and for each of the first columns one of {', '.join(sorted(known))}"
        bad_option(reading, raw, "asks", wanted)
    return tuple(AskKind(word) for word in words if word in known)


def write_chooser(writer: BlockWriter, block: Chooser) -> Lines:
    """Write the table."""
    asks = {"asks": ", ".join(block.asks)}
    return writer.directive("chooser", block.title, asks, writer.table(block.columns, block.rows))


@dataclass(frozen=True)
class Ask:
    """One question.

    Attributes:
        name: Of its inputs, unique on the page.
        entries: What can be ticked, in the order in which the column first names it.
        cells: For each row the places of its entries; None fits whatever is ticked.
    """

    name: str
    kind: AskKind
    title: Spans
    entries: tuple[str, ...]
    cells: tuple[tuple[int, ...] | None, ...]


def view_chooser(page: BlockPage, block: Chooser) -> dict[str, Any]:
    """Find the questions, one for each of the first columns, and ask for the script."""
    page.add_script("chooser.js")
    asked = zip(block.asks, block.columns, strict=False)
    view = tuple(
        _ask(page.new_anchor("ask"), kind, title, [row[at] for row in block.rows])
        for at, (kind, title) in enumerate(asked)
    )
    return {"view": view}


def _ask(name: str, kind: AskKind, title: Spans, column: list[Spans]) -> Ask:
    listed = [_entries(cell) for cell in column]
    known = list(dict.fromkeys(entry for entries in listed for entry in entries or ()))
    cells = tuple(
        None if entries is None else tuple(known.index(entry) for entry in entries)
        for entries in listed
    )
    return Ask(name, kind, title, tuple(known), cells)


def _entries(cell: Spans) -> list[str] | None:
    """Return what a cell lists between commas; one in italics, or empty, fits everything."""
    if all(isinstance(span, Emphasis) for span in cell):
        return None
    return [entry for part in plain(cell).split(",") if (entry := part.strip())]


CHOOSER = BlockKind(
    Chooser,
    read_chooser,
    write_chooser,
    """\
:::{chooser} Which one?
:asks: pick, keep, have

| Steps | To keep | At hand | Take |
|---|---|---|---|
| one, two | *anything* | a model | the first |
| two | adapters | a model, a teacher | the second |
:::""",
    view_chooser,
    options=("asks",),
)
