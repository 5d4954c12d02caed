"""The plan's checklists beside what a machine sees: the prerequisite audit, the design.

Each item of the two lists that plans end with is computed as far as it can be, with its evidence.
What only a person can judge has a box, and what a machine can tell them about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import ChecklistItem, Polarity
from pipelines.module.report import Report
from pipelines.pages.review.coverage import Coverage, Status
from pipelines.pages.review.passages import stems, text_of
from pipelines.pages.review.promises import Kind
from pipelines.plan.inline import plain
from pipelines.planlint.load import new_concepts
from pipelines.planlint.records import check_ticks

_MOST_CONCEPTS = 3
_ALIKE = 0.5  # of an item's words, for an author's item to be one of these


class Result(StrEnum):
    """What a machine says of an item."""

    YES = "yes"
    NO = "no"
    PERSON = "for a person"


@dataclass(frozen=True)
class Computed:
    """An item of a checklist, computed.

    Attributes:
        words: By which an author's own wording of it is recognised.
        evidence: What was counted or compared.
    """

    group: str
    text: str
    result: Result
    evidence: str
    words: str = ""


@dataclass(frozen=True)
class Item:
    """An item, as computed and as the author ticked it; either may be missing."""

    group: str
    computed: Computed | None
    author: ChecklistItem | None
    wrong_count: str = ""  # what the author's item counts that the plan does not have

    @property
    def contradicts(self) -> bool:
        """Whether author and machine disagree."""
        if self.wrong_count:
            return True
        if not (self.computed and self.author):
            return False
        said = {Result.YES: True, Result.NO: False}.get(self.computed.result)
        return said is False and self.author.ticked

    @property
    def text(self) -> str:
        """The item in the author's words, else in ours."""
        return plain(self.author.spans) if self.author else self.computed_text

    @property
    def computed_text(self) -> str:
        """The item in our words, "" for one that only the author has."""
        return self.computed.text if self.computed else ""

    @property
    def evidence(self) -> str:
        """What a machine has seen of it."""
        return self.wrong_count or (self.computed.evidence if self.computed else "")

    @property
    def line(self) -> int:
        """The author's line, 0 without one."""
        return self.author.src.line if self.author else 0

    @property
    def open(self) -> bool:
        """Whether a person has to look: nobody has ticked what no machine can see."""
        undecided = not self.computed or self.computed.result is Result.PERSON
        return undecided and not (self.author and self.author.ticked)


def items(plan: LessonPlan, found: Coverage) -> list[Item]:
    """Pair the author's items with the computed ones; an appendix has no planning to audit."""
    computed = [] if plan.appendix else [*_prerequisites(plan, found), *_design(plan, found)]
    left = list(plan.checklist)
    counts = _wrong_counts(plan)
    made = []
    for one in computed:
        author = _author_of(one, left)
        line = author.src.line if author else 0
        if author:
            left.remove(author)
        made.append(Item(one.group, one, author, counts.get(line, "")))
    return made + [Item(one.group, None, one, counts.get(one.src.line, "")) for one in left]


