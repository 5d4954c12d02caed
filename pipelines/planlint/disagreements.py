"""Whether the plans of a course agree: how deeply, and where, they say concepts are taught."""

import re
from collections.abc import Iterator

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Prerequisite
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Depth, DepthLevel, Src
from pipelines.plan.inline import plain
from pipelines.planlint.concepts import TABLE, TARGET, ConceptIndex, Event, same_concept
from pipelines.planlint.course import Course, stated


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
    yield _course_problem(
        row.src,
        "ML522",
        f"`{plain(row.concept)}` is given as {_word(row.actual.level)}, but "
        f"{_witness(event)} makes it {_word(event.level)}",
        f"write {_word(event.level)} as its actual depth, or correct the other place",
    )


def _levels(depth: Depth) -> set[DepthLevel]:
    """Return every level that a cell names: `DEVELOPED (Adam) / MENTIONED (AdamW)` has two."""
    words = {level for level in DepthLevel if re.search(rf"\b{level.value}\b", depth.raw, re.I)}
    return words | {depth.level}


def _witness(event: Event) -> str:
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


def _too_early(index: ConceptIndex, plan: LessonPlan, row: Prerequisite) -> Problem | None:
    """Report a prerequisite that is claimed as known, but only taught now or later."""
    course, name = index.course, plain(row.concept)
    if row.actual.level.rank < DepthLevel.MENTIONED.rank or plan.id not in course.order:
        return None
    here = course.order[plan.id]
    sources = [lesson for one in row.sources if (lesson := course.lesson(one))]
    late = [one for one in sources if course.order[one.id] >= here]
    if sources and len(late) == len(row.sources):
        where = late[0].id
    else:
        known = index.key(name)
        first = index.taught(known, course.lessons[here:])
        if row.sources or not first or index.taught(known, course.before(plan)):
            return None
        where = first.lesson
    when = "this lesson" if where == plan.id else f"`{where}`, which comes later"
    return _course_problem(
        row.src,
        "ML521",
        f"`{name}` is needed here but taught in {when}",
        "move the lessons, name the one that introduces it, or give the depth as MISSING",
    )


def link_problems(course: Course, plan: LessonPlan) -> list[Problem]:
    """Report a previous or next lesson that module plan and positions do not bear out."""
    if plan.id not in course.order:
        return []
    known = {*course.order, *course.planned}
    said = (("previous", stated(plan.meta.previous)), ("next", stated(plan.meta.next)))
    return [
        _course_problem(
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


def _course_problem(src: Src, code: str, message: str, remedy: str) -> Problem:
    return Problem(src.file, src.line, code, message, remedy, "warning")
