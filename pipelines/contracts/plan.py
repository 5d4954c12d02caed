"""What a plan document means: the typed tree that the reader makes and the pages show.

Every node carries `src` (file, first and last line, one-based) and most carry `raw`, the text
that they were read from. Unknown headings, keys and columns are kept in `extra` or as an
`Unknown` node; nothing that stood in the plan is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Src(Model):
    """Where something was read: lines are one-based and inclusive."""

    file: str
    line: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# --- inline ----------------------------------------------------------------------------------


class Text(Model):
    type: Literal["text"] = "text"
    text: str


class Strong(Model):
    type: Literal["strong"] = "strong"
    spans: tuple[Span, ...]


class Emphasis(Model):
    type: Literal["emphasis"] = "emphasis"
    spans: tuple[Span, ...]


class CodeSpan(Model):
    type: Literal["code_span"] = "code_span"
    text: str


class Math(Model):
    """A formula in a line. `guessed` marks TeX that the reader made of the plain text `raw`."""

    type: Literal["math"] = "math"
    latex: str
    guessed: bool = False
    raw: str = ""


class Link(Model):
    type: Literal["link"] = "link"
    href: str
    spans: tuple[Span, ...]


class Break(Model):
    type: Literal["break"] = "break"


class Role(Model):
    """A MyST role: `{name}`target|format``, e.g. value, fact, cite, given, lesson, ref."""

    type: Literal["role"] = "role"
    name: str
    target: str
    format: str = ""
    line: int


Span = Annotated[
    Text | Strong | Emphasis | CodeSpan | Math | Link | Break | Role, Field(discriminator="type")
]
Spans = tuple[Span, ...]


# --- blocks ----------------------------------------------------------------------------------


class Voice(StrEnum):
    """Who a piece of the outline speaks to."""

    STUDENT = "student"
    BUILDER = "builder"


class Node(Model):
    """What every block has in common."""

    src: Src
    voice: Voice = Voice.STUDENT


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


class Part(Model):
    label: str
    spans: Spans


class AnswerForm(StrEnum):
    PARENTHESIS = "parenthesis"  # (Answer: …)
    EXPECTED = "expected"  # Expected: …
    REVEAL = "reveal"  # Reveal: …
    BARE = "bare"  # (…) after the question
    PLAIN = "plain"  # Answer: …
    DIRECTIVE = "directive"  # :::{answer}
    NONE = "none"


class Question(Node):
    """A check question with a hidden answer."""

    type: Literal["question"] = "question"
    prompt: tuple[Block, ...]
    parts: tuple[Part, ...] = ()
    answer: tuple[Block, ...] = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Level(StrEnum):
    GUIDED = "guided"
    SUPPORTED = "supported"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


class Prediction(Model):
    question: Spans
    answer: Spans = ()


class Exercise(Node):
    type: Literal["exercise"] = "exercise"
    number: int | None
    title: Spans
    level: Level
    level_raw: str
    nodes: tuple[Block, ...]
    predictions: tuple[Prediction, ...] = ()
    tests: Spans = ()
    purpose: Spans = ()
    key_insight: Spans = ()
    expected: Spans = ()
    bonus: Spans = ()

    @property
    def stretch(self) -> bool:
        """For those who want more: said of the level."""
        return "stretch" in self.level_raw.lower()


class FigureRequest(Node):
    """`{figure} name`: a picture drawn from measured data, with its data table."""

    type: Literal["figure"] = "figure"
    id: str
    figure: str
    options: dict[str, str] = {}
    caption: Spans = ()


class TableRequest(Node):
    """`{table} name`: a table made from the ledger."""

    type: Literal["table_request"] = "table_request"
    id: str
    table: str
    options: dict[str, str] = {}
    caption: Spans = ()


class Claim(Node):
    """A sentence that the build checks: `check` is an expression over ledger keys."""

    type: Literal["claim"] = "claim"
    id: str
    check: str
    holds: bool = True
    because: Spans = ()
    nodes: tuple[Block, ...]


class Unknown(Node):
    """A directive or block that the reader does not know: kept, shown and reported."""

    type: Literal["unknown"] = "unknown"
    name: str
    raw: str


Block = Annotated[
    Paragraph
    | Subheading
    | List
    | Table
    | Comparison
    | Code
    | Formula
    | Quote
    | Rule
    | Card
    | Cards
    | Callout
    | Misbelief
    | Question
    | Exercise
    | FigureRequest
    | TableRequest
    | Claim
    | Unknown,
    Field(discriminator="type"),
]
Blocks = tuple[Block, ...]


# --- the phases ------------------------------------------------------------------------------


class DepthLevel(StrEnum):
    """How well a concept is known, in rising order."""

    MISSING = "missing"
    MENTIONED = "mentioned"
    INTRODUCED = "introduced"
    DEVELOPED = "developed"
    APPLIED = "applied"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 (missing) … 4 (applied); unknown is -1."""
        order = ["missing", "mentioned", "introduced", "developed", "applied"]
        return order.index(self.value) if self.value in order else -1


