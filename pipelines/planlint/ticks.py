"""Ticked boxes that the tables contradict: "(5 misconceptions)" over a table of four."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.contracts.blocks import Exercise, Question
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Polarity
from pipelines.module.report import Report
from pipelines.plan.inline import plain
from pipelines.planlint.numerals import POSITIVE_NUMERAL, value_of

_CLAIM = re.compile(
    rf"(?P<least>(?:at least|minimum(?: of)?|≥|>=)\s*)?(?<![\w.–-])(?P<n>{POSITIVE_NUMERAL})\s+"
    r"(?P<what>positive|negative|modalit(?:y|ies)|misconceptions?|examples?|exercises?"
    r"|prerequisites?|check questions?)\b(?!\s*(?:section|table))",
    re.IGNORECASE,
)


def contradictions(plan: LessonPlan, report: Report) -> None:
    counted = _counted(plan, report)
    for item in plan.checklist:
        text = plain(item.spans)
        for claim, what, number, least in _claims(text) if item.ticked else ():
            real = counted.get(what)
            if not real or (number <= max(real) if least else number in real):
                continue
            report.gate(
                item.src.line,
                "ML516",
                f"`{claim}` is ticked, and the plan has {real[0]}",
                "correct the item, or plan what it says",
                at=claim,
            )


def _claims(text: str) -> Iterator[tuple[str, str, int, bool]]:
    """Yield each count of a text: words, what is counted, number, and whether it is a minimum."""
    for match in _CLAIM.finditer(text):
        what = re.sub(r"ies$", "y", match["what"].lower())
        what = what.removesuffix("s")
        words = f"{match['n']} {match['what']}"
        yield words, what, value_of(match["n"]), bool(match["least"])


def _counted(plan: LessonPlan, report: Report) -> dict[str, tuple[int, ...]]:
    """Return what the plan has of each: the likely count first, others that are right too."""
    polarities = [row.polarity for row in plan.examples]
    both = polarities.count(Polarity.BOTH)
    positive, negative = (polarities.count(p) for p in (Polarity.POSITIVE, Polarity.NEGATIVE))
    questions = sum(isinstance(block, Question) for block in report.blocks)
    exercises = sum(isinstance(block, Exercise) for block in report.blocks)
    counts: dict[str, tuple[int, ...]] = {
        "modality": (len(plan.modalities),),
        "misconception": (len(plan.misconceptions),),
        "example": (len(polarities),),
        "positive": (positive, positive + both),
        "negative": (negative, negative + both),
        "prerequisite": (len(plan.prerequisites),),
        "exercise": (exercises,),
    }
    if plan.meta.explicit_voice:  # elsewhere the reader has guessed what a question is
        counts["check question"] = (questions,)
    return counts
