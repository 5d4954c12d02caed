"""What a lesson plan holds beside its page: the tables of the phases, the design, the reviews.

The fields that end in `raw` hold a cell as it was written; columns without a field are in `extra`.
"""

from dataclasses import field
from enum import StrEnum

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.spans import Depth, Node, Record, Spans, Src

# --- phase 1: what the student knows ---


class LessonRef(Record):
    """`flow-matching (7.2.2)`: a slug, a number, or both; `raw` as written."""

    slug: str = ""
    number: str = ""
    raw: str


class Concept(Node):
    """A row of the table of concepts that the student has."""

    name: Spans
    depth: Depth
    sources: tuple[LessonRef, ...] = ()
    source_raw: str = ""
    note: Spans = ()
    extra: dict[str, Spans] = field(default_factory=dict)


class Named(Node):
    """A name and what is said of it: a mental model, an analogy."""

    name: str
    spans: Spans


class StudentState(Record):
    """What the student knows, and what not."""

    intro: Blocks = ()
    concepts: tuple[Concept, ...] = ()
    mental_models: tuple[Named, ...] = ()
    not_covered: Blocks = ()
    readiness: Blocks = ()


# --- phase 2: prerequisites, gaps, misconceptions, examples, modalities ---


class Status(StrEnum):
    """Whether a prerequisite is met."""

    OK = "ok"
    GAP = "gap"
    MISSING = "missing"
    UNKNOWN = "unknown"


class GapSize(StrEnum):
    """How much is missing, in rising order."""

    TRIVIAL = "trivial"
    SMALL = "small"
    SMALL_TO_MEDIUM = "small-to-medium"
    MEDIUM = "medium"
    LARGE = "large"
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
    size: GapSize = GapSize.UNKNOWN  # of `GAP (small)` and `OK (small gap)`
    reasoning: Spans = ()
    computed_gap: bool
    extra: dict[str, Spans] = field(default_factory=dict)


class Gap(Node):
    """One row of the gap table: what is missing, and how the lesson closes it."""

    concept: Spans
    size: GapSize = GapSize.UNKNOWN
    size_raw: str = ""
    resolution: Spans


class Misconception(Node):
    """One row of the misconceptions table; the rows are numbered from 1."""

    number: int
    claim: Spans
    why: Spans
    negative_example: Spans
    where: Spans
    extra: dict[str, Spans] = field(default_factory=dict)


class Polarity(StrEnum):
    """Whether an example shows the concept, or where it ends."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    BOTH = "both"
    BOUNDARY = "boundary"
    OTHER = "other"


class Example(Node):
    """One row of the examples table."""

    what: Spans
    polarity: Polarity
    type_raw: str
    role: str = ""  # what the type says beside the polarity: `stretch`, `bridge`, `interactive`
    purpose: Spans
    why: Spans = ()
    extra: dict[str, Spans] = field(default_factory=dict)


class ModalityFamily(StrEnum):
    """The ways to show a concept."""

    VERBAL = "verbal"
    VISUAL = "visual"
    SYMBOLIC = "symbolic"
    CONCRETE = "concrete"
    INTUITIVE = "intuitive"
    INTERACTIVE = "interactive"
    OTHER = "other"


class Modality(Node):
    """One row of the modalities table."""

    family: ModalityFamily
    name: str
    what: Spans
    why: Spans = ()
    extra: dict[str, Spans] = field(default_factory=dict)


# --- phase 3: the design of the lesson, its scope and its outline ---


class Direction(StrEnum):
    """Which concept a connection begins with."""

    NEW_TO_PRIOR = "new to prior"
    PRIOR_TO_NEW = "prior to new"
    UNKNOWN = "unknown"


class Connection(Node):
    """A row of the connections table, or a bullet of the list that stands for it."""

    new: Spans
    prior: Spans
    how: Spans = ()
    risk: Spans = ()  # `Risk of Misleading?`
    direction: Direction = Direction.UNKNOWN


class DepthTarget(Node):
    """How deep the lesson takes a concept; `said`: what stands after the depth."""

    concept: Spans
    depth: Depth
    said: Spans = ()


class Scope(Record):
    """What the lesson is about, what not, and how deep it goes."""

    covers: Blocks = ()
    excludes: Blocks = ()
    depth_targets: tuple[DepthTarget, ...] = ()


class SectionKind(StrEnum):
    """What a section is for."""

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


class Subsection(Node):
    """`4a. Title`, `Part A: Title` within a section; `slug` is its subheading's."""

    label: str
    title: Spans
    slug: str


