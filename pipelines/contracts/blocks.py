"""Blocks: what stands on a page, as the reader finds it in a plan.

Here are those of Markdown; those that have a directive of their own are in `pipelines.blocks`.
Every block carries `src` (file, first and last line, one-based). What the reader does not know is
kept as an `Unknown` block; nothing that stood in the plan is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from pipelines.contracts.spans import Node, Record, Spans

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Block(Node):
    """A block of any type. `type` names it in JSON, and its partial."""

    type: str

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """A field that is a block holds one of those that have been imported, told by `type`."""
        if cls is not Block:
            return handler(source)
        union = reduce(or_, Block.__subclasses__())
        return handler.generate_schema(Annotated[union, Field(discriminator="type")])


Blocks = tuple[Block, ...]


class Paragraph(Block):
    """A paragraph of text."""

    type: Literal["paragraph"] = "paragraph"
    spans: Spans


class Subheading(Block):
    """A heading inside a section: `**Part A: …**`, `##### …`. `slug` is unique on the page."""

    type: Literal["subheading"] = "subheading"
    spans: Spans
    slug: str


class Item(Node):
    """An item of a list; `ticked` is None where it has no box."""

    nodes: Blocks
    ticked: bool | None = None


class List(Block):
    """A list of items."""

    type: Literal["list"] = "list"
    ordered: bool
    start: int = 1
    items: tuple[Item, ...]


class Table(Block):
    """A table of the plan itself (not a measured one). Cells are spans."""

    type: Literal["table"] = "table"
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


class Comparison(Block):
    """ComparisonRow: what is compared stands in the columns, in what respect in the rows."""

    type: Literal["comparison"] = "comparison"
    title: Spans = ()
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]  # the first cell of a row is its label


class Code(Block):
    """A block of code."""

    type: Literal["code"] = "code"
    language: str = ""
    text: str


class Formula(Block):
    """A displayed formula. `label` can be referred to by `{ref}`; `raw` as for `Math`."""

    type: Literal["formula"] = "formula"
    latex: str
    label: str = ""
    guessed: bool = False
    raw: str = ""


class Quote(Block):
    """A quotation."""

    type: Literal["quote"] = "quote"
    nodes: Blocks


class Rule(Block):
    """A horizontal rule."""

    type: Literal["rule"] = "rule"


class Unknown(Block):
    """A directive or block that the reader does not know: kept, shown and reported."""

    type: Literal["unknown"] = "unknown"
    name: str
    raw: str


def walk(value: Any) -> Iterator[Record]:
    """Yield every record inside `value`: a record, tuple or dict; in the order of the document."""
    if isinstance(value, Record):
        yield value
        for inner in value.__dict__.values():
            yield from walk(inner)
    elif isinstance(value, tuple):
        for part in value:
            yield from walk(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from walk(part)
