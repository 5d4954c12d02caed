"""Concepts across plans: where each was taught, and whether plans agree about how deeply.

Two kinds of evidence: a lesson's own depth targets say what it teaches; the tables of student
concepts say what the author of a plan believes was taught, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.contracts.plan import (
    AnyPlan,
    Depth,
    DepthLevel,
    LessonPlan,
    LessonRef,
    Prerequisite,
    Src,
)
from pipelines.contracts.problems import Problem
from pipelines.plan.aliases import aliases
from pipelines.plan.course import Course, course_of, stated
from pipelines.plan.reading import plain

TARGET, TABLE = "depth target", "student table"
_WORD = re.compile(r"[()]|[^\W_]+")
_ARTICLES = {"a", "an", "the"}
# "Self-consistency property of ODE trajectories" is "Self-consistency property", told longer
_TELLS_MORE = {"of", "in", "for", "on", "as", "with", "from", "via", "by", "and", "pattern"}
_TELLS_MORE |= {"mechanism", "concept", "property", "idea"}


@dataclass(frozen=True)
class Event:
    """A concept reached a depth in a lesson.

    Attributes:
        lesson: Slug, or number, or the words of a reference that names neither.
        by: What says so: `depth target` of the lesson, or `student table` of a later one.
    """

    lesson: str
    level: DepthLevel
    by: str
    src: Src


@dataclass
class Entry:
    """One concept under the name that the course first gives it."""

    name: str
    events: list[Event] = field(default_factory=list)

    def lessons(self, level: DepthLevel) -> list[str]:
        """Return the lessons that brought it to this depth, each once."""
        return list(dict.fromkeys(one.lesson for one in self.events if one.level is level))


@dataclass(frozen=True)
class ConceptIndex:
    """All concepts of a course, by the key of their name."""

    course: Course
    concepts: dict[str, Entry]
    aliases: dict[str, str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the key of a concept's first name."""
        key = key_of(name)
        return self.aliases.get(key, key)

    def taught(self, key: str, lessons: Iterable[LessonPlan]) -> Event | None:
        """Return the deepest that the depth targets of `lessons` take a concept."""
        slugs = {lesson.id for lesson in lessons}
        events = self.concepts[key].events if key in self.concepts else []
        found = [one for one in events if one.by == TARGET and one.lesson in slugs]
        return max(found, key=lambda one: one.level.rank, default=None)


def key_of(name: str) -> str:
    """Return what counts of a concept's name: words without parentheses, articles, plurals."""
    words: list[str] = []
    depth = 0
    for word in _WORD.findall(name.lower()):
        if word in "()":
            depth = max(0, depth + (1 if word == "(" else -1))
        elif not depth and word not in _ARTICLES:
            words.append(_singular(word))
    return " ".join(words)


def _singular(word: str) -> str:
    ends = ("ss", "us", "is")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(ends) else word


def concept_index(plans: Iterable[AnyPlan]) -> ConceptIndex:
    """Gather from the plans of a folder what each concept is said to have reached, and where."""
    plans = list(plans)
    course = course_of(plans)
    other_names = aliases(plans, key_of)
    concepts: dict[str, Entry] = {}
    for lesson in course.lessons:
        for name, event in _events(course, lesson):
            key = other_names.get(key_of(name), key_of(name))
            if key:
                concepts.setdefault(key, Entry(name)).events.append(event)
    return ConceptIndex(course, concepts, other_names)


def _events(course: Course, lesson: LessonPlan) -> Iterator[tuple[str, Event]]:
    for row in lesson.student.concepts:
        for source in row.sources:
            event = Event(_name(course, source), row.depth.level, TABLE, row.src)
            yield plain(row.name), event
    for target in lesson.design.scope.depth_targets:
        event = Event(lesson.id, target.depth.level, TARGET, target.src)
        yield plain(target.concept), event


def _name(course: Course, reference: LessonRef) -> str:
    lesson = course.lesson(reference)
    return lesson.id if lesson else reference.slug or reference.number or reference.raw


# --- what does not agree ----------------------------------------------------------------------


def disagreements(index: ConceptIndex, plan: LessonPlan) -> list[Problem]:
    """Return all that other plans of the course do not bear out."""
    return [*depth_problems(index, plan), *link_problems(index.course, plan)]


def depth_problems(index: ConceptIndex, plan: LessonPlan) -> list[Problem]:
    """Hold a plan's prerequisites against the lessons before it and its own student table."""
    return [problem for row in plan.prerequisites for problem in _row_problems(index, plan, row)]