class Depth(Model):
    """A depth as written; `second` of `DEVELOPED -> APPLIED` and `DEVELOPED/INTRODUCED`."""

    level: DepthLevel
    second: DepthLevel | None = None
    note: str = ""
    raw: str


class LessonRef(Model):
    """`flow-matching (7.2.2)`: a slug, a number, or both; `raw` as written."""

    slug: str = ""
    number: str = ""
    raw: str


class Concept(Node):
    name: Spans
    depth: Depth
    sources: tuple[LessonRef, ...] = ()
    source_raw: str = ""
    note: Spans = ()
    extra: dict[str, Spans] = {}


class Named(Node):
    """A name and what is said of it: a mental model, an analogy."""

    name: str
    spans: Spans


class StudentState(Model):
    intro: Blocks = ()
    concepts: tuple[Concept, ...] = ()
    mental_models: tuple[Named, ...] = ()
    not_covered: Blocks = ()
    readiness: Blocks = ()


class Status(StrEnum):
    OK = "ok"
    GAP = "gap"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Prerequisite(Node):
    """One row of the prerequisites table. `computed_gap`: the actual depth is too small."""

    concept: Spans
    required: Depth
    actual: Depth
    sources: tuple[LessonRef, ...] = ()
    source_raw: str = ""
    status: Status
    status_raw: str
    reasoning: Spans = ()
    computed_gap: bool
    extra: dict[str, Spans] = {}


class Gap(Node):
    concept: Spans
    size: str
    resolution: Spans


class Misconception(Node):
    number: int
    claim: Spans
    why: Spans
    negative_example: Spans
    where: Spans
    extra: dict[str, Spans] = {}


