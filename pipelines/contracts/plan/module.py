"""Module plans and records; documents that are no plan."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.contracts.plan.base import Node
from pipelines.contracts.plan.document import Document
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.lesson import LessonPlan
from pipelines.contracts.plan.orient import Concept, Named
from pipelines.contracts.plan.tree import Blocks


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
    arc_stages: dict[str, Blocks] = Field(default_factory=dict)  # beginning, middle, end
    prerequisites: Blocks = ()
    sequence: tuple[ModuleLesson, ...] = ()
    topics: dict[str, Blocks] = Field(default_factory=dict)
    topics_excluded: dict[str, Blocks] = Field(default_factory=dict)  # what NOT, by lesson
    load_trajectory: tuple[ModuleLesson, ...] = ()
    misconceptions: tuple[Named, ...] = ()
    concepts: tuple[Concept, ...] = ()  # a record's concept index
    summaries: dict[str, Blocks] = Field(default_factory=dict)  # a record's account of each lesson


class PlainDocument(Document):
    """A Markdown file that is no plan: read whole, shown as it is."""

    type: Literal["plain"] = "plain"
    id: str
    nodes: Blocks = ()


AnyPlan = Annotated[LessonPlan | ModulePlan | PlainDocument, Field(discriminator="type")]
