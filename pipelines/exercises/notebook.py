"""Notebooks of an exercise, in nbformat 4.5: the same bytes from the same source."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.contracts.exercise import CellRun, ExerciseRun, Output
from pipelines.exercises.regions import nbgrader_code, student_code
from pipelines.exercises.source import ExerciseSource

# `[skip]` in what a check says, not the index of an array: a name of a place stands in brackets
# after a space, and its words take its place
_PLACE = re.compile(r"(?<=[\s(])\[(?P<name>[a-z][a-z0-9-]*(?: \d+)?)\]")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def places_in(text: str) -> list[str]:
    """Return the names of places of the lesson that a text leads to, each once."""
    return list(dict.fromkeys(match["name"] for match in _PLACE.finditer(text)))


def with_words(text: str, words: Mapping[str, str]) -> str:
    """Put the words of places, "section 4 of the lesson", where their names stand."""
    return _PLACE.sub(lambda match: words.get(match["name"], match[0]), text)


def student_notebook(run: ExerciseRun, lesson: str, words: Mapping[str, str]) -> str:
    """Return what students get: guards, and only those outputs that teach."""
    return _notebook(run, lesson, words, solved=False)


def solution_notebook(run: ExerciseRun, lesson: str, words: Mapping[str, str]) -> str:
    """Return what teachers get: solutions, all tests, and all outputs of the build."""
    return _notebook(run, lesson, words, solved=True)


def nbgrader_notebook(
    source: ExerciseSource, lesson: str, measured: Mapping[str, float], words: Mapping[str, str]
) -> str:
    """Return what `nbgrader generate_assignment` makes the student's version of.

    Args:
        source: The exercise, with its numbers quoted.
    """
    cells = (
        CellRun(
            kind=cell.kind,
            name=cell.name,
            student=student_code(cell.text),
            solution=nbgrader_code(cell.text),
        )
        for cell in source.cells
    )
    quoted = {key: measured[key] for key in source.quoted}
    run = ExerciseRun(name=source.name, head=source.head, cells=tuple(cells), measured=quoted)
    return _notebook(run, lesson, words, solved=False, marked=True)


def _notebook(
    run: ExerciseRun,
    lesson: str,
    words: Mapping[str, str],
    *,
    solved: bool,
    marked: bool = False,
) -> str:
    ids = _Ids()
    counts = iter(range(1, len(run.cells) + 1))
    cells = []
    for cell in run.cells:
        text = with_words(cell.solution if solved or marked else cell.student, words)
        made: dict[str, Any] = {"id": ids.of(cell), "source": text}
        made["metadata"] = _metadata(cell, solved=solved or marked)
        if cell.kind == "text":
            cells.append(made | {"cell_type": "markdown"})
            continue
        kept = cell.outputs if solved or cell.keep else ()
        count = next(counts) if kept else None
        outputs = [_output(one, count) for one in kept]
        code = {"cell_type": "code", "execution_count": count, "outputs": outputs}
        cells.append(made | code)
    about = {"lesson": lesson, "name": run.name, "solved": solved, "measured": run.measured}
    metadata = _METADATA | {"exercise": about}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


class _Ids:
    """Ids from what cells hold; of two alike the second counts."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def of(self, cell: CellRun) -> str:
        digest = hashlib.sha256(f"{cell.kind}/{cell.name}/{cell.student}".encode()).hexdigest()[:8]
        self.seen[digest] += 1
        return digest if self.seen[digest] == 1 else f"{digest}-{self.seen[digest]}"


def _metadata(cell: CellRun, *, solved: bool) -> dict[str, Any]:
    """Return what our checker and nbgrader know a cell by.

    nbgrader empties each cell that it takes for a solution, signature and hint included. Those of
    teachers are to be emptied, the guards of students are not.
    """
    if cell.kind not in ("exercise", "check"):
        return {}
    own: dict[str, Any] = {cell.kind: cell.name}
    check = cell.kind == "check"
    if not check and not solved:
        return own
    graded = {
        "grade": check,
        "grade_id": f"{cell.kind}-{cell.name}",
        "locked": check,
        "schema_version": 3,
        "solution": not check,
        "task": False,
    }
    points = {"points": 1} if check else {}
    return own | {"nbgrader": graded | points}


def _output(one: Output, count: int | None) -> dict[str, Any]:
    if one.kind == "printed":
        return {"output_type": "stream", "name": "stdout", "text": one.text}
    if one.kind == "value":
        data: dict[str, Any] = {"text/plain": one.text}
        made = {"output_type": "execute_result", "execution_count": count}
        return made | {"data": data, "metadata": {}}
    data = {"image/png": one.png, "text/plain": f"<{one.width}x{one.height} picture>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def places_of(cells: Iterable[CellRun]) -> list[str]:
    """Return all places of the lesson that the cells lead to."""
    return places_in("\n".join(cell.solution for cell in cells))