class Polarity(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    BOTH = "both"
    OTHER = "other"


class Example(Node):
    what: Spans
    polarity: Polarity
    type_raw: str
    purpose: Spans
    why: Spans = ()
    extra: dict[str, Spans] = {}


class ModalityFamily(StrEnum):
    VERBAL = "verbal"
    VISUAL = "visual"
    SYMBOLIC = "symbolic"
    CONCRETE = "concrete"
    INTUITIVE = "intuitive"
    INTERACTIVE = "interactive"
    OTHER = "other"


class Modality(Node):
    family: ModalityFamily
    name: str
    what: Spans
    why: Spans = ()
    extra: dict[str, Spans] = {}


class Connection(Node):
    """A row of the connections table, or a bullet of the list that stands for it."""

    new: Spans
    prior: Spans
    how: Spans = ()


class DepthTarget(Node):
    concept: Spans
    depth: Depth


class Scope(Model):
    covers: Blocks = ()
    excludes: Blocks = ()
    depth_targets: tuple[DepthTarget, ...] = ()


class SectionKind(StrEnum):
    CONTEXT = "context"
    RECAP = "recap"
    HOOK = "hook"
    EXPLAIN = "explain"
    CHECK = "check"
    EXPLORE = "explore"
    ELABORATE = "elaborate"
    PRACTICE = "practice"
    SUMMARY = "summary"
    NEXT = "next"
    OTHER = "other"


class Section(Node):
    """A top-level section of the outline: a section of the page."""

    number: str
    title: Spans
    slug: str
    kind: SectionKind
    decorations: tuple[str, ...] = ()
    nodes: Blocks


class OutlineNotation(StrEnum):
    HEADING = "heading"
    BOLD = "bold"
    LIST = "list"
    NONE = "none"


class Outline(Model):
    notation: OutlineNotation
    intro: Blocks = ()
    sections: tuple[Section, ...]


class Design(Model):
    narrative: Blocks = ()
    load_assessment: Blocks = ()
    connections: tuple[Connection, ...] = ()
    analogies_extended: tuple[Named, ...] = ()
    analogies_misleading: tuple[Named, ...] = ()
    scope: Scope = Scope.model_construct()
    outline: Outline | None = None
    outline_revised: Outline | None = None  # its sections may be "kept as-is" from the first


class ChecklistItem(Node):
    group: str
    spans: Spans
    ticked: bool


class Severity(StrEnum):
    CRITICAL = "critical"
    IMPROVEMENT = "improvement"
    POLISH = "polish"


class Finding(Node):
    severity: Severity
    title: Spans
    fields: dict[str, Blocks]  # location, issue, impact, fix, status; others by their label
    retracted: bool = False


class FixOutcome(StrEnum):
    FIXED = "fixed"
    PARTLY = "partly"
    OPEN = "open"
    ACCEPTED = "accepted"  # left as it is, on purpose
    RETRACTED = "retracted"  # was no finding
    UNKNOWN = "unknown"


class FixCheck(Node):
    """A row or bullet that says what became of a finding; `status` as written."""

    finding: Spans
    severity: Severity | None = None
    status: str
    outcome: FixOutcome = FixOutcome.UNKNOWN
    note: Spans = ()


class Outcome(StrEnum):
    PASS = "pass"
    NEEDS_REVISION = "needs revision"
    MAJOR_REVISION = "major revision"
    UNKNOWN = "unknown"


class Review(Node):
    """One review.

    Attributes:
        cycle: 1, and one more whenever the iterations begin anew.
        label: What the title's parenthesis says beside the iteration: `Post-Depth-Rework`.
        verdict: As written; `outcome` is what it means.
    """

    title: str
    cycle: int = 1
    label: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    date: str = ""
    iteration: int | None = None
    of: int | None = None
    final: bool = False
    verdict: str = ""
    counts: dict[Severity, int] = {}
    rationale: Blocks = ()
    findings: tuple[Finding, ...] = ()
    fix_checks: tuple[FixCheck, ...] = ()
    notes: Blocks = ()


class Extra(Node):
    """A section that the dialect does not name, with everything in it."""

    title: Spans
    level: int
    nodes: Blocks


class TableHead(Node):
    """The header of a table whose rows were read by role: its columns, as written."""

    columns: tuple[str, ...]


class Label(Node):
    """A line, or the beginning of one, that only says what follows it."""

    text: str


class Guess(Model):
    """Something that the reader had to decide, and how an author overrides it."""

    src: Src
    rule: str
    decision: str
    excerpt: str
    override: str


class SegmentKind(StrEnum):
    PREAMBLE = "preamble"
    SECTION = "section"


class Segment(Model):
    """A stretch of the file under one heading. All segments, in order, are the file."""

    src: Src
    kind: SegmentKind
    heading: str = ""
    level: int = 0
    raw: str


class Meta(Model):
    """The `**Key:** value` lines. `extra` holds keys without a field, as written."""

    slug: str = ""
    series: str = ""
    module: str = ""
    module_number: str = ""
    module_name: str = ""
    position: str = ""
    lesson_number: int | None = None  # within the module
    load: str = ""  # BUILD, STRETCH, CONSOLIDATE, PROJECT or empty
    load_note: str = ""
    status: str = ""
    notebook: str = ""
    previous: str = ""
    next: str = ""
    duration: str = ""
    explicit_voice: bool = False  # `**Voice:** explicit`: nothing is guessed
    extra: dict[str, str] = {}
    written: dict[str, str] = {}  # all keys and values, as written


class Document(Model):
    """What lesson plans, module plans and other documents have in common.

    Attributes:
        tables: The headers of the tables that were read by role, as written.
        labels: Words that say what follows, such as `**Depth targets:**`, as written.
        leftover: Lines with words that no other node holds.
    """

    file: str
    title: str
    title_spans: Spans
    title_form: str = ""  # as written
    meta: Meta
    segments: tuple[Segment, ...]
    extra: tuple[Extra, ...] = ()
    guesses: tuple[Guess, ...] = ()
    tables: tuple[TableHead, ...] = ()
    labels: tuple[Label, ...] = ()
    leftover: tuple[Unknown, ...] = ()


class LessonPlan(Document):
    type: Literal["lesson"] = "lesson"
    id: str  # the slug, else the file's name
    student: StudentState = StudentState.model_construct()
    target_concept: Blocks = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    gaps: tuple[Gap, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    examples: tuple[Example, ...] = ()
    modalities: tuple[Modality, ...] = ()
    design: Design = Design.model_construct()
    checklist: tuple[ChecklistItem, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def retroactive(self) -> bool:
        """Written after the lesson was built: such a plan has no outline."""
        return "retroactive" in self.meta.status.lower()


class ModuleLesson(Node):
    """A row of a module plan's lesson sequence."""

    slug: str
    core: Spans
    load: str
    why: Spans = ()


class ModulePlan(Document):
    type: Literal["module"] = "module"
    id: str
    goal: Blocks = ()
    arc: Blocks = ()
    sequence: tuple[ModuleLesson, ...] = ()
    topics: dict[str, Blocks] = {}
    load_trajectory: tuple[ModuleLesson, ...] = ()
    misconceptions: tuple[Named, ...] = ()
    concepts: tuple[Concept, ...] = ()  # a record's concept index
    summaries: dict[str, Blocks] = {}  # a record's account of each lesson


class PlainDocument(Document):
    """A Markdown file that is no plan: read whole, shown as it is."""

    type: Literal["plain"] = "plain"
    id: str
    nodes: Blocks = ()


AnyPlan = Annotated[LessonPlan | ModulePlan | PlainDocument, Field(discriminator="type")]


def walk(value: object) -> Iterator[Model]:
    """Yield every model inside `value` (a model, tuple or dict), in the order of the document."""
    if isinstance(value, Model):
        yield value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from walk(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from walk(part)
