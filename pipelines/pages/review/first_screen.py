"""The first screen of a review: what needs a person, in one look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.contracts.problems import Problem
from pipelines.pages.review.checklist import Item, Result
from pipelines.pages.review.claims import Judged
from pipelines.pages.review.coverage import Coverage, Delivery, Status
from pipelines.pages.review.findings import FindingsView
from pipelines.pages.review.soundness import Fault
from pipelines.pages.verdicts import Outcome
from pipelines.plan.inline import plain

_LENGTH = 90  # letters of a line


class Why(StrEnum):
    """Why something needs a person, the most urgent first."""

    MISSING = "missing"
    WORDS = "in words only"
    CONTRADICTED = "contradicted"
    REOPENED = "reopened"
    OPEN = "open findings"
    UNDECIDED = "undecided"
    PROBLEM = "problems"
    CONFIRM = "to confirm"


@dataclass(frozen=True)
class Need:
    """Something for a person to look at: what it is about, and where on this page it stands."""

    why: Why
    what: str
    href: str
    line: int = 0


def needs(
    found: Coverage,
    items: Sequence[Item],
    claims: Sequence[Judged],
    problems: Sequence[Problem],
    faults: Sequence[Fault],
    findings: FindingsView,
) -> list[Need]:
    """Return all that needs a person; what is sure and in order is not among it."""
    made = [
        *_coverage(found),
        *_checklists(items),
        *_claims(claims),
        *_findings(findings),
        *(_problem(one) for one in problems),
        *(Need(Why.PROBLEM, f"{one.page}: {one.what}", "#soundness") for one in faults),
    ]
    order = list(Why)
    return sorted(made, key=lambda one: order.index(one.why))


def by_reason(found: Iterable[Need]) -> dict[str, list[Need]]:
    """Gather needs by their reason, all reasons there, perhaps empty."""
    groups: dict[str, list[Need]] = {why.value: [] for why in Why}
    for one in found:
        groups[one.why.value].append(one)
    return groups


_REASONS = {Status.MISSING: Why.MISSING, Status.WORDS: Why.WORDS, Status.PERHAPS: Why.CONFIRM}


def _coverage(found: Coverage) -> Iterator[Need]:
    for one in found.deliveries:
        if one.status in _REASONS:
            yield _promised(one, _REASONS[one.status])
        elif one.status is Status.THERE and one.remark:
            yield _promised(one, Why.CONTRADICTED if one.contradicts else Why.CONFIRM)
    for place, kind, told in found.asked:
        if not told:
            yield Need(Why.MISSING, f"{kind} without an answer: {place.label}", "#asked")
    for block in found.lost:
        yield Need(Why.MISSING, f"{block.type} of the outline", "#lost", block.src.line)
    for extra in found.unplanned:
        if extra.kind == "misconception":
            about = f"a misconception that no row plans: {_short(plain(extra.what))}"
            yield Need(Why.CONTRADICTED, about, "#unplanned")


def _problem(one: Problem) -> Need:
    return Need(Why.PROBLEM, f"{one.code}: {one.message}", "#problems", one.line)


def _promised(one: Delivery, why: Why) -> Need:
    about = f"{one.promise.kind.value}: {_short(plain(one.promise.what))}"
    remark = f" ({one.remark})" if one.remark else ""
    return Need(why, about + remark, f"#{one.promise.anchor}", one.promise.line)


def _checklists(items: Sequence[Item]) -> Iterator[Need]:
    for one in items:
        text = _short(one.text)
        if one.contradicts:
            about = f"ticked: {text} ({one.evidence})"
            yield Need(Why.CONTRADICTED, about, "#checklists", one.line)
        elif one.computed and one.computed.result is Result.NO:
            yield Need(Why.MISSING, f"{text} ({one.evidence})", "#checklists", one.line)
        elif one.open:
            yield Need(Why.CONFIRM, text, "#checklists", one.line)


def _claims(claims: Sequence[Judged]) -> list[Need]:
    reasons = {
        Outcome.CONTRADICTED: Why.CONTRADICTED,
        Outcome.UNDECIDED: Why.UNDECIDED,
        Outcome.UNMEASURED: Why.UNDECIDED,
    }
    return [
        Need(
            reasons[one.view.outcome],
            f"{one.place.label}, {one.view.claim.id}",
            f"#review-{one.place.anchor}",
            one.view.claim.src.line,
        )
        for one in claims
        if one.view.outcome in reasons
    ]


def _findings(findings: FindingsView) -> Iterator[Need]:
    for one in findings.all:
        it, href = one.tracked, f"#{one.anchor}"
        about, line = f"finding {it.id}: {_short(it.title)}", it.finding.src.line
        if it.reopened:
            yield Need(Why.REOPENED, f"{about} ({it.reopened})", href, line)
        elif it.is_open:
            yield Need(Why.OPEN, f"{about} ({it.severity.value})", href, line)
    for each in findings.register.contradicted:
        about = f"round {each.number}: the verdict is {each.review.verdict}, the rule says "
        about += " or ".join(each.allowed)
        yield Need(Why.CONTRADICTED, about, f"#round-{each.number}", each.review.src.line)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1].rstrip() + "…"
