"""Blocks: what stands on a page, as the reader finds it in a plan.

Every block carries `src` (file, first and last line, one-based). What the reader does not know is
kept as an `Unknown` block; nothing that stood in the plan is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.contracts.spans import Depth, Node, Record, Spans

# --- Markdown and layout ---


class Paragraph(Node):
    """A paragraph of text."""

    type: Literal["paragraph"] = "paragraph"
    spans: Spans


class Subheading(Node):
    """A heading inside a section: `**Part A: …**`, `##### …`. `slug` is unique on the page."""

    type: Literal["subheading"] = "subheading"
    spans: Spans
    slug: str


class Item(Node):
    """An item of a list; `ticked` is None where it has no box."""

    nodes: Blocks
    ticked: bool | None = None


class List(Node):
    """A list of items."""

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


class Timeline(Node):
    """Works in the order in which they appeared; each entry begins with its `{cite}`."""

    type: Literal["timeline"] = "timeline"
    title: Spans = ()
    entries: tuple[Spans, ...]


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
    """A block of code."""

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
    """A quotation."""

    type: Literal["quote"] = "quote"
    nodes: Blocks


class Rule(Node):
    """A horizontal rule."""

    type: Literal["rule"] = "rule"


class Card(Node):
    """GradientCard. `colour` is a name of the catalogue or empty (then the page chooses)."""

    type: Literal["card"] = "card"
    title: Spans = ()
    colour: str = ""
    nodes: Blocks


class Cards(Node):
    """Several cards side by side."""

    type: Literal["cards"] = "cards"
    cards: tuple[Card, ...]


class CalloutKind(StrEnum):
    """What a callout is for: the name of its directive."""

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
    nodes: Blocks


class MisconceptionBlock(Node):
    """A false statement that the page puts right: never asserted, always marked as mistaken."""

    type: Literal["misbelief"] = "misbelief"
    number: int | None = None
    statement: Spans
    nodes: Blocks


class Unknown(Node):
    """A directive or block that the reader does not know: kept, shown and reported."""

    type: Literal["unknown"] = "unknown"
    name: str
    raw: str


# --- questions and exercises ---


class AnswerForm(StrEnum):
    """How the answer to a question is written."""

    PARENTHESIS = "parenthesis"  # (Answer: …)
    EXPECTED = "expected"  # Expected: …
    REVEAL = "reveal"  # Reveal: …
    BARE = "bare"  # (…) after the question
    PLAIN = "plain"  # Answer: …
    DIRECTIVE = "directive"  # :::{answer}
    NONE = "none"


class Part(Record):
    """(a), (b) … of a question, with the answer where the answers stand part by part."""

    label: str
    spans: Spans
    answer: Blocks = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Question(Node):
    """A check question with a hidden answer."""

    type: Literal["question"] = "question"
    prompt: Blocks
    parts: tuple[Part, ...] = ()
    answer: Blocks = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Level(StrEnum):
    """How much help an exercise gives."""

    GUIDED = "guided"
    SUPPORTED = "supported"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


class Prediction(Record):
    """What a student says before a run, and what comes out."""

    question: Spans
    answer: Spans = ()


class TestedDepth(Record):
    """`Depth: APPLIED for X`: how deeply an exercise works on a concept."""

    depth: Depth
    concept: Spans = ()


class Dependency(Record):
    """What has to be done first: `exercise 2`, `cell 5`; `raw` as written.

    Attributes:
        kind: `exercise`, `cell`, `section`, `part`, or empty.
    """

    kind: str = ""
    number: int | None = None
    raw: str


class Exercise(Node):
    """Something to do, in steps."""

    type: Literal["exercise"] = "exercise"
    number: int | None
    title: Spans
    level: Level
    level_raw: str
    nodes: Blocks
    predictions: tuple[Prediction, ...] = ()
    tests: Spans = ()
    purpose: Spans = ()
    key_insight: Spans = ()
    expected: Spans = ()
    bonus: Spans = ()
    depths: tuple[TestedDepth, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    notes: Blocks = ()
    hints: Blocks = ()

    @property
    def stretch(self) -> bool:
        """For those who want more: said of the level."""
        return "stretch" in self.level_raw.lower()


# --- what the build is asked for ---


class FigureRequest(Node):
    """`{figure} name`: a picture drawn from measured data, with its data table."""

    type: Literal["figure"] = "figure"
    id: str
    figure: str
    options: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


class TableRequest(Node):
    """`{table} name`: a table made from the ledger."""

    type: Literal["table_request"] = "table_request"
    id: str
    table: str
    options: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


class Listing(Node):
    """`{listing} name`: a program beside the plan, `listings/<name>.py`, which the build runs.

    Attributes:
        models: Repository that the program names → model of the build that stands in for it.
    """

    type: Literal["listing"] = "listing"
    id: str
    models: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


class Claim(Node):
    """A sentence that the build checks: `check` is an expression over ledger keys.

    Attributes:
        holds: Whether the plan says that the check holds.
        fails: What the plan says does not hold, where the rest does: the claim holds partly.
        short: The sentence in a phrase, for tables of claims.
        freed: Codes of what the lint shall not say of it; `freed_because` is shown to reviewers.
    """

    type: Literal["claim"] = "claim"
    id: str
    check: str
    holds: bool = True
    fails: str = ""
    short: Spans = ()
    because: Spans = ()
    freed: tuple[str, ...] = ()
    freed_because: Spans = ()
    nodes: Blocks


Block = Annotated[
    Paragraph
    | Subheading
    | List
    | Table
    | Comparison
    | Timeline
    | Chooser
    | Code
    | Formula
    | Quote
    | Rule
    | Card
    | Cards
    | Callout
    | MisconceptionBlock
    | Question
    | Exercise
    | FigureRequest
    | TableRequest
    | Listing
    | Claim
    | Unknown,
    Field(discriminator="type"),
]
Blocks = tuple[Block, ...]


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
