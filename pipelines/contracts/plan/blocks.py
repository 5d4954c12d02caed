"""What stands in a plan beside its tables: paragraphs, lists, cards, boxes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pipelines.contracts.plan.base import Node
from pipelines.contracts.plan.inline import Spans

if TYPE_CHECKING:
    from pipelines.contracts.plan.tree import Block


class Paragraph(Node):
    type: Literal["paragraph"] = "paragraph"
    spans: Spans


class Subheading(Node):
    """A heading inside a section: `**Part A: …**`, `##### …`. `slug` is unique on the page."""

    type: Literal["subheading"] = "subheading"
    spans: Spans
    slug: str


class Item(Node):
    nodes: tuple[Block, ...]
    ticked: bool | None = None


class List(Node):
    type: Literal["list"] = "list"
    ordered: bool
    start: int = 1
    items: tuple[Item, ...]


class Table(Node):
    """A table of the plan itself (not a measured one). Cells are spans."""

    type: Literal["table"] = "table"
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


class Comparison(Node):
    """ComparisonRow: what is compared stands in the columns, in what respect in the rows."""

    type: Literal["comparison"] = "comparison"
    title: Spans = ()
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]  # the first cell of a row is its label


class AskKind(StrEnum):
    """What a reader does with a question, and which cells fit what he ticks.

    PICK: ticks one entry; the cell lists it. KEEP: ticks what he wants; the cell lists all of it.
    HAVE: ticks what he has; the cell lists nothing else.
    """

    PICK = "pick"
    KEEP = "keep"
    HAVE = "have"


class Chooser(Node):
    """A table of answers: its first columns, one for each of `asks`, say whom a row fits."""

    type: Literal["chooser"] = "chooser"
    title: Spans = ()
    asks: tuple[AskKind, ...]
    columns: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


class Code(Node):
    type: Literal["code"] = "code"
    language: str = ""
    text: str


class Formula(Node):
    """A displayed formula. `label` can be referred to by `{ref}`; `raw` as for `Math`."""

    type: Literal["formula"] = "formula"
    latex: str
    label: str = ""
    guessed: bool = False
    raw: str = ""


class Quote(Node):
    type: Literal["quote"] = "quote"
    nodes: tuple[Block, ...]


class Rule(Node):
    type: Literal["rule"] = "rule"


class Card(Node):
    """GradientCard. `colour` is a name of the catalogue or empty (then the page chooses)."""

    type: Literal["card"] = "card"
    title: Spans = ()
    colour: str = ""
    nodes: tuple[Block, ...]


class Cards(Node):
    """Several cards side by side."""

    type: Literal["cards"] = "cards"
    cards: tuple[Card, ...]


class CalloutKind(StrEnum):
    INSIGHT = "insight"
    WARNING = "warning"
    TIP = "tip"
    TRY_THIS = "try-this"
    CONCEPT = "concept"
    CONSTRAINT = "constraint"
    PHASE = "phase"
    SUMMARY = "summary"
    NEXT_STEP = "next-step"
    MODULE_COMPLETE = "module-complete"
    NOTE = "note"


class Callout(Node):
    """InsightBlock, WarningBlock, …: a titled box, perhaps at the side."""

    type: Literal["callout"] = "callout"
    kind: CalloutKind
    title: Spans = ()
    aside: bool = False
    nodes: tuple[Block, ...]


class Misbelief(Node):
    """A false statement that the page puts right: never asserted, always marked as mistaken."""

    type: Literal["misbelief"] = "misbelief"
    number: int | None = None
    statement: Spans
    nodes: tuple[Block, ...]


class Unknown(Node):
    """A directive or block that the reader does not know: kept, shown and reported."""

    type: Literal["unknown"] = "unknown"
    name: str
    raw: str
