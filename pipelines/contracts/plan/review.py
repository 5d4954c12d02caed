"""Checklists and reviews: findings, what became of them, verdicts."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipelines.contracts.plan.base import Model, Node
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.tree import Blocks


class CountClaim(Model):
    """`4 misconceptions identified`: a count that the plan's own tables can be held against."""

    count: int
    at_least: bool = False
    of: str  # prerequisites, gaps, misconceptions, examples, modalities, exercises, concepts


class ChecklistItem(Node):
    group: str
    spans: Spans
    ticked: bool
    parenthesis: str = ""  # the remark at the end: `(5 of them, all with examples)`
    claim: CountClaim | None = None


class Severity(StrEnum):
    CRITICAL = "critical"
    IMPROVEMENT = "improvement"
    POLISH = "polish"


class Finding(Node):
    severity: Severity
    title: Spans
    fields: dict[str, Blocks]  # location, issue, impact, fix, status; others by their label
    retracted: bool = False


class FixOutcome(StrEnum):
    FIXED = "fixed"
    PARTLY = "partly"
    OPEN = "open"
    ACCEPTED = "accepted"  # left as it is, on purpose
    RETRACTED = "retracted"  # was no finding
    UNKNOWN = "unknown"


class FixCheck(Node):
    """A row or bullet that says what became of a finding; `status` as written."""

    ref: str = ""  # the finding's number, as written
    finding: Spans
    severity: Severity | None = None
    status: str
    outcome: FixOutcome = FixOutcome.UNKNOWN
    note: Spans = ()


class Outcome(StrEnum):
    PASS = "pass"
    NEEDS_REVISION = "needs revision"
    MAJOR_REVISION = "major revision"
    UNKNOWN = "unknown"


class Review(Node):
    """One review.

    Attributes:
        cycle: 1, and one more whenever the iterations begin anew.
        label: What the title's parenthesis says beside the iteration: `Post-Depth-Rework`.
        verdict: As written; `outcome` is what it means.
    """

    title: str
    cycle: int = 1
    label: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    date: str = ""
    iteration: int | None = None
    of: int | None = None
    final: bool = False
    verdict: str = ""
    counts: dict[Severity, int] = Field(default_factory=dict)
    rationale: Blocks = ()
    findings: tuple[Finding, ...] = ()
    fix_checks: tuple[FixCheck, ...] = ()
    notes: Blocks = ()
