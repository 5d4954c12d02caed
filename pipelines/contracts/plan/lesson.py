"""Lesson plans."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pipelines.contracts.plan.afterwards import Built, FixPass, Revision, WidgetSpec
from pipelines.contracts.plan.analyze import Example, Gap, Misconception, Modality, Prerequisite
from pipelines.contracts.plan.design import Design
from pipelines.contracts.plan.document import Document
from pipelines.contracts.plan.orient import StudentState
from pipelines.contracts.plan.review import ChecklistItem, Review
from pipelines.contracts.plan.tree import Blocks

APPENDIX = "appendix"


class Dialect(StrEnum):
    """Written before the lesson, or after it, as a record."""

    PLANNED = "planned"
    RETROACTIVE = "retroactive"


class LessonPlan(Document):
    type: Literal["lesson"] = "lesson"
    dialect: Dialect = Dialect.PLANNED
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
