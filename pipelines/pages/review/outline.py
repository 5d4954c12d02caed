"""What the sections of a review look for on the page."""

from typing import Any

from pipelines.contracts.plan import LessonPlan
from pipelines.pages.places import student_blocks


def of_type(plan: LessonPlan, kind: type[Any]) -> list[Any]:
    """Return the blocks of a type that students see, in reading order."""
    outline = plan.design.outline
    if not outline:
        return []
    groups = (outline.intro, *(section.nodes for section in outline.sections))
    return [
        block for group in groups for block in student_blocks(group) if isinstance(block, kind)
    ]
