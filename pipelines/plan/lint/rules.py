"""All rules, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.contracts.plan import AnyPlan, LessonPlan, ModuleLesson
from pipelines.contracts.problems import Problem
from pipelines.plan.lint import gates, links, load, reviews, tasks, ticks, writing
from pipelines.plan.lint.claims import claims
from pipelines.plan.lint.names import check_names
from pipelines.plan.lint.outside import strong_words
from pipelines.plan.lint.report import Report

if TYPE_CHECKING:  # what most plans never name is not built for them
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
    from pipelines.contracts.measurement import Fact
    from pipelines.contracts.references import Reference

_Rule = Callable[[LessonPlan, Report], None]
_PLANNING: tuple[_Rule, ...] = (
    gates.modalities,
    gates.examples,
    gates.misconceptions,
    gates.gaps,
    gates.scope,
    load.new_concepts,
    load.connections,
)
_RULES: tuple[_Rule, ...] = (
    reviews.verdicts,
    reviews.counts,
    ticks.contradictions,
    tasks.exercises,
)


def lint(
    plan: AnyPlan,
    *,
    facts: Mapping[str, Fact],
    citations: Mapping[str, Reference],
    experiments: Mapping[str, Experiment | LatentExperiment],
    sequence: Sequence[ModuleLesson] = (),
    built: Collection[str] = (),
) -> list[Problem]:
    """Return all problems of a plan's content, in the order of lines.

    Args:
        sequence: The lessons of the module plan; without them nothing is said about links.
        built: Slugs of the lessons that have a plan.
    """
    report = Report(plan)
    check_names(report, facts, citations, experiments)
    needed: set[int] = set()
    strong_words(report, claims(report, experiments, needed), needed)
    writing.dashes(plan, report)
    if isinstance(plan, LessonPlan):
        for rule in _RULES if plan.appendix else (*_PLANNING, *_RULES):
            rule(plan, report)
        if sequence:
            load.after_stretch(plan, report, sequence)
            links.lessons(plan, report, sequence, built)
    return sorted(set(report.problems))
