"""All figures of a lesson with what they say in words, and their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.page import Page
from pipelines.pages.places import Place
from pipelines.pages.review.outline import of_type
from pipelines.pages.sources import DrawnFigure


@dataclass(frozen=True)
class Shown:
    """A figure that the page asks for; `drawn` is None where the build has not drawn it."""

    block: FigureRequest
    place: Place
    drawn: DrawnFigure | None


def figures(plan: LessonPlan, page: Page) -> list[Shown]:
    """Return the figures of the page, in its order."""
    drawn = page.sources.figures
    return [
        Shown(block, page.places.of(block), drawn.get(block.id))
        for block in of_type(plan, FigureRequest)
    ]
