"""What a reader wants to know before a lesson: what it gives, what it needs, how long it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.blocks import walk
from pipelines.contracts.card import LeadPicture, LessonCard
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import DepthLevel
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.sources import DrawnFigure

_A_MINUTE = 200  # words of a text with formulas
_A_FIGURE = 0.4  # minutes to look at a figure or a table
_ROUNDED = 5  # minutes
_FOLDED = re.compile(r"(?s)<details\b(?:(?!<details\b).)*?</details>")  # innermost first
_OPENED = re.compile(r"(?s)<small popover\b.*?</small>")  # by the buttons behind numbers
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
        short: Minutes that the short way takes; 0 where there is none.
        load: What its load means.
    """

    able: tuple[Markup, ...]
    met: tuple[Markup, ...]
    needs: tuple[Markup, ...]
    minutes: int
    exercises: int
    short: int
    load: str

    @property
    def effort(self) -> str:
        """How long it takes, in words."""
        return in_words(self.minutes, self.exercises)


def opening_of(
    plan: LessonPlan, setter: BlockSetter, sections: Sequence[Markup], short: int
) -> Opening:
    """Return what stands before a lesson, from its plan and the sections as they are set.

    `short` is how many minutes the short way through them takes.
    """
    able, met = targets(plan, setter)
    outline = plan.design.outline
    known = [one for one in plan.prerequisites if not one.computed_gap]
    return Opening(
        able=able,
        met=met,
        needs=tuple(dict.fromkeys(setter.spans(one.concept) for one in known)),
        minutes=minutes_to_read(sections),
        exercises=sum(isinstance(one, Exercise) for one in walk(outline)) if outline else 0,
        short=short,
        load=load_in_words(plan.meta.load or ""),
    )


def targets(
    plan: LessonPlan, setter: BlockSetter
) -> tuple[tuple[Markup, ...], tuple[Markup, ...]]:
    """Return the concepts that a reader can work with afterwards, and those only met."""
    aims = plan.design.scope.depth_targets if plan.design.scope else ()
    high = (DepthLevel.DEVELOPED, DepthLevel.APPLIED)
    able: list[Markup] = []
    met: list[Markup] = []
    for one in aims:
        deep = (one.depth.second or one.depth.level) in high
        (able if deep else met).append(setter.spans(one.concept))
    return tuple(able), tuple(met)


def load_in_words(load: str) -> str:
    """Return what a load means to a reader; "" for one that is not known."""
    return _WORDS.get(load.upper(), "")


def in_words(minutes: int, exercises: int) -> str:
    """Return "About 45 minutes to read, and 4 exercises", or with hours from two on."""
    hours = f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 120 else f"{minutes} minutes"
    work = f", and {exercises} exercise{'s' if exercises > 1 else ''}" if exercises else ""
    return f"About {hours} to read{work}"


def lesson_card(
    plan: LessonPlan, opening: Opening, figures: Mapping[str, DrawnFigure]
) -> LessonCard:
    """Return what the index shows of a lesson: its effort, and its first figure if it is drawn."""
    first = first_figure(plan, figures)
    lead = None
    if first:
        said = first.description
        lead = LeadPicture(base=first.base, alt=said.alt, wide=said.wide, narrow=said.narrow)
    return LessonCard(
        minutes=opening.minutes, exercises=opening.exercises, short=opening.short, lead=lead
    )


def first_figure(plan: LessonPlan, figures: Mapping[str, DrawnFigure]) -> DrawnFigure | None:
    """Return the figure that a lesson asks for first, if it is drawn."""
    outline = plan.design.outline
    asked = (one.id for one in walk(outline) if isinstance(one, FigureRequest)) if outline else ()
    return figures.get(next(iter(asked), ""))


def minutes_to_read(sections: Sequence[Markup]) -> int:
    """Return the minutes that it takes to read sections, in fives; folded parts do not count."""
    shown = [_OPENED.sub(" ", unfolded(one)) for one in sections]
    words = sum(len(unescape(_TAG.sub(" ", one)).split()) for one in shown)
    figures = sum(one.count("<figure") for one in shown)
    return _ROUNDED * max(1, math.ceil((words / _A_MINUTE + figures * _A_FIGURE) / _ROUNDED))


def unfolded(html: str) -> Markup:
    """Return a page's own HTML without what is folded."""
    while (rest := _FOLDED.sub(" ", html)) != html:
        html = rest
    return Markup(html)
