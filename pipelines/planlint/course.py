"""A course: lesson plans in teaching order, found again by the names that plans give them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.planning import LessonRef

_NUMBER = re.compile(r"\d{1,9}")
_NONE = re.compile(r"\W*(?:none|n/?a|first|last)?\b\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Course:
    """The plans of a folder.

    Attributes:
        lessons: In teaching order: by module number, then by the module plan's sequence, then
            by the position within the module, then by name.
    """

    lessons: tuple[LessonPlan, ...]
    modules: tuple[ModulePlan, ...] = ()

    @cached_property
    def order(self) -> dict[str, int]:
        """Slug → place in teaching order."""
        return {lesson.id: place for place, lesson in enumerate(self.lessons)}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Number within the course, `7.3.1` → slug; the first of several counts."""
        found: dict[str, str] = {}
        for lesson in self.lessons:
            number = self.number_of(lesson)
            if number:
                found.setdefault(number, lesson.id)
        return found

    @cached_property
    def planned(self) -> dict[str, ModulePlan]:
        """Slug of every lesson that a module plan names → that module plan."""
        return {row.slug: module for module in self.modules for row in module.sequence}

    def module(self, lesson: LessonPlan) -> ModulePlan | None:
        """Return the plan of a lesson's module: the one that names it, or has its number."""
        numbered = {one.meta.module_number: one for one in self.modules}
        return self.planned.get(lesson.id) or numbered.get(lesson.meta.module_number or "none")

    def number_of(self, lesson: LessonPlan) -> str:
        """Return `module.place`, empty if either is unknown."""
        module = self.module(lesson)
        first = lesson.meta.module_number or (module.meta.module_number if module else "")
        place = _in_sequence(module, lesson.id) or lesson.meta.lesson_number
        return f"{first}.{place}" if first and place else ""

    def lesson(self, reference: LessonRef) -> LessonPlan | None:
        """Return the lesson that a reference means: by slug, else by number."""
        place = self.order.get(reference.slug or reference.raw.strip("`* "))
        if place is None:
            place = self.order.get(self.numbers.get(reference.number, ""))
        return None if place is None else self.lessons[place]

    def neighbours(self, lesson: LessonPlan) -> tuple[str, str]:
        """Return the slugs of the lessons before and after, "" at the ends.

        A module plan's sequence counts first: it also names lessons without a plan as yet.
        """
        module = self.module(lesson)
        row = [one.slug for one in module.sequence] if module else []
        if lesson.id not in row:
            row = [one.id for one in self.lessons]
        at = row.index(lesson.id) if lesson.id in row else -1
        around = ["", *row, ""]
        before, after = (around[at], around[at + 2]) if at >= 0 else ("", "")
        return before or self._beyond(lesson, -1), after or self._beyond(lesson, 1)

    def _beyond(self, lesson: LessonPlan, step: int) -> str:
        """Return the neighbour across the border of a module."""
        place = self.order.get(lesson.id, -1) + step
        return self.lessons[place].id if 0 <= place < len(self.lessons) else ""

    def before(self, lesson: LessonPlan) -> tuple[LessonPlan, ...]:
        """Return the lessons that are taught before this one, itself not."""
        return self.lessons[: self.order.get(lesson.id, len(self.lessons))]


def course_of(plans: Iterable[AnyPlan]) -> Course:
    """Put the lessons among `plans` in teaching order."""
    plans = list(plans)
    modules = tuple(one for one in plans if isinstance(one, ModulePlan))
    lessons = [one for one in plans if isinstance(one, LessonPlan)]
    unordered = Course((), modules)
    ordered = sorted(lessons, key=lambda lesson: _teaching_place(unordered, lesson))
    return Course(tuple(ordered), modules)


def _teaching_place(course: Course, lesson: LessonPlan) -> tuple[list[int], int, str]:
    module = course.module(lesson)
    number = lesson.meta.module_number or (module.meta.module_number if module else "")
    place = _in_sequence(module, lesson.id) or lesson.meta.lesson_number or 0
    return [int(digits) for digits in _NUMBER.findall(number)], place, lesson.id


def _in_sequence(module: ModulePlan | None, slug: str) -> int:
    """Return the one-based place in a module plan's sequence, 0 if it is not there."""
    slugs = [row.slug for row in module.sequence] if module else []
    return slugs.index(slug) + 1 if slug in slugs else 0


def stated(value: str) -> str:
    """Return the slug that `**Next lesson:** the-slug (7.3.2)` states, "" if it states none."""
    if _NONE.match(value):
        return ""
    match = re.search(r"[a-z0-9]+(?:-[a-z0-9]+)+", value)
    return match[0] if match else ""
