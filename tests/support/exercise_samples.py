"""A small exercise, and what a build makes of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.contracts.exercise import ExerciseRun
from pipelines.exercises.executing import execute_exercise
from pipelines.exercises.source import ExerciseSource, read_exercise
from pipelines.planwriter.starter import starter_exercise

DOUBLE = starter_exercise("double")


def exercise(folder: Path, text: str = DOUBLE, name: str = "double") -> Path:
    """Write an exercise of the lesson `folder`; return its file."""
    file = folder / "exercises" / f"{name}.py"
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def source_of(folder: Path, text: str = DOUBLE) -> ExerciseSource:
    """Return an exercise that can be read."""
    source, problems = read_exercise(exercise(folder, text))
    assert source and not problems, problems
    return source


def codes_of(folder: Path, text: str) -> list[tuple[int, str]]:
    """Return line and code of all that is wrong with an exercise."""
    _, problems = read_exercise(exercise(folder, text))
    assert all(one.remedy and one.message for one in problems)
    return [(one.line, one.code) for one in problems]


@cache
def double_run() -> ExerciseRun:
    """Return what came of the small exercise; it is run once."""
    with TemporaryDirectory() as name:
        run, seconds, problems = execute_exercise(source_of(Path(name)), {}, (), {})
    assert not problems and seconds >= 0
    return run
