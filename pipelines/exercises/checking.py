"""What a student has written, held against the checks of the exercise itself.

The checks that run are those of the exercise's source, hidden tests included; those of the
notebook are only compared with them. Where a part fails, our own solution takes its place, so that
the parts after it are judged by themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.contracts.exercise import Fault
from pipelines.contracts.files import Strict
from pipelines.exercises.notebook import places_in
from pipelines.exercises.regions import student_code, teacher_code
from pipelines.exercises.running import Result, Step, furnished, run_steps, sentence
from pipelines.exercises.source import Cell, ExerciseSource
from pipelines.exercises.submission import Handed, defined, imported

Status = Literal["right", "not yet", "not written", "failed", "not reached"]
_STATUS: dict[str, Status] = {"AssertionError": "not yet", "NotImplementedError": "not written"}


class Part(Strict):
    """What became of a part; `see`: places of the lesson that the sentence names in brackets."""

    name: str
    status: Status
    said: str = ""
    see: tuple[str, ...] = ()


class Report(Strict):
    """What became of a submission; `notes`: what was other than it should be."""

    exercise: str
    title: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether all parts are right."""
        return all(part.status == "right" for part in self.parts)


def check_submission(
    source: ExerciseSource,
    handed: Sequence[Handed],
    support: Sequence[Path],
    models: Mapping[str, Path],
) -> Report:
    """Run a submission in a process of its own, and say of each part what came of it.

    Args:
        source: The exercise, with its numbers quoted.
    """
    planned = _Planned(source, _recognised(source, handed))
    with furnished(support, models) as folder:
        result = run_steps(planned.steps, folder, source.head)
    parts = tuple(planned.part(name, result) for name in planned.names)
    notes = (*planned.notes, *planned.stopped(result))
    return Report(exercise=source.name, title=source.head.title, parts=parts, notes=notes)


def _recognised(source: ExerciseSource, handed: Sequence[Handed]) -> list[Handed]:
    """Find cells that have lost their names, as scripts do, by what they define."""
    named = {one.name for one in handed if one.kind == "exercise"}
    wanted = {
        cell.name: defined(student_code(cell.text))
        for cell in source.cells
        if cell.kind == "exercise" and cell.name not in named
    }
    checks = {
        _unworded(form(cell.text)): cell.name
        for cell in source.cells
        if cell.kind == "check"
        for form in (student_code, teacher_code)
    }
    found = []
    for one in handed:
        made = one
        if one.kind == "given" and (name := checks.get(_unworded(one.code))):
            made = Handed("check", name, one.code)
        elif one.kind == "given":
            defines = defined(one.code)
            name = next((part for part, names in wanted.items() if names & defines), "")
            made = Handed("exercise", name, one.code) if name else one
        found.append(made)
    return found


@dataclass(frozen=True)
class _Place:
    """Where a part runs: the numbers of its steps."""

    written: int
    checked: int


class _Planned:
    """The steps of a submission, and which of them tell of which part."""

    def __init__(self, source: ExerciseSource, handed: Sequence[Handed]) -> None:
        self.source = source
        self.names = [cell.name for cell in source.cells if cell.kind == "exercise"]
        self.steps: list[Step] = []
        self.places: dict[str, _Place] = {}
        self.notes: list[str] = []
        for one in handed:
            if one.kind == "exercise" and one.name in self.names:
                self._write(one.name, one.code)
            elif one.kind == "given":
                self.steps.append(Step(one.code))
        for cell in source.cells:
            if cell.kind == "check":
                self._compare(cell, handed)
        self._missing()

    def _write(self, name: str, code: str) -> None:
        solution = teacher_code(self.source.cell("exercise", name).text)
        if place := self.places.get(name):  # a cell that was split, or a second try
            both = f"{self.steps[place.written].code}\n\n\n{code}"
            self.steps[place.written] = Step(both, fallback=solution)
            self.notes.append(f"`{name}` is written in several cells; they were judged together.")
            return
        check = teacher_code(self.source.cell("check", name).text)
        self.places[name] = _Place(len(self.steps), len(self.steps) + 1)
        self.steps += [Step(code, fallback=solution), Step(check, fallback=solution)]

    def _compare(self, cell: Cell, handed: Sequence[Handed]) -> None:
        found = [one.code for one in handed if (one.kind, one.name) == ("check", cell.name)]
        mine = {student_code(cell.text).strip(), teacher_code(cell.text).strip()}
        if not found:
            said = f"The check of `{cell.name}` is gone from the notebook; it ran all the same."
            self.notes.append(said)
        elif found[0].strip() not in mine and not _same_but_words(found[0], mine):
            said = f"The check of `{cell.name}` was changed; the exercise's own ran in its place."
            self.notes.append(said)

    def _missing(self) -> None:
        for name in self.names:
            if name not in self.places:
                self.notes.append(f"The cell that writes `{name}` is gone, or its name is.")

    def part(self, name: str, result: Result) -> Part:
        """Say what became of a part."""
        place = self.places.get(name)
        if place is None:
            return Part(name=name, status="not reached", said="There is no cell that writes it.")
        if result.cut and result.running in (place.written, place.checked):
            return Part(name=name, status="failed", said=self._cut_words(result))
        written, checked = result.ended.get(place.written), result.ended.get(place.checked)
        fault = (written and written.fault) or (checked and checked.fault)
        if fault:
            return self._faulty(name, fault)
        if not (written and checked):
            return Part(name=name, status="not reached", said="A cell before it ended the run.")
        return Part(name=name, status="right")

    def _faulty(self, name: str, fault: Fault) -> Part:
        said = self._sentence(fault)
        status = _STATUS.get(fault.type, "failed")
        return Part(name=name, status=status, said=said, see=tuple(places_in(said)))

    def _sentence(self, fault: Fault) -> str:
        """Say why a cell stopped: checks may call all that the solutions define."""
        names: dict[str, set[str]] = {"exercise": set(), "given": set()}
        for cell in self.source.cells:
            if cell.kind in names:
                code = teacher_code(cell.text)
                names[cell.kind] |= defined(code) | imported(code)
        return sentence(fault, names["exercise"], names["given"])

    def stopped(self, result: Result) -> list[str]:
        """Say why the run did not come to its end, if that is no part's fault."""
        own = {step for place in self.places.values() for step in (place.written, place.checked)}
        if result.cut and result.running not in own:
            return [f"A cell outside of the parts ended the run. {self._cut_words(result)}"]
        for number, ended in result.ended.items():
            if ended.fault and number not in own:
                return [f"A cell outside of the parts stopped: {self._sentence(ended.fault)}"]
        return []

    def _cut_words(self, result: Result) -> str:
        if "seconds" in result.cut:
            limit = self.source.head.seconds
            return f"It was not done after {limit} seconds. Is there a loop that does not end?"
        return "The process ended by itself, most likely for want of memory."


def _same_but_words(code: str, mine: set[str]) -> bool:
    """Tell whether a check differs from ours in the words of places only."""
    return any(_unworded(code) == _unworded(one) for one in mine)


def _unworded(code: str) -> str:
    """Return code without its strings: they hold the words of places."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
