"""What the plan promises, and where the page keeps it."""

from dataclasses import dataclass

from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Misconception
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.places import Place
from pipelines.pages.review.outline import of_type


@dataclass(frozen=True)
class Answered:
    """A misconception of the plan, and where the page puts it right (None: nowhere)."""

    row: Misconception
    place: Place | None


def answered(plan: LessonPlan, setter: BlockSetter) -> list[Answered]:
    """Pair each misconception with the block that names its number."""
    found = {block.number: block for block in of_type(plan, MisconceptionBlock) if block.number}
    places = setter.page.places
    return [
        Answered(row, places.of(found[row.number]) if row.number in found else None)
        for row in plan.misconceptions
    ]
