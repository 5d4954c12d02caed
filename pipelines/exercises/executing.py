"""An exercise from end to end, as the build runs it, and what then has to be so.

The solution runs once. At each part the student's guard, the wrong solutions and the unusual right
ones are tried from the state that the parts before it leave, so that the student's notebook has
been run to each of its guards, with every part before it solved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.exercise import CellRun, ExerciseRun, Trial, Tried
from pipelines.contracts.problems import Problem
from pipelines.exercises.quoting import quote
from pipelines.exercises.regions import student_code, teacher_code
from pipelines.exercises.running import Result, Step, Try, furnished, run_steps, sentence
from pipelines.exercises.source import CLOCK, KEEP, PICTURE, Cell, ExerciseSource

FAILED = "ML408"
STUDENT: Trial = "student"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def execute_exercise(
    written: ExerciseSource,
    measured: Mapping[str, float],
    support: Sequence[Path],
    models: Mapping[str, Path],
) -> tuple[ExerciseRun, float, list[Problem]]:
    """Run an exercise; return what came of it, its seconds, and what is not as it has to be.

    Raises:
        InputProblems: It quotes what nothing measured.
    """
    source = quote(written, measured)
    with furnished(support, models) as folder:
        result = run_steps(list(_steps(source)), folder, source.head)
    run = ExerciseRun(
        name=source.name,
        head=source.head,
        cells=tuple(_cell_run(cell, result, i) for i, cell in enumerate(source.cells)),
        tried=tuple(_tried(source, result)),
        measured={key: measured[key] for key in source.quoted},
    )
    problems = list(_Judge(source, run, result).problems())
    failed = problems[0].message if problems else ""
    return run.model_copy(update={"failed": failed}), result.seconds, problems


def _steps(source: ExerciseSource) -> Iterator[Step]:
    """Yield the cells as the solution runs them; text runs as nothing."""
    for cell in source.cells:
        if cell.kind == "text":
            yield Step("")
            continue
        trials = tuple(_trials(source, cell)) if cell.kind == "exercise" else ()
        yield Step(teacher_code(cell.text), trials=trials)


def _trials(source: ExerciseSource, cell: Cell) -> Iterator[Try]:
    check = source.cell("check", cell.name).text
    guarded = student_code(cell.text), student_code(check)
    yield Try(_unsolved(cell), guarded)
    for one in source.alternatives:
        if one.part == cell.name:
            yield Try(one.name, (one.text, teacher_code(check)))


def _unsolved(cell: Cell) -> str:
    """Return what the try of a cell is called as students get it."""
    return f"{STUDENT}/{cell.name}"


def _cell_run(cell: Cell, result: Result, number: int) -> CellRun:
    is_text = cell.kind == "text"
    ended = None if CLOCK in cell.tags else result.ended.get(number)  # bytes know no clock
    return CellRun(
        kind=cell.kind,
        name=cell.name,
        student=cell.text if is_text else student_code(cell.text),
        solution=cell.text if is_text else teacher_code(cell.text),
        keep=KEEP in cell.tags,
        picture=PICTURE in cell.tags,
        outputs=ended.outputs if ended else (),
    )


def _tried(source: ExerciseSource, result: Result) -> Iterator[Tried]:
    for cell in source.cells:
        name = _unsolved(cell)
        if cell.kind == "exercise" and name in result.tried:
            fault = result.tried[name]
            yield Tried(trial=STUDENT, part=cell.name, name=cell.name, fault=fault)
    for one in source.alternatives:
        if one.name in result.tried:
            trial: Trial = "wrong" if one.wrong else "right"
            fault = result.tried[one.name]
            yield Tried(trial=trial, part=one.part, name=one.name, see=one.see, fault=fault)


@dataclass(frozen=True)
class _Judge:
    """Says what is not as it has to be."""

    source: ExerciseSource
    run: ExerciseRun
    result: Result

    def problem(self, line: int, message: str, remedy: str) -> Problem:
        return Problem(self.source.file, line, FAILED, message, remedy)

    def problems(self) -> Iterator[Problem]:
        if self.result.cut:
            remedy = "let it do less, or give it more in `seconds` or `memory_mb` of the head"
            yield self.problem(self._line_of_cut(), self.result.cut, remedy)
        for ended in self.result.ended.values():
            if ended.fault:
                line = self.source.cells[ended.fault.cell].line + max(0, ended.fault.line - 1)
                message = f"the solution fails: {sentence(ended.fault)}"
                yield self.problem(line, message, "mend it, or what checks it")
        yield from self._lost()
        diagnoses: dict[str, str] = {}
        for one in self.run.tried:
            yield from self._misjudged(one, diagnoses)

    def _lost(self) -> Iterator[Problem]:
        """Yield trials that ended without a word; where the run was cut off, all after it did."""
        if self.result.cut or any(ended.fault for ended in self.result.ended.values()):
            return
        for name in (one.name for one in self.source.alternatives):
            if name not in self.result.tried:
                message = f"the process that tried `{name}` ended by itself"
                yield self.problem(self._line(name), message, "let it end in an assert")

    def _line_of_cut(self) -> int:
        at = self.result.running
        return self.source.cells[at].line if isinstance(at, int) else self._line(at or "")

    def _misjudged(self, one: Tried, diagnoses: dict[str, str]) -> Iterator[Problem]:
        """Yield what is wrong with one trial: a guard, a right solution, a wrong one."""
        line = self._line(one.name)
        if one.trial == STUDENT and (not one.fault or one.fault.type != "NotImplementedError"):
            what = sentence(one.fault) if one.fault else "nothing"
            message = f"the student's `{one.part}` ends in no guard, but in: {what}"
            yield self.problem(line, message, "let nothing before the guard need the solution")
        elif one.trial == "right" and one.fault:
            message = f"the right solution `{one.name}` does not pass: {sentence(one.fault)}"
            yield self.problem(line, message, "let the check allow it")
        elif one.trial == "wrong":
            yield from self._untold(one, line, diagnoses)

    def _untold(self, one: Tried, line: int, diagnoses: dict[str, str]) -> Iterator[Problem]:
        if not one.fault:
            remedy = "assert what it gets wrong, and say so"
            yield self.problem(line, f"the wrong solution `{one.name}` passes its check", remedy)
            return
        if one.fault.type != "AssertionError":
            message = f"the wrong solution `{one.name}` breaks instead of being told apart"
            said = f"{message}: {sentence(one.fault)}"
            yield self.problem(line, said, "assert what it gets wrong")
            return
        told = _NUMBER.sub("", one.fault.message)
        if told in diagnoses:
            message = f"`{one.name}` gets the diagnosis of `{diagnoses[told]}`"
            remedy = "assert what is its own mistake before what both get wrong"
            yield self.problem(line, message, remedy)
        if f"[{one.see}]" not in one.fault.message:
            message = f"the diagnosis of `{one.name}` does not lead to `{one.see}`"
            remedy = f"write [{one.see}] into the sentence of its assert"
            yield self.problem(line, message, remedy)
        diagnoses[told] = one.name

    def _line(self, name: str) -> int:
        for one in self.source.alternatives:
            if one.name == name:
                return one.line
        part = name.removeprefix(f"{STUDENT}/")
        posed = (cell for cell in self.source.cells if cell.kind == "exercise")
        return next((cell.line for cell in posed if cell.name == part), 1)
