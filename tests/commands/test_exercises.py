"""`check exercise` and `new --exercise`, as students and authors use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from exercise_samples import DOUBLE, exercise

from pipelines.cli import main

PLAN = Path("tests/data/tiny-module/probe/plan.md")
RIGHT = '# %% exercise="double"\ndef double(number):\n    return 2 * number\n'


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A module of one lesson with one exercise."""
    folder = tmp_path / "lessons/tiny/probe"
    exercise(folder, DOUBLE.replace("misconception 1", "hook"))
    (folder / "plan.md").write_text(PLAN.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def checked(lesson: Path, text: str, *words: str) -> int:
    file = lesson / "double.py"
    file.write_text(text, encoding="utf-8")
    lessons = str(lesson.parents[1])
    return main(["check", "exercise", str(file), "--lessons", lessons, "--build", "none", *words])


def test_a_right_script_is_right(lesson: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(lesson, RIGHT) == 0
    assert "  double: right\n" in capsys.readouterr().out


def test_a_mistake_leads_to_its_place(lesson: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(lesson, RIGHT.replace("2 *", "number *")) == 1
    said = capsys.readouterr().out
    assert "double: not yet. That is the square." in said
    assert "section 1 of the lesson (probe/index.html#s-hook)" in said


def test_scripts_are_told_in_json(lesson: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(lesson, RIGHT.replace("2 *", "3 *"), "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["right"] is False and told["parts"][0]["status"] == "not yet"


def test_what_cannot_be_found_is_a_problem(
    lesson: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = lesson / "treble.py"
    other.write_text(RIGHT, encoding="utf-8")
    assert main(["check", "exercise", str(other), "--lessons", str(lesson.parents[1])]) == 1
    assert "ML339" in capsys.readouterr().err
    text = (lesson / "exercises/double.py").read_text(encoding="utf-8")
    exercise(lesson, text.replace("seconds: 60", "seconds: 60\n#     models: [toy-edm]"))
    assert checked(lesson, RIGHT) == 1
    assert "no weights of toy-edm" in capsys.readouterr().err


def test_a_notebook_that_is_cut_off_is_called_that(
    lesson: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lesson / "my-copy.ipynb"
    words = ["check", "exercise", str(file), "--lessons", str(lesson.parents[1])]
    assert main(words) == 2
    assert "my-copy.ipynb: no such file" in capsys.readouterr().err
    file.write_text('{"cells": [{"cell_type": "code", "sour', encoding="utf-8")
    assert main(words) == 1
    assert "this is no notebook" in capsys.readouterr().err
    file.write_text('{"cells": []}', encoding="utf-8")
    assert main(words) == 1
    assert "no exercise is called `my-copy`" in capsys.readouterr().err


def test_the_exercise_is_written_for_nbgrader_and_never_over_a_file(
    lesson: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "source/week-1/double.ipynb"
    assert checked(lesson, "raise SystemExit", "--nbgrader", str(made)) == 0, "nothing is run"
    assert capsys.readouterr().out == f"{made}\n"
    text = made.read_text(encoding="utf-8")
    assert "BEGIN HIDDEN TESTS" in text and "BEGIN SOLUTION" in text
    assert "section 1 of the lesson" in text and '"lesson": "probe"' in text
    assert checked(lesson, RIGHT, "--nbgrader", str(made)) == 2
    assert "double.ipynb: File exists" in capsys.readouterr().err


def test_a_new_exercise_is_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["new", "probe", "--exercise", "two-steps"]
    (tmp_path / "module.md").write_text("# Module 1.1: Tiny\n", encoding="utf-8")
    assert main([*words, "--module", str(tmp_path)]) == 0
    file = tmp_path / "probe/exercises/two-steps.py"
    assert "title: Two steps" in file.read_text(encoding="utf-8")
    assert main([*words, "--module", str(tmp_path)]) == 1
    assert main(["new", "probe", "--exercise", "../x", "--module", str(tmp_path)]) == 1
    assert "ML211" in capsys.readouterr().err
