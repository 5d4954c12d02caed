"""Exercises: a level each, and a guard where the student is led."""

from __future__ import annotations

from pipelines.contracts.blocks import Exercise, Level
from pipelines.contracts.plan import LessonPlan
from pipelines.module.report import Report, words


def exercises(plan: LessonPlan, report: Report) -> None:
    for block in report.blocks:
        if isinstance(block, Exercise):
            _level(block, plan, report)
            _guard(block, report)


def _level(block: Exercise, plan: LessonPlan, report: Report) -> None:
    if block.level is Level.UNKNOWN and not plan.meta.explicit_voice:  # there the reader complains
        report.problem(
            block.src.line,
            "ML517",
            f"no level of `{words(block.title)}`",
            "write `(Guided)`, `(Supported)` or `(Independent)` after the number",
            "warning",
            at=words(block.title),
        )


def _guard(block: Exercise, report: Report) -> None:
    """A student who is led needs to see whether the result is right."""
    led = block.level in (Level.GUIDED, Level.SUPPORTED)
    if led and not block.predictions and not block.expected:
        report.problem(
            block.src.line,
            "ML518",
            f"a {block.level.value} exercise, and nothing to hold the result against",
            "let the student predict before the run, or state what is expected",
            "warning",
            at=words(block.title),
        )
