"""What a plan says of itself, held against itself: reviews by their findings, ticked boxes."""

import re
from collections import Counter
from collections.abc import Iterator

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.question import Question
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Polarity, Review, Severity
from pipelines.module.report import Report
from pipelines.plan.inline import plain
from pipelines.planlint.texts import POSITIVE_NUMERAL, value_of

_ALLOWED = {
    Severity.CRITICAL: ("MAJOR REVISION", "NEEDS REVISION"),
    Severity.IMPROVEMENT: ("NEEDS REVISION",),
    Severity.POLISH: ("PASS",),
}
_CLAIM = re.compile(
    rf"(?P<least>(?:at least|minimum(?: of)?|≥|>=)\s*)?(?<![\w.–-])(?P<n>{POSITIVE_NUMERAL})\s+"
    r"(?P<what>positive|negative|modalit(?:y|ies)|misconceptions?|examples?|exercises?"
    r"|prerequisites?|check questions?)\b(?!\s*(?:section|table))",
    re.IGNORECASE,
)


def check_verdicts(plan: LessonPlan, report: Report) -> None:
    """A critical finding needs a revision, an improvement too; polish alone passes."""
    for review in plan.reviews:
        worst, allowed = worst_of(review), allowed_verdicts(review)
        if review.verdict and not review.verdict.upper().startswith(allowed):
            found = f"with {worst.value} findings" if worst else "without findings"
            report.gate(
                _review_line(report, review, "verdict"),
                "ML514",
                f"the verdict `{review.verdict}` {found}",
                f"write {' or '.join(allowed)}, or mend the findings",
                at=review.verdict,
            )


def allowed_verdicts(review: Review) -> tuple[str, ...]:
    """Return the verdicts that a review's findings let it have, the first by the rule."""
    return _ALLOWED[worst_of(review) or Severity.POLISH]


def worst_of(review: Review) -> Severity | None:
    """Return the worst severity of a review's findings, by its summary if it lists none."""
    standing = [one.severity for one in review.findings if not one.retracted]
    if not review.findings:
        standing = [severity for severity, count in review.counts.items() if count]
    return next((severity for severity in Severity if severity in standing), None)


def check_counts(plan: LessonPlan, report: Report) -> None:
    """The summary counts what stands below; a retracted finding may count or not."""
    for review in plan.reviews:
        every = Counter(one.severity for one in review.findings)
        standing = Counter(one.severity for one in review.findings if not one.retracted)
        for severity, count in review.counts.items():
            if count not in (every[severity], standing[severity]):
                report.gate(
                    _review_line(report, review, rf"^\W*{severity.value}\b"),
                    "ML515",
                    f"{count} {severity.value} in the summary, {standing[severity]} found below",
                    "count the headings that carry this severity",
                    at=str(count),
                )


def _review_line(report: Report, review: Review, pattern: str) -> int:
    """Return the line of a review that a pattern finds, else the review's first."""
    for line in range(review.src.line, review.src.end + 1):
        if re.search(pattern, report.line_text(line), re.IGNORECASE):
            return line
    return review.src.line


def check_ticks(plan: LessonPlan, report: Report) -> None:
    """Report ticked boxes that the tables contradict."""
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
