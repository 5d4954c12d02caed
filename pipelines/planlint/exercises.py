"""Exercises that run, held against their lesson: typed numbers, leaking solutions, lost places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.blocks.exercise import Exercise
from pipelines.contracts.exercise import MISCONCEPTION
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.exercises.notebook import places_in
from pipelines.exercises.regions import solution_lines, student_code
from pipelines.exercises.source import Cell, ExerciseSource, exercise_file, read_exercise
from pipelines.module.report import Report
from pipelines.module.requested import anchors_of
from pipelines.plan.blocks import read_blocks
from pipelines.plan.lines import Source, normalise
from pipelines.plan.reading import Reading
from pipelines.planlint.texts import literal_numbers, runs_of, texts

TYPED, LEAKS, NOWHERE = "ML337", "ML338", "ML307"
_SHARE = re.compile(r"\d[\d.,]*\s*(?:%|per cent|seconds?\b|times\b)")  # in a sentence of code
_TELLING = 16  # characters: a shorter line, `return x`, gives nothing away


def lint_exercises(plan: LessonPlan) -> list[Problem]:
    """Return what is wrong with the sources of a lesson's exercises, beyond their form."""
    report = Report(plan)
    places = anchors_of(plan, report.blocks)
    places |= {f"{MISCONCEPTION} {row.number}" for row in plan.misconceptions}
    names = [one.notebook for one in report.blocks if isinstance(one, Exercise) and one.notebook]
    found: list[Problem] = []
    for name in names:
        source, _ = read_exercise(exercise_file(Path(plan.file), name))
        if source:
            found += [*_typed(source), *_leaks(source), *_nowhere(source, places)]
    return found


def _typed(source: ExerciseSource) -> Iterator[Problem]:
    """Report numbers in text, and shares and durations in what code says."""
    remedy = 'quote it: {value}`key` in text, value("key") in code; or {given}`it` in text'
    for cell in source.cells:
        numbers = _numbers_of_text(cell) if cell.kind == "text" else _numbers_of_code(cell)
        for line, number in numbers:
            message = f"the number `{number}` is typed"
            yield Problem(source.file, line, TYPED, message, remedy)


def _numbers_of_text(cell: Cell) -> Iterator[tuple[int, str]]:
    reading = Reading(Source("exercise", normalise(cell.text)), explicit=True)
    for block in read_blocks(reading, 1, len(reading.source.lines)):
        for spans, src in runs_of(block, block.src):
            for text in texts(spans):
                for _, number in literal_numbers(text):
                    yield cell.line + src.line - 1, number


def _numbers_of_code(cell: Cell) -> Iterator[tuple[int, str]]:
    tree = ast.parse(cell.text)
    fields = [one for one in ast.walk(tree) if isinstance(one, ast.FormattedValue)]
    forms = {id(part) for one in fields if one.format_spec for part in ast.walk(one.format_spec)}
    for node in ast.walk(tree):
        if id(node) in forms or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            for match in _SHARE.finditer(node.value):
                yield cell.line + node.lineno - 1, match[0]


def _leaks(source: ExerciseSource) -> Iterator[Problem]:
    """Report lines of a solution that students read elsewhere in their notebook."""
    shown = [
        (cell, cell.text if cell.kind == "text" else student_code(cell.text))
        for cell in source.cells
    ]
    for posed in source.cells:
        if posed.kind != "exercise":
            continue
        for line in filter(_tells, solution_lines(posed.text)):
            where = [cell for cell, text in shown if line in text]
            for cell in where:
                message = f"`{line}` of the solution of `{posed.name}` stands in another cell"
                remedy = "take it out there, or let the check reach the same in another way"
                yield Problem(source.file, cell.line, LEAKS, message, remedy)


def _tells(line: str) -> bool:
    """Say whether a line gives a solution away: `with torch.no_grad():` does not."""
    return len(line) >= _TELLING and not line.endswith(":")


def _nowhere(source: ExerciseSource, places: set[str]) -> Iterator[Problem]:
    remedy = "name a section, formula, figure or claim of the lesson, or `misconception 2`"
    named = [(one.line - 1, one.see) for one in source.alternatives if one.wrong]
    for cell in source.cells:
        if cell.kind == "check":
            named += [(cell.line, name) for name in places_in(cell.text)]
    for line, name in named:
        if name not in places:
            yield Problem(source.file, line, NOWHERE, f"`{name}` leads nowhere", remedy)
