"""Concepts across plans: where each was taught, how deeply, and under which names.

Two kinds of evidence: a lesson's own depth targets say what it teaches; the tables of student
concepts say what the author of a plan believes was taught, and where.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.contracts.blocks import Table, walk
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.planning import LessonRef
from pipelines.contracts.spans import DepthLevel, Src
from pipelines.plan.inline import plain
from pipelines.planlint.course import Course, course_of

# An abbreviation has two capitals or more, and no sentence stands in its parentheses.
_SHORT = re.compile(r"(?P<long>[^()]{4,})\((?P<short>[A-Za-z0-9-]*[A-Z][a-z0-9-]*[A-Z][\w-]*)s?\)")
_ALIAS = re.compile(r"alias|also (?:called|known as|named)|synonym|other names?", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,;/]\s*")
TARGET, TABLE = "depth target", "student table"
_WORD = re.compile(r"[()]|[^\W_]+")
_ARTICLES = {"a", "an", "the"}
# "Self-consistency property of ODE trajectories" is "Self-consistency property", told longer
_TELLS_MORE = {"of", "in", "for", "on", "as", "with", "from", "via", "by", "and", "pattern"}
_TELLS_MORE |= {"mechanism", "concept", "property", "idea"}


def aliases(plans: Iterable[AnyPlan], concept_key: Callable[[str], str]) -> dict[str, str]:
    """Return key of the other name → key of the first; a name of two concepts is none."""
    found: dict[str, set[str]] = {}
    for plan in plans:
        for name, other in (*_abbreviations(plan), *_tables(plan)):
            one, two = concept_key(name), concept_key(other)
            if one and two and one != two:
                found.setdefault(two, set()).add(one)
    return {two: min(ones) for two, ones in found.items() if len(ones) == 1}


def _abbreviations(plan: AnyPlan) -> Iterator[tuple[str, str]]:
    if isinstance(plan, LessonPlan):
        names = [plain(one.name) for one in plan.student.concepts]
        names += [plain(one.concept) for one in plan.prerequisites]
        names += [plain(one.concept) for one in plan.design.scope.depth_targets]
        for name in names:
            if match := _SHORT.match(name):
                yield match["long"], match["short"]


def _tables(plan: AnyPlan) -> Iterator[tuple[str, str]]:
    """Read tables with a column of other names."""
    for table in (one for one in walk(plan.extra) if isinstance(one, Table)):
        heads = [plain(column) for column in table.columns]
        at = next((i for i, head in enumerate(heads) if _ALIAS.search(head)), 0)
        for row in table.rows if at else ():
            for other in _SPLIT.split(plain(row[at])):
                yield plain(row[0]), other


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
        key = concept_key(name)
        return self.aliases.get(key, key)

    def taught(self, key: str, lessons: Iterable[LessonPlan]) -> Event | None:
        """Return the deepest that the depth targets of `lessons` take a concept."""
        slugs = {lesson.id for lesson in lessons}
        events = self.concepts[key].events if key in self.concepts else []
        found = [one for one in events if one.by == TARGET and one.lesson in slugs]
        return max(found, key=lambda one: one.level.rank, default=None)


def concept_key(name: str) -> str:
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
    other_names = aliases(plans, concept_key)
    concepts: dict[str, Entry] = {}
    for lesson in course.lessons:
        for name, event in _events(course, lesson):
            key = other_names.get(concept_key(name), concept_key(name))
            if key:
                concepts.setdefault(key, Entry(name)).events.append(event)
    return ConceptIndex(course, concepts, other_names)


def _events(course: Course, lesson: LessonPlan) -> Iterator[tuple[str, Event]]:
    for row in lesson.student.concepts:
        for source in row.sources:
            event = Event(_lesson_name(course, source), row.depth.level, TABLE, row.src)
            yield plain(row.name), event
    for target in lesson.design.scope.depth_targets:
        event = Event(lesson.id, target.depth.level, TARGET, target.src)
        yield plain(target.concept), event


def _lesson_name(course: Course, reference: LessonRef) -> str:
    lesson = course.lesson(reference)
    return lesson.id if lesson else reference.slug or reference.number or reference.raw
