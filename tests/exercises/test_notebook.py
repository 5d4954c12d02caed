"""Notebooks and zips: valid, free of solutions, and the same bytes from the same source."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from exercise_samples import double_run, source_of

from pipelines.contracts.exercise import CellRun, Output
from pipelines.exercises.materials import TooLarge, gathered, pack
from pipelines.exercises.notebook import (
    nbgrader_notebook,
    solution_notebook,
    student_notebook,
    with_words,
)

PICTURE = Output(kind="picture", png="iVBORw0KGgo=", width=1, height=1)


@pytest.mark.parametrize("made", [student_notebook, solution_notebook])
def test_notebooks_are_valid_and_the_same_again(made: object) -> None:
    run = double_run()
    shown = CellRun(kind="given", student="x", solution="x", keep=True, outputs=(PICTURE,))
    run = run.model_copy(update={"cells": (*run.cells, shown, shown)})
    text = made(run, "lesson", {})  # type: ignore[operator]
    nbformat.validate(nbformat.reads(text, 4))
    ids = [cell["id"] for cell in json.loads(text)["cells"]]
    assert len(set(ids)) == len(ids) and text == made(run, "lesson", {})  # type: ignore[operator]
    assert "/tmp" not in text and "20" + "26" not in text


def test_students_get_neither_solution_nor_outputs_nor_hidden_tests() -> None:
    text = student_notebook(double_run(), "lesson", {})
    assert "number + number" not in text and "0.5" not in text and "double: right\\n" not in text
    assert "NotImplementedError" in text
    solved = solution_notebook(double_run(), "lesson", {})
    assert "number + number" in solved and "0.5" in solved and "double: right" in solved


def test_nbgrader_grades_checks_and_empties_solutions_only() -> None:
    cells = {}
    for made in (student_notebook, solution_notebook):
        for cell in json.loads(made(double_run(), "lesson", {}))["cells"]:
            cells[made, *cell["metadata"]] = cell["metadata"].get("nbgrader")
    for made in (student_notebook, solution_notebook):
        check = cells[made, "check", "nbgrader"]
        assert check["grade_id"] == "check-double" and check["points"] == 1
        assert check["grade"] and check["locked"] and not check["solution"]
    assert (student_notebook, "exercise") in cells
    assert cells[solution_notebook, "exercise", "nbgrader"]["solution"]


def test_nbgrader_gets_solutions_and_hidden_tests_in_its_marks(tmp_path: Path) -> None:
    words = {"misconception 1": "misconception 1 of the lesson"}
    text = nbgrader_notebook(source_of(tmp_path), "lesson", {"key": 0.5, "other": 1.0}, words)
    nbformat.validate(nbformat.reads(text, 4))
    book = json.loads(text)
    about = {"lesson": "lesson", "name": "double", "solved": False, "measured": {}}
    assert book["metadata"]["exercise"] == about, "the key of another exercise is not its own"
    cells = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in book["cells"][2:]}
    written, check = (cells[f"{kind}-double"] for kind in ("exercise", "check"))
    assert written["source"].splitlines()[2:] == [
        "    # Hint: what students read in place of the solution.",  # they keep what is outside
        "    ### BEGIN SOLUTION",
        "    return number + number",
        "    ### END SOLUTION",
    ]
    assert written["metadata"]["nbgrader"]["solution"] and written["metadata"]["exercise"]
    _, hidden, after = re.split(r"### (?:BEGIN|END) HIDDEN TESTS\n", check["source"])
    assert hidden.startswith("assert double(0.5) == 1.0") and after.startswith("print")
    assert "See misconception 1 of the lesson" in check["source"]
    assert check["metadata"]["nbgrader"]["points"] == 1 and not check["outputs"]


def test_names_of_places_become_words_and_indices_stay() -> None:
    words = {"ode": "formula (1) of the lesson", "t": "never"}
    assert with_words("x[t]: see [ode], [other].", words) == (
        "x[t]: see formula (1) of the lesson, [other]."
    )


def test_a_zip_knows_no_clock_and_leaves_out_what_students_do_not_need(tmp_path: Path) -> None:
    (tmp_path / "base/unet").mkdir(parents=True)
    (tmp_path / "base/seed1/unet").mkdir(parents=True)
    for name in (
        "base/unet/w",
        "base/card.json",
        "base/seed1/unet/w",
        "base/.snakemake_timestamp",
        "a.ipynb",
        "plane.py",
    ):
        (tmp_path / name).write_bytes(name.encode())
    parts = {"a": tmp_path / "a.ipynb"}, [tmp_path / "plane.py"]
    files = gathered(*parts, {"base": tmp_path / "base", "night/unet": tmp_path / "base/unet"})
    made = pack("lesson", files)
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert names == [
        "lesson/a.ipynb",
        "lesson/plane.py",
        "lesson/weights/base/unet/w",
        "lesson/weights/night/unet/w",
    ]
    assert made == pack("lesson", dict(reversed(files.items())))


def test_a_zip_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.exercises.materials.MOST", 10)
    with pytest.raises(TooLarge, match="load fewer models"):
        pack("lesson", {"a": b"much"})
