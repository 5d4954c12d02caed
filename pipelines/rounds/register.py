"""All findings of a plan: where each is, what became of it over the rounds, what is open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import (
    Finding,
    FixCheck,
    FixOutcome,
    FixPass,
    Outcome,
    Review,
    Severity,
)
from pipelines.contracts.spans import Spans, Src
from pipelines.plan.inline import plain
from pipelines.plan.vocabulary import read_fix
from pipelines.planlint.records import allowed_verdicts
from pipelines.rounds.contents import Contents, Spot, contents_of
from pipelines.rounds.fixes import Named, matched
from pipelines.rounds.locations import CONTENT, ID, field_text, spot_of
from pipelines.rounds.shown import WRITTEN, Shown, moved

_VERIFIED = re.compile(r"\bverified\b", re.IGNORECASE)
_MADE_FOR = re.compile(r"Made for:\s*([0-9a-f]{12})\b")
_ROUND = re.compile(r"Round:\s*([0-9a-f]{12})\b")
_CONTENT = re.compile(rf"\b([0-9a-f]{{12}})(?:\+({WRITTEN.pattern})(?![0-9a-f]))?")
_SEALED = ("Verified at",)  # what says, in a finding itself, at what content it was verified


class Status(StrEnum):
    """What became of a finding, the most urgent first."""

    OPEN = "open"
    FIXED = "fixed"  # the author says so
    WONT_FIX = "won't fix"
    VERIFIED = "verified"  # a reviewer has seen it
    RETRACTED = "retracted"


@dataclass(frozen=True)
class Seal:
    """What a spot said and showed when somebody looked at it; "" of what is not known.

    Attributes:
        text: A digest of what it said.
        values: The numbers that it showed, written down.
    """

    text: str = ""
    values: str = ""

    @staticmethod
    def read(written: str) -> Seal:
        """Read `5f0c2a9be1d4+0.0691;25`; the values may be missing."""
        match = _CONTENT.search(written)
        return Seal(match[1], match[2] or "") if match else Seal()

    def __str__(self) -> str:
        return f"{self.text}+{self.values}" if self.values else self.text


@dataclass(frozen=True)
class Event:
    """Something that was said of a finding.

    Attributes:
        round: The number of the round that it belongs to, or follows.
        by: The title of the round, or of the pass of fixes.
        written: The status as it stands there.
        made_for: The version that a reviewer looked at who checked it; "" elsewhere.
    """

    round: int
    status: Status
    by: str
    src: Src
    written: str = ""
    note: Spans = ()
    seal: Seal = Seal()
    made_for: str = ""


@dataclass(frozen=True)
class Tracked:
    """A finding with all that became of it.

    Attributes:
        spot: Where on the page it is; None if nowhere.
        reopened: Why it is open again though somebody verified it; "" if it is not.
    """

    id: str
    round: int
    finding: Finding
    spot: Spot | None
    status: Status
    history: tuple[Event, ...]
    reopened: str = ""

    @property
    def title(self) -> str:
        """Its title, without markup."""
        return plain(self.finding.title)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.finding.severity

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.status is Status.OPEN


@dataclass(frozen=True)
class Round:
    """A round, and whether its verdict is what its findings ask for.

    Attributes:
        computed: The verdict by the rule; `allowed` are all that the rule lets pass.
        made_for: The version of the plan that was looked at, "" if it does not say.
    """

    number: int
    review: Review
    computed: str
    allowed: tuple[str, ...]
    made_for: str = ""

    @property
    def contradicts(self) -> bool:
        """Whether the written verdict is another one."""
        written = self.review.verdict.upper()
        return bool(written) and not written.startswith(self.allowed)

    @property
    def passed(self) -> bool:
        """Whether its verdict lets the lesson pass."""
        return self.review.outcome is Outcome.PASS


@dataclass(frozen=True)
class FindingsRegister:
    """The rounds of a plan and all that they found, in the order of the plan."""

    plan: LessonPlan
    contents: Contents
    rounds: tuple[Round, ...]
    findings: tuple[Tracked, ...]
    unmatched: tuple[FixCheck, ...] = field(default=())

    @property
    def open(self) -> list[Tracked]:
        """Findings that are open, those that were reopened among them, the worst first."""
        order = list(Severity)
        found = [one for one in self.findings if one.is_open]
        return sorted(found, key=lambda one: order.index(one.severity))

    @property
    def reopened(self) -> list[Tracked]:
        """Findings that somebody verified before their place changed."""
        return [one for one in self.findings if one.reopened]

    @property
    def contradicted(self) -> list[Round]:
        """Rounds whose verdict contradicts the rule."""
        return [one for one in self.rounds if one.contradicts]

    @cached_property
    def doubled(self) -> list[Tracked]:
        """Findings that bear the id of an earlier one."""
        seen: Counter[str] = Counter()
        found = []
        for one in self.findings:
            seen[one.id] += 1
            found += [one] if seen[one.id] > 1 else []
        return found


def register_of(
    plan: LessonPlan, values: Mapping[str, Sequence[Shown]] | None = None
) -> FindingsRegister:
    """Return all findings of a plan's rounds with what became of them.

    Args:
        values: The numbers that each spot shows in this build, by its name; spots that are not
            in it show none that could be compared.
    """
    contents = contents_of(plan)
    rounds = tuple(_rounds(plan))
    named = [one for each in rounds for one in _named(each)]
    events, unmatched = _events(plan, rounds, named)
    tracked = (_tracked(one, events.get(i, []), contents) for i, one in enumerate(named))
    found = tuple(_reopened(one, contents, values or {}) for one in tracked)
    return FindingsRegister(plan, contents, rounds, found, tuple(unmatched))


def _rounds(plan: LessonPlan) -> Iterator[Round]:
    for number, review in enumerate(plan.reviews, 1):
        allowed = allowed_verdicts(review)
        yield Round(number, review, allowed[0], allowed, made_for(review))


def made_for(review: Review) -> str:
    """Return the version of the plan that a merged round was made for, "" if it does not say."""
    return _said(review, _MADE_FOR)


def digest_of_round(review: Review) -> str:
    """Return the digest of what a merged round was exported as, "" if it does not say."""
    return _said(review, _ROUND)


def _said(review: Review, pattern: re.Pattern[str]) -> str:
    words = " ".join(plain(getattr(one, "spans", ())) for one in review.notes)
    match = pattern.search(words)
    return match[1] if match else ""


def _named(one: Round) -> Iterator[Named]:
    """Give each finding its id: the one that is written, else the round's number and its own."""
    for place, finding in enumerate(one.review.findings, 1):
        written = field_text(finding, ID)
        yield Named(written or f"{one.number}.{place}", one.number, finding)


