"""What a plan document means: the typed tree that the reader makes and the pages show."""

from dataclasses import field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pipelines.contracts.blocks import Blocks, Unknown
from pipelines.contracts.planning import (
    Built,
    ChecklistItem,
    Concept,
    Design,
    Example,
    FixPass,
    Gap,
    Misconception,
    Modality,
    Named,
    Prerequisite,
    Review,
    Revision,
    StudentState,
    WidgetSpec,
)
from pipelines.contracts.spans import Node, Record, Spans, Src

APPENDIX = "appendix"


class Place(Record):
    """`Lesson 2 of 4 in module`.

    Attributes:
        of: How many there are; with `open_ended` there may be more: `2 of 2+`.
        scope: `module`, `series`, or empty where the plan does not say.
        number: Of the module or series: `7.3`, `6`.
    """

    n: int
    of: int | None = None
    open_ended: bool = False
    scope: str = ""
    number: str = ""
    raw: str


class Meta(Record):
    """The `**Key:** value` lines. `extra` holds keys without a field, as written."""

    slug: str = ""
    series: str = ""
    module: str = ""
    module_number: str = ""
    module_name: str = ""
    position: str = ""  # as written
    places: tuple[Place, ...] = ()  # what the position says
    type: str = ""  # of the lesson, where that is no load: `Survey / Landscape`
    lesson_number: int | None = None  # within the module
    load: str = ""  # BUILD, STRETCH, CONSOLIDATE, PROJECT or empty
    load_note: str = ""
    status: str = ""
    kind: str = ""  # "appendix", or empty: a lesson
    notebook: str = ""
    previous: str = ""
    next: str = ""
    duration: str = ""
    second_sitting: str = ""  # number of the section that begins it
    author: str = ""  # of a module: who its lessons are by
    explicit_voice: bool = False  # `**Voice:** explicit`: nothing is guessed
    extra: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # all keys and values, as written


class Extra(Node):
    """A section that the reader has no field for, with everything in it."""

    title: Spans
    level: int
    nodes: Blocks


class TableHead(Node):
    """The header of a table whose rows were read by role: its columns, as written."""

    columns: tuple[str, ...]


class Label(Node):
    """A line, or the beginning of one, that only says what follows it."""

    text: str


class Guess(Record):
    """Something that the reader had to decide, and how an author overrides it."""

    src: Src
    rule: str
    decision: str
    excerpt: str
    override: str


class SegmentKind(StrEnum):
    """What a segment of the file begins with: nothing, or a heading."""

    PREAMBLE = "preamble"
    SECTION = "section"


class Segment(Record):
    """A stretch of the file under one heading. All segments, in order, are the file."""

    src: Src
    kind: SegmentKind
    heading: str = ""
    level: int = 0
    raw: str


class Document(Record):
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


class Dialect(StrEnum):
    """Written before the lesson, or after it, as a record."""

    PLANNED = "planned"
    RETROACTIVE = "retroactive"


class LessonPlan(Document):
    """The plan of a lesson or an appendix."""

    type: Literal["lesson"] = "lesson"
    dialect: Dialect = Dialect.PLANNED
    id: str  # the slug, else the file's name
    student: StudentState = StudentState()
    target_concept: Blocks = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    gaps: tuple[Gap, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    examples: tuple[Example, ...] = ()
    modalities: tuple[Modality, ...] = ()
    design: Design = Design()
    checklist: tuple[ChecklistItem, ...] = ()
    reviews: tuple[Review, ...] = ()
    built: tuple[Built, ...] = ()
    revisions: tuple[Revision, ...] = ()
    fix_passes: tuple[FixPass, ...] = ()
    widget_specs: tuple[WidgetSpec, ...] = ()

    @property
    def retroactive(self) -> bool:
        """Written after the lesson was built: such a plan has no outline."""
        return self.dialect is Dialect.RETROACTIVE

    @property
    def appendix(self) -> bool:
        """`**Kind:** appendix`: a page beside the lessons, with an outline and no planning."""
        return self.meta.kind.lower() == APPENDIX


class ModuleLesson(Node):
    """A row of a module plan's lesson sequence."""

    slug: str
    core: Spans
    load: str
    why: Spans = ()


class ModulePlan(Document):
    """The plan of a module, or the record of one."""

    type: Literal["module"] = "module"
    id: str
    welcome: Blocks = ()  # to students; the rest is for those who teach
    goal: Blocks = ()
    arc: Blocks = ()
    arc_stages: dict[str, Blocks] = field(default_factory=dict)  # beginning, middle, end
    prerequisites: Blocks = ()
    sequence: tuple[ModuleLesson, ...] = ()
    topics: dict[str, Blocks] = field(default_factory=dict)
    topics_excluded: dict[str, Blocks] = field(default_factory=dict)  # what NOT, by lesson
    load_trajectory: tuple[ModuleLesson, ...] = ()
    misconceptions: tuple[Named, ...] = ()
    concepts: tuple[Concept, ...] = ()  # a record's concept index
    summaries: dict[str, Blocks] = field(default_factory=dict)  # a record's account of each lesson


class PlainDocument(Document):
    """A Markdown file that is no plan: read whole, shown as it is."""

    type: Literal["plain"] = "plain"
    id: str
    nodes: Blocks = ()


AnyPlan = Annotated[LessonPlan | ModulePlan | PlainDocument, Field(discriminator="type")]