class Section(Node):
    """A top-level section of the outline: a section of the page."""

    number: str
    title: Spans
    slug: str
    kind: SectionKind
    decorations: tuple[str, ...] = ()
    nodes: Blocks
    subsections: tuple[Subsection, ...] = ()
    taken_over: Src | None = None  # "kept as-is": where the first outline has its content


class OutlineNotation(StrEnum):
    """What begins the sections of an outline."""

    HEADING = "heading"
    BOLD = "bold"
    LIST = "list"
    NONE = "none"


class Outline(Record):
    """The outline of a lesson: its page."""

    notation: OutlineNotation
    intro: Blocks = ()
    sections: tuple[Section, ...]


class Design(Record):
    """How the lesson is built."""

    narrative: Blocks = ()
    load_assessment: Blocks = ()
    connections: tuple[Connection, ...] = ()
    analogies_extended: tuple[Named, ...] = ()
    analogies_misleading: tuple[Named, ...] = ()
    scope: Scope = Scope()
    outline: Outline | None = None
    outline_revised: Outline | None = None  # "kept as-is" is filled from the first


# --- checklists and reviews, and what became of the plan ---


class CountClaim(Record):
    """`4 misconceptions identified`: a count that the plan's own tables can be held against."""

    count: int
    at_least: bool = False
    of: str  # prerequisites, gaps, misconceptions, examples, modalities, exercises, concepts


class ChecklistItem(Node):
    """An item of a checklist, ticked or to be ticked."""

    group: str
    spans: Spans
    ticked: bool
    parenthesis: str = ""  # the remark at the end: `(5 of them, all with examples)`
    claim: CountClaim | None = None


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    CRITICAL = "critical"
    IMPROVEMENT = "improvement"
    POLISH = "polish"


class Finding(Node):
    """What a review found."""

    severity: Severity
    title: Spans
    fields: dict[str, Blocks]  # location, issue, impact, fix, status; others by their label
    retracted: bool = False


class FixOutcome(StrEnum):
    """What became of a finding."""

    FIXED = "fixed"
    PARTLY = "partly"
    OPEN = "open"
    ACCEPTED = "accepted"  # left as it is, on purpose
    RETRACTED = "retracted"  # was no finding
    UNKNOWN = "unknown"


class FixCheck(Node):
    """A row or bullet that says what became of a finding; `status` as written."""

    ref: str = ""  # the finding's number or id, as written
    finding: Spans
    severity: Severity | None = None
    status: str
    outcome: FixOutcome = FixOutcome.UNKNOWN
    content: str = ""  # a digest of what was looked at
    note: Spans = ()


class Outcome(StrEnum):
    """What a verdict means."""

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
    counts: dict[Severity, int] = field(default_factory=dict)
    rationale: Blocks = ()
    findings: tuple[Finding, ...] = ()
    fix_checks: tuple[FixCheck, ...] = ()
    notes: Blocks = ()


class Built(Node):
    """`What Was Actually Built`, `Components Used`: an account of the finished lesson."""

    title: Spans
    level: int
    nodes: Blocks


class Revision(Node):
    """`Revision`, `Depth Changes After This Lesson`: what was changed in the plan, and when."""

    title: Spans
    level: int
    date: str = ""
    nodes: Blocks


class FixPass(Node):
    """`Fixes Applied — DATE (Post-Iteration 2)`, `Improvement Summary`: findings worked off."""

    title: Spans
    level: int
    date: str = ""
    iteration: int | None = None  # of the review whose findings were worked off
    checks: tuple[FixCheck, ...] = ()
    notes: Blocks = ()


class WidgetSpec(Node):
    """`Widget Specification: Name`: what an interactive picture shows and how it is used.

    Attributes:
        fields: The blocks under `**Label:**` and under sub-headings, by label as written.
        nodes: What stands before the first label.
    """

    title: Spans
    level: int
    name: str = ""
    fields: dict[str, Blocks] = field(default_factory=dict)
    nodes: Blocks = ()