def _events(
    plan: LessonPlan, rounds: tuple[Round, ...], named: list[Named]
) -> tuple[dict[int, list[Event]], list[FixCheck]]:
    """Return what was said of each finding, by its place, and checks of no finding."""
    events: dict[int, list[Event]] = {}
    unmatched: list[FixCheck] = []
    places: dict[str, int] = {}
    for place, one in enumerate(named):
        places.setdefault(one.id, place)  # of two with one id the first is meant
        events[place] = list(_own_events(one, rounds[one.round - 1]))
    for number, title, checks, by_author in _checks(plan, rounds):
        version = "" if by_author else rounds[number - 1].made_for
        last = number if by_author else number - 1
        earlier = [one for one in named if one.round <= last]
        found = matched(checks, earlier)
        for at, check in enumerate(checks):
            if at not in found:
                unmatched.append(check)
            elif (status := _status_of(check, by_author)) is not None:
                seal = Seal.read(check.content)
                written, note = check.status, check.note
                event = Event(number, status, title, check.src, written, note, seal, version)
                events[places[found[at]]].append(event)
    return events, unmatched


def _checks(
    plan: LessonPlan, rounds: tuple[Round, ...]
) -> Iterator[tuple[int, str, tuple[FixCheck, ...], bool]]:
    """Yield each check of fixes, in the order of the plan, and whether it is the author's own."""
    parts: list[Round | FixPass] = [*rounds, *plan.fix_passes]
    number = 0
    for part in sorted(parts, key=lambda one: _src(one).line):
        if isinstance(part, Round):
            number = part.number
            yield number, part.review.title, part.review.fix_checks, False
        else:
            yield number, plain(part.title), part.checks, True


def _src(part: Round | FixPass) -> Src:
    return part.review.src if isinstance(part, Round) else part.src


def _own_events(one: Named, of: Round) -> Iterator[Event]:
    """Yield that a finding was found, and what its own status says."""
    finding, by = one.finding, of.review.title
    seal = Seal.read(field_text(finding, CONTENT))
    first = Status.RETRACTED if finding.retracted else Status.OPEN
    yield Event(one.round, first, by, finding.src, seal=seal)
    written = field_text(finding, "status")
    status = _status_in(written)
    if written and status is not None:
        sealed = Seal.read(field_text(finding, *_SEALED))
        yield Event(one.round, status, "its own status", finding.src, written, seal=sealed)


def _status_in(written: str) -> Status | None:
    """Read the status that a finding or its author gives; None where it says nothing known."""
    outcome = read_fix(written)
    if outcome is FixOutcome.FIXED:
        return Status.VERIFIED if _VERIFIED.search(written) else Status.FIXED
    return _OUTCOMES.get(outcome)


_OUTCOMES = {
    FixOutcome.OPEN: Status.OPEN,
    FixOutcome.PARTLY: Status.OPEN,
    FixOutcome.ACCEPTED: Status.WONT_FIX,
    FixOutcome.RETRACTED: Status.RETRACTED,
}


def _status_of(check: FixCheck, by_author: bool) -> Status | None:
    """A fix that a review confirms is verified; one that the author tells of is fixed."""
    if check.outcome is FixOutcome.FIXED:
        return Status.FIXED if by_author else Status.VERIFIED
    return _OUTCOMES.get(check.outcome)


def _tracked(one: Named, events: list[Event], contents: Contents) -> Tracked:
    spot = spot_of(one.finding, contents)
    status = _last_word(events).status
    return Tracked(one.id, one.round, one.finding, spot, status, tuple(events))


def _last_word(events: Sequence[Event]) -> Event:
    """Return what counts: the last word, of reviewers of one version the most urgent one."""
    last = events[-1]
    beside = [one for one in events if last.made_for and one.made_for == last.made_for]
    return min(beside or [last], key=lambda one: list(Status).index(one.status))


def _reopened(one: Tracked, contents: Contents, values: Mapping[str, Sequence[Shown]]) -> Tracked:
    """Open a finding again whose place says or shows something else than when it was verified."""
    seal = _last_word(one.history).seal
    if one.status is not Status.VERIFIED or not seal.text:
        return one
    spot = contents.with_digest(seal.text)
    if spot is None:
        reason = f"{one.spot.label} has changed since" if one.spot else "its place is gone"
        return replace(one, status=Status.OPEN, reopened=reason)
    shown = values.get(spot.name)
    if seal.values and shown is not None and (which := moved(seal.values, shown)):
        reason = f"the numbers of {spot.label} have changed since: {which}"
        return replace(one, status=Status.OPEN, reopened=reason)
    return one
