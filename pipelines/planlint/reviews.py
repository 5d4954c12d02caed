"""A review's verdict and counts, held against its findings."""

from __future__ import annotations

import re
from collections import Counter

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Review, Severity
from pipelines.module.report import Report

_ALLOWED = {
    Severity.CRITICAL: ("MAJOR REVISION", "NEEDS REVISION"),
    Severity.IMPROVEMENT: ("NEEDS REVISION",),
    Severity.POLISH: ("PASS",),
}


def verdicts(plan: LessonPlan, report: Report) -> None:
    """A critical finding needs a revision, an improvement too; polish alone passes."""
    for review in plan.reviews:
        worst = _worst(review)
        allowed = _ALLOWED[worst or Severity.POLISH]
        if review.verdict and not review.verdict.upper().startswith(allowed):
            found = f"with {worst.value} findings" if worst else "without findings"
            report.gate(
                _line(report, review, "verdict"),
                "ML514",
                f"the verdict `{review.verdict}` {found}",
                f"write {' or '.join(allowed)}, or mend the findings",
                at=review.verdict,
            )


def _worst(review: Review) -> Severity | None:
    standing = [one.severity for one in review.findings if not one.retracted]
    if not review.findings:
        standing = [severity for severity, count in review.counts.items() if count]
    return next((severity for severity in Severity if severity in standing), None)


def counts(plan: LessonPlan, report: Report) -> None:
    """The summary counts what stands below; a retracted finding may count or not."""
    for review in plan.reviews:
        every = Counter(one.severity for one in review.findings)
        standing = Counter(one.severity for one in review.findings if not one.retracted)
        for severity, count in review.counts.items():
            if count not in (every[severity], standing[severity]):
                report.gate(
                    _line(report, review, rf"^\W*{severity.value}\b"),
                    "ML515",
                    f"{count} {severity.value} in the summary, {standing[severity]} found below",
                    "count the headings that carry this severity",
                    at=str(count),
                )


def _line(report: Report, review: Review, pattern: str) -> int:
    """Return the line of a review that a pattern finds, else the review's first."""
    for line in range(review.src.line, review.src.end + 1):
        if re.search(pattern, report.line(line), re.IGNORECASE):
            return line
    return review.src.line
