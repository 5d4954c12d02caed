"""Phase 3: the design of the lesson, its scope and its outline."""

from __future__ import annotations

from enum import StrEnum

from pipelines.contracts.plan.base import Model, Node
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.orient import Depth, Named
from pipelines.contracts.plan.tree import Blocks


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
