"""What a page can be referred to by, and which name was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pipelines.contracts.blocks import (
    Claim,
    FigureRequest,
    Formula,
    Listing,
    Subheading,
    TableRequest,
)
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.spans import Node


def identity(block: Node) -> str:
    if isinstance(block, FigureRequest | TableRequest | Listing | Claim):
        return block.id
    return block.label if isinstance(block, Formula) else ""


def places_of(plan: AnyPlan, blocks: Iterable[Node]) -> set[str]:
    """Return all that a `{ref}` can lead to."""
    places = {identity(block) for block in blocks}
    places |= {block.slug for block in blocks if isinstance(block, Subheading)}
    if isinstance(plan, LessonPlan) and plan.design.outline:
        places |= {section.slug for section in plan.design.outline.sections}
    return places - {""}


def nearest(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
