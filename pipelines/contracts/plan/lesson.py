"""Lesson plans."""

from __future__ import annotations

from typing import Literal

from pipelines.contracts.plan.analyze import Example, Gap, Misconception, Modality, Prerequisite
from pipelines.contracts.plan.design import Design
from pipelines.contracts.plan.document import Document
from pipelines.contracts.plan.orient import StudentState
from pipelines.contracts.plan.review import ChecklistItem, Review
from pipelines.contracts.plan.tree import Blocks

APPENDIX = "appendix"


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

    @property
    def appendix(self) -> bool:
        """`**Kind:** appendix`: a page beside the lessons, with an outline and no planning."""
        return self.meta.kind.lower() == APPENDIX
