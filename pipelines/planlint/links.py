"""Lessons that a plan speaks of, held against the lessons of its module."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipelines.contracts.plan import LessonPlan, ModuleLesson
from pipelines.contracts.planning import Concept, LessonRef, Prerequisite
from pipelines.module.report import Report
from pipelines.module.requested import nearest
from pipelines.plan.vocabulary import read_references
from pipelines.planlint.texts import all_runs, roles

_Mention = tuple[LessonRef, int]


def check_lesson_links(
    plan: LessonPlan, report: Report, sequence: Sequence[ModuleLesson], built: Collection[str]
) -> None:
    """Report mentions of a lesson that should be in this module and is not."""
    known = {row.slug for row in sequence} | set(built)
    mentions = [*_of_roles(plan), *_of_tables(plan)]
    for reference, line in mentions:
        if reference.slug and reference.slug not in known and _should_be_here(plan, reference):
            report.gate(
                line,
                "ML520",
                f"this module has no lesson `{reference.slug}`",
                f"the lessons are {', '.join(sorted(known))}{nearest(reference.slug, known)}",
                at=reference.slug,
            )


def _should_be_here(plan: LessonPlan, reference: LessonRef) -> bool:
    module = plan.meta.module_number
    return bool(module) and reference.number.startswith(module + ".")


def _of_roles(plan: LessonPlan) -> Iterator[_Mention]:
    for spans, _ in all_runs(plan):
        for role in roles(spans):
            if role.name == "lesson":
                yield from ((one, role.line) for one in read_references(role.target))


def _of_tables(plan: LessonPlan) -> Iterator[_Mention]:
    rows: tuple[Concept | Prerequisite, ...] = (*plan.student.concepts, *plan.prerequisites)
    for row in rows:
        yield from ((one, row.src.line) for one in row.sources)
