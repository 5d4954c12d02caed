"""Phase 3: the design of the lesson, its scope and its outline."""

from __future__ import annotations

from enum import StrEnum

from pipelines.contracts.plan.base import Model, Node, Src
from pipelines.contracts.plan.depth import Depth
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.orient import Named
from pipelines.contracts.plan.tree import Blocks


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
    outline_revised: Outline | None = None  # "kept as-is" is filled from the first
