"""Phase 1: what the student knows."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipelines.contracts.plan.base import Model, Node
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.tree import Blocks


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
    extra: dict[str, Spans] = Field(default_factory=dict)


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