def grouped(found: list[Item]) -> dict[str, list[Item]]:
    """Gather items by their group, in order."""
    groups: dict[str, list[Item]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    return groups


def _wrong_counts(plan: LessonPlan) -> dict[int, str]:
    report = Report(plan)
    check_ticks(plan, report)
    return {one.line: one.message for one in report.problems}


def _author_of(one: Computed, items: list[ChecklistItem]) -> ChecklistItem | None:
    wanted = set(stems(one.words or one.text))
    scored = [(len(wanted & set(stems(plain(item.spans)))) / len(wanted), item) for item in items]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


# --- the prerequisite audit ---

_AUDIT = "Prerequisite Audit"


def _prerequisites(plan: LessonPlan, found: Coverage) -> Iterator[Computed]:
    rows = plan.prerequisites
    unknown = [row for row in rows if row.required.level.rank < 0]
    yield _judged(
        _AUDIT,
        "Every assumed concept is listed with the depth that it needs",
        bool(rows) and not unknown,
        f"{len(rows)} prerequisites, {len(unknown)} without a required depth",
        "listed required depth builds needs",
    )
    homeless = [row for row in rows if not row.sources]
    yield _judged(
        _AUDIT,
        "Each is traced to the lesson that it comes from",
        bool(rows) and not homeless,
        f"{len(rows) - len(homeless)} of {len(rows)} name a lesson",
        "traced records earlier",
    )
    wrong = [row for row in rows if row.computed_gap == (row.status.value == "ok")]
    yield _judged(
        _AUDIT,
        "The depths match: a gap is where the actual depth is too small",
        bool(rows) and not wrong,
        _named("status and depths disagree", [plain(row.concept) for row in wrong]),
        "depth match verified depths",
    )
    gone = [one for one in found.of(Status.MISSING) if one.promise.kind is Kind.PREREQUISITE]
    yield Computed(
        _AUDIT,
        "No untaught concept remains",
        Result.PERSON if not gone else Result.NO,
        _named("not picked up on the page", [plain(one.promise.what) for one in gone]),
        "untaught concepts remain",
    )
    exercises = [place.label for place, kind, _ in found.asked if kind == "exercise"]
    yield Computed(
        _AUDIT,
        "No exercise asks for several new concepts at once",
        Result.PERSON,
        _named("look at", exercises),
        "multi-concept jumps widgets exercises asks explains",
    )
    gaps = [row for row in rows if row.computed_gap or row.status.value in ("gap", "missing")]
    closed = [one for one in found.deliveries if one.promise.kind is Kind.GAP]
    there = [one for one in closed if one.status in (Status.THERE, Status.OMITTED)]
    yield _judged(
        _AUDIT,
        "Every gap has a resolution, and the page carries it out",
        len(closed) >= len(gaps) and len(there) == len(closed),
        f"{len(gaps)} gaps, {len(closed)} resolutions, {len(there)} on the page",
        "gap resolution plans",
    )


# --- the design ---

_DESIGN = "Pedagogical Design"


def _design(plan: LessonPlan, found: Coverage) -> Iterator[Computed]:
    words = len(text_of(plan.design.narrative).split())
    yield Computed(
        _DESIGN,
        "The narrative states the problem before the solution",
        Result.PERSON if words else Result.NO,
        f"{len(plan.design.narrative)} paragraphs, {words} words",
        "narrative motivation problem before",
    )
    families = {row.family for row in plan.modalities if row.why}
    kept = _kept(found, Kind.MODALITY)
    yield _judged(
        _DESIGN,
        "At least three modalities, each with a reason, and on the page",
        len(families) >= 3 and kept[0] == kept[1],
        f"{len(families)} families with a reason; {kept[0]} of {kept[1]} on the page",
        "modalities rationale",
    )
    yield _examples(plan, found)
    against = [row for row in plan.misconceptions if row.negative_example]
    kept = _kept(found, Kind.MISCONCEPTION)
    yield _judged(
        _DESIGN,
        "At least three misconceptions, each with a negative example, and answered on the page",
        len(against) >= 3 and len(against) == len(plan.misconceptions) and kept[0] == kept[1],
        f"{len(against)} with a negative example; {kept[0]} of {kept[1]} answered",
        "misconceptions negative examples answered",
    )
    said = new_concepts(plan)
    yield _judged(
        _DESIGN,
        f"At most {_MOST_CONCEPTS} new concepts",
        said is not None and said <= _MOST_CONCEPTS,
        "nothing says how many are new" if said is None else f"the plan says {said}",
        "cognitive load new concepts",
    )
    yield _connected(plan)
    scope = plan.design.scope
    yield _judged(
        _DESIGN,
        "What the lesson is about and what not is stated",
        bool(scope.covers and scope.excludes),
        f"about: {'stated' if scope.covers else 'not stated'};"
        f" not about: {'stated' if scope.excludes else 'not stated'}",
        "scope boundaries stated",
    )
    asks = [told for _, kind, told in found.asked if kind == "check question"]
    if asks:
        yield _judged(
            _DESIGN,
            "Every check question has an answer",
            all(asks),
            f"{sum(asks)} of {len(asks)} answered",
            "check questions answers",
        )


def _examples(plan: LessonPlan, found: Coverage) -> Computed:
    kinds = [row.polarity for row in plan.examples]
    both = kinds.count(Polarity.BOTH)
    positive = kinds.count(Polarity.POSITIVE) + both
    negative = kinds.count(Polarity.NEGATIVE) + both
    aimless = [row for row in plan.examples if not row.purpose]
    kept = _kept(found, Kind.EXAMPLE)
    return _judged(
        _DESIGN,
        "At least two positive examples and a negative one, each with a purpose, and on the page",
        positive >= 2 and negative >= 1 and not aimless and kept[0] == kept[1],
        f"{positive} positive, {negative} negative, {len(aimless)} without a purpose;"
        f" {kept[0]} of {kept[1]} on the page",
        "positive examples negative purpose",
    )


def _connected(plan: LessonPlan) -> Computed:
    told = (f"{text_of(row.new)} {text_of(row.how)}" for row in plan.design.connections)
    rows = [set(stems(one)) for one in told]
    loose = [name for name in _new(plan) if not any(set(stems(name)) & row for row in rows)]
    return _judged(
        _DESIGN,
        "Every new concept is connected to one that the student has",
        bool(rows) and not loose,
        _named("not connected", loose),
        "new concept connected existing tied earlier",
    )


def _new(plan: LessonPlan) -> list[str]:
    """Return the depth targets that the plan calls new: its load speaks of them."""
    said = set(stems(f"{plan.meta.load_note} {text_of(plan.design.load_assessment)}"))
    names = (plain(one.concept) for one in plan.design.scope.depth_targets)
    return [name for name in names if stems(name) and set(stems(name)) <= said]


def _kept(found: Coverage, kind: Kind) -> tuple[int, int]:
    made = [one for one in found.deliveries if one.promise.kind is kind]
    return len([one for one in made if one.status in (Status.THERE, Status.OMITTED)]), len(made)


def _judged(group: str, text: str, holds: bool, evidence: str, words: str) -> Computed:
    return Computed(group, text, Result.YES if holds else Result.NO, evidence, words)


def _named(what: str, names: list[str]) -> str:
    return f"{what}: {', '.join(names) if names else 'none'}"
