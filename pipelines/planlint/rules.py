"""All rules, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.contracts.plan import AnyPlan, LessonPlan, ModuleLesson
from pipelines.contracts.problems import Problem
from pipelines.module.report import Report
from pipelines.planlint import gates, load, records, student_text
from pipelines.planlint.claims import check_wording
from pipelines.planlint.leading import check_leading
from pipelines.planlint.names import check_lesson_links, check_names
from pipelines.planlint.system_names import check_system_names

if TYPE_CHECKING:  # what most plans never name is not built for them
    from pipelines.contracts.measurement import Fact
    from pipelines.contracts.references import Reference
    from pipelines.module.build_catalog import Experiments, LessonEntry

_Rule = Callable[[LessonPlan, Report], None]
_PLANNING: tuple[_Rule, ...] = (
    gates.check_modalities,
    gates.check_examples,
    gates.check_misconceptions,
    gates.check_gaps,
    gates.check_scope,
    load.check_new_concepts,
    load.check_connections,
)
_RULES: tuple[_Rule, ...] = (
    records.check_verdicts,
    records.check_counts,
    records.check_ticks,
    gates.check_exercises,
    gates.check_sitting,
    check_leading,
)


def lint(
    plan: AnyPlan,
    *,
    facts: Mapping[str, Fact],
    citations: Mapping[str, Reference],
    experiments: Experiments,
    sequence: Sequence[ModuleLesson] = (),
    built: Collection[str] = (),
    lessons: Mapping[str, LessonEntry] | None = None,
) -> list[Problem]:
    """Return all problems of a plan's content, in the order of lines.

    Args:
        sequence: The lessons of the module plan; without them nothing is said about links.
        built: Slugs of the lessons that have a plan.
        lessons: What the pages of the module's lessons ask for, so that all use the same names.
    """
    report = Report(plan)
    check_names(report, facts, citations, experiments)
    check_system_names(report, experiments, lessons or {})
    needed: set[int] = set()
    student_text.check_strong_words(report, check_wording(report, experiments, needed), needed)
    student_text.check_dashes(plan, report)
    if isinstance(plan, LessonPlan):
        for rule in _RULES if plan.appendix else (*_PLANNING, *_RULES):
            rule(plan, report)
        if sequence:
            load.check_load_before(plan, report, sequence)
            check_lesson_links(plan, report, sequence, built)
    return sorted(set(report.problems))