def _row_problems(index: ConceptIndex, plan: LessonPlan, row: Prerequisite) -> Iterator[Problem]:
    early = _too_early(index, plan, row)
    if early:
        yield early
        return
    event = actual(index, plan, row)
    if not event or event.level in _levels(row.actual) or event.level is DepthLevel.UNKNOWN:
        return
    yield _problem(
        row.src,
        "ML522",
        f"`{plain(row.concept)}` is given as {_word(row.actual.level)}, but "
        f"{_witness(event, plan)} makes it {_word(event.level)}",
        f"write {_word(event.level)} as its actual depth, or correct the other place",
    )


def _levels(depth: Depth) -> set[DepthLevel]:
    """Return every level that a cell names: `DEVELOPED (Adam) / MENTIONED (AdamW)` has two."""
    words = {level for level in DepthLevel if re.search(rf"\b{level.value}\b", depth.raw, re.I)}
    return words | {depth.level}


def _witness(event: Event, plan: LessonPlan) -> str:
    if event.by == TARGET:
        return f"the depth target of {event.lesson} ({event.src})"
    return f"the student table at line {event.src.line}"


def actual(index: ConceptIndex, plan: LessonPlan, row: Prerequisite) -> Event | None:
    """Return how deeply earlier lessons take a prerequisite, else what its own table says."""
    event = index.taught(_known_as(index, row), index.course.before(plan))
    own = {index.key(plain(one.name)): one for one in plan.student.concepts}
    if event or not (one := own.get(index.key(plain(row.concept)))):
        return event
    return None if one.depth.level is DepthLevel.UNKNOWN else _own(plan, one.depth, one.src)


def _own(plan: LessonPlan, depth: Depth, src: Src) -> Event | None:
    several = len(_levels(depth)) > 1
    return None if several else Event(plan.id, depth.level, TABLE, src)


def _known_as(index: ConceptIndex, row: Prerequisite) -> str:
    """Return the key under which the lessons that a row names teach its concept."""
    key = index.key(plain(row.concept))
    lessons = [lesson for one in row.sources if (lesson := index.course.lesson(one))]
    if index.taught(key, lessons):
        return key
    targets = (one for lesson in lessons for one in lesson.design.scope.depth_targets)
    names = (index.key(plain(target.concept)) for target in targets)
    return next((name for name in names if same_concept(name, key)), key)


def same_concept(one: str, other: str) -> bool:
    """Say whether two keys name one concept: equal, or one goes on telling of the other."""
    short, long = sorted((one.split(), other.split()), key=len)
    if short == long or not short:
        return short == long
    return long[: len(short)] == short and long[len(short)] in _TELLS_MORE


def _too_early(index: ConceptIndex, plan: LessonPlan, row: Prerequisite) -> Problem | None:
    """Report a prerequisite that is claimed as known, but only taught now or later."""
    course, name = index.course, plain(row.concept)
    if row.actual.level.rank < DepthLevel.MENTIONED.rank or plan.id not in course.places:
        return None
    here = course.places[plan.id]
    sources = [lesson for one in row.sources if (lesson := course.lesson(one))]
    late = [one for one in sources if course.places[one.id] >= here]
    if sources and len(late) == len(row.sources):
        where = late[0].id
    else:
        known = index.key(name)
        first = index.taught(known, course.lessons[here:])
        if row.sources or not first or index.taught(known, course.before(plan)):
            return None
        where = first.lesson
    when = "this lesson" if where == plan.id else f"`{where}`, which comes later"
    return _problem(
        row.src,
        "ML521",
        f"`{name}` is needed here but taught in {when}",
        "move the lessons, name the one that introduces it, or give the depth as MISSING",
    )


def link_problems(course: Course, plan: LessonPlan) -> list[Problem]:
    """Report a previous or next lesson that module plan and positions do not bear out."""
    if plan.id not in course.places:
        return []
    known = {*course.places, *course.planned}
    said = (("previous", stated(plan.meta.previous)), ("next", stated(plan.meta.next)))
    return [
        _problem(
            Src(file=plan.file, line=1, end=1),
            "ML520",
            f"the {word} lesson is given as `{slug}`, the course has `{found or 'none'}`",
            f"correct the line `{word.capitalize()} lesson`, or the module plan's sequence",
        )
        for (word, slug), found in zip(said, course.neighbours(plan), strict=True)
        if slug and slug != found and (found or slug in known)
    ]


def _word(level: DepthLevel) -> str:
    return level.value.upper()


def _problem(src: Src, code: str, message: str, remedy: str) -> Problem:
    return Problem(src.file, src.line, code, message, remedy, "warning")
