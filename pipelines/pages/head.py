"""What the head of a page says of it, for search engines and for those who share a link to it.

No site knows its address, so the preview picture is named by a path that is relative to the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contracts.blocks import Blocks, Paragraph
from pipelines.contracts.plan import LessonPlan, ModulePlan
from pipelines.pages.opening import first_figure
from pipelines.pages.sources import Sources
from pipelines.plan.inline import plain
from pipelines.planlint.texts import roles

_END = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True)
class Head:
    """A page in a sentence of plain text, and in the first of its figures.

    Attributes:
        preview: A PNG; empty where no figure is drawn.
        alt: What it shows; `timed`: whether these words hang on the clock.
    """

    description: str
    preview: str = ""
    alt: str = ""
    timed: bool = False


def head_of_lesson(plan: LessonPlan, sources: Sources) -> Head:
    """Return the lesson's core idea, by the module's plan or else by its own first words."""
    link, outline = sources.module.lesson(plan.id), plan.design.outline
    said = (link.core if link else "") or first_sentence(outline.intro if outline else ())
    figure = first_figure(plan, sources.figures)
    if figure is None:
        return Head(said)
    told = figure.description
    return Head(said, f"{figure.base}.png", told.alt, told.timed)


def head_of_module(module: ModulePlan, lead: Mapping[str, Any] | None) -> Head:
    """Return the module's first sentence, with the picture of the card that leads its page."""
    said = first_sentence(module.welcome) or first_sentence(module.goal)
    if lead is None:
        return Head(said)
    return Head(said, f"{lead['slug']}/{lead['lead'].base}.png", lead["lead"].alt)


def first_sentence(blocks: Blocks) -> str:
    """Return the first sentence of the first paragraph that quotes nothing, or nothing."""
    paragraphs = (block.spans for block in blocks if isinstance(block, Paragraph))
    bare = (spans for spans in paragraphs if not any(roles(spans)))
    return _END.split(" ".join(plain(next(bare, ())).split()), maxsplit=1)[0]
