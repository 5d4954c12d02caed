"""`:::{timeline}`: works in the order in which they appeared, with their years."""

from __future__ import annotations

from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockPage, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks, Item, List, Paragraph
from pipelines.contracts.spans import Role, Spans
from pipelines.plan.blocks import typed, unknown
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class Timeline(Block):
    """Works in the order in which they appeared; each entry begins with its `{cite}`."""

    type: Literal["timeline"] = "timeline"
    title: Spans = ()
    entries: tuple[Spans, ...]


def read_timeline(reading: Reading, raw: Raw) -> Timeline | Blocks:
    """Read one list of sentences, each about the work that it begins with."""
    blocks = typed(reading, raw.children)
    entries = _timeline_entries(blocks[0]) if len(blocks) == 1 else ()
    if not entries:
        remedy = "write one list, and begin each item with {cite}`key`"
        reading.problem(raw.line, "ML207", "`{timeline}` holds cited works and no more", remedy)
        return blocks or (unknown(reading, raw),)
    title = reading.spans(raw.text, raw.line)
    return Timeline(src=reading.src(raw.line, raw.end), title=title, entries=entries)


def _timeline_entries(block: Block) -> tuple[Spans, ...]:
    """Return the items of a list that are sentences about a work; none if one is not."""
    items = [item.nodes for item in block.items] if isinstance(block, List) else []
    found = [
        nodes[0].spans for nodes in items if len(nodes) == 1 and isinstance(nodes[0], Paragraph)
    ]
    cited = [isinstance(spans[0], Role) and spans[0].name == "cite" for spans in found]
    return tuple(found) if len(found) == len(items) and all(cited) else ()


def write_timeline(writer: BlockWriter, block: Timeline) -> Lines:
    """Write the list."""
    paragraphs = (Paragraph(src=block.src, spans=spans) for spans in block.entries)
    items = tuple(Item(src=block.src, nodes=(paragraph,)) for paragraph in paragraphs)
    body = writer.blocks((List(src=block.src, ordered=False, items=items),))
    return writer.directive("timeline", block.title, {}, body)


def view_timeline(page: BlockPage, block: Timeline) -> dict[str, Any]:
    """Look up the year of each entry's work; "" if the bibliography has none."""
    works = [
        next((span.target for span in entry if isinstance(span, Role)), "")
        for entry in block.entries
    ]
    found = [page.references.get(work) for work in works]
    return {"years": [reference.year if reference else "" for reference in found]}


TIMELINE = BlockKind(
    Timeline,
    read_timeline,
    write_timeline,
    """\
:::{timeline} When each came
- {cite}`song2023` One step from a trained teacher.
:::""",
    view_timeline,
)
