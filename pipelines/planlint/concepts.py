"""Concepts across plans: where each was taught, and how deeply.

Two kinds of evidence: a lesson's own depth targets say what it teaches; the tables of student
concepts say what the author of a plan believes was taught, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.planning import LessonRef
from pipelines.contracts.spans import DepthLevel, Src
from pipelines.plan.inline import plain
from pipelines.planlint.aliases import aliases
from pipelines.planlint.course import Course, course_of

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


def same_concept(one: str, other: str) -> bool:
    """Say whether two keys name one concept: equal, or one goes on telling of the other."""
    short, long = sorted((one.split(), other.split()), key=len)
    if short == long or not short:
        return short == long
    return long[: len(short)] == short and long[len(short)] in _TELLS_MORE


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
