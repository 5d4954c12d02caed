"""Phase 1: what the student knows."""

from __future__ import annotations

from pydantic import Field

from pipelines.contracts.plan.base import Model, Node
from pipelines.contracts.plan.depth import Depth
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.tree import Blocks


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
