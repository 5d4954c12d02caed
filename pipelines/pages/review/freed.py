"""What the lint was told to leave alone."""

from dataclasses import dataclass

from pipelines.blocks.claim import Claim
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Spans, Text
from pipelines.pages.review.outline import of_type
from pipelines.planlint.texts import page_runs, roles
from pipelines.planlint.wording.sentences import FREED


@dataclass(frozen=True)
class Freed:
    """What the lint was told to leave alone, and why."""

    what: str
    reason: Spans
    line: int


def freed(plan: LessonPlan) -> list[Freed]:
    """Return the words and the claims of the page that are freed from the lint."""
    words = (
        Freed(f"“{one.target}”", (Text(text=one.format),), one.line)
        for spans, _ in page_runs(plan)
        for one in roles(spans)
        if one.name == FREED
    )
    claims = (
        Freed(f"{one.id}: {', '.join(one.freed)}", one.freed_because, one.src.line)
        for one in of_type(plan, Claim)
        if one.freed
    )
    return sorted((*words, *claims), key=lambda one: one.line)
