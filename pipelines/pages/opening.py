"""What a reader wants to know before a lesson: what it gives, what it needs, how long it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from pipelines.blocks.exercise import Exercise
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import DepthLevel
from pipelines.pages.blocks import BlockSetter

_A_MINUTE = 200  # words of a text with formulas
_A_FIGURE = 0.4  # minutes to look at a figure or a table
_ROUNDED = 5  # minutes
_FOLDED = re.compile(r"(?s)<details\b(?:(?!<details\b).)*?</details>")  # innermost first
_TAG = re.compile(r"<[^>]+>")
_WORDS = {
    "STRETCH": "much in it is new",
    "BUILD": "it builds on what you know",
    "CONSOLIDATE": "it orders what you know",
}


@dataclass(frozen=True)
class Opening:
    """What stands before the text of a lesson.

    Attributes:
        able: What the reader can work with after it; `met`: what the reader has an idea of.
        needs: What the reader has to know, each once.
        minutes: To read it, folded parts left out; `exercises`: how many there are to work on.
        load: What its load means.
    """

    able: tuple[Markup, ...]
    met: tuple[Markup, ...]
    needs: tuple[Markup, ...]
    minutes: int
    exercises: int
    load: str


def opening_of(plan: LessonPlan, setter: BlockSetter, sections: Sequence[Markup]) -> Opening:
    """Return what stands before a lesson, from its plan and the sections as they are set."""
    targets = plan.design.scope.depth_targets if plan.design.scope else ()
    high = (DepthLevel.DEVELOPED, DepthLevel.APPLIED)
    deep = [(one.depth.second or one.depth.level) in high for one in targets]
    concepts = [setter.spans(one.concept) for one in targets]
    outline = plan.design.outline
    known = [one for one in plan.prerequisites if not one.computed_gap]
    return Opening(
        able=tuple(concept for concept, is_deep in zip(concepts, deep, strict=True) if is_deep),
        met=tuple(concept for concept, is_deep in zip(concepts, deep, strict=True) if not is_deep),
        needs=tuple(dict.fromkeys(setter.spans(one.concept) for one in known)),
        minutes=minutes_to_read(sections),
        exercises=sum(isinstance(one, Exercise) for one in walk(outline)) if outline else 0,
        load=_WORDS.get(plan.meta.load.upper(), "") if plan.meta.load else "",
    )


def minutes_to_read(sections: Sequence[Markup]) -> int:
    """Return the minutes that it takes to read sections, in fives; folded parts do not count."""
    shown = list(map(_unfolded, sections))
    words = sum(len(unescape(_TAG.sub(" ", one)).split()) for one in shown)
    figures = sum(one.count("<figure") for one in shown)
    return _ROUNDED * max(1, math.ceil((words / _A_MINUTE + figures * _A_FIGURE) / _ROUNDED))


def _unfolded(html: str) -> str:
    """Return a page without what is folded."""
    while (rest := _FOLDED.sub(" ", html)) != html:
        html = rest
    return html
