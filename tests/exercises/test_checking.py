"""What a student hands in: each mishap gets a sentence, and nothing else breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from exercise_samples import DOUBLE, double_run, source_of

from pipelines.contracts.problems import InputProblems
from pipelines.exercises.checking import Report, check_submission
from pipelines.exercises.notebook import solution_notebook, student_notebook
from pipelines.exercises.submission import read_submission

RIGHT = "def double(number):\n    return 2 * number\n"
TWO_PARTS = DOUBLE.replace(
    '# %% wrong="double" name="the-square"',
    """\
# %% exercise="triple"
def triple(number):
    ### BEGIN SOLUTION
    # Hint: use double.
    return number + double(number)
    ### END SOLUTION


# %% check="triple"
assert triple(2) == 6, "Three times two is six. See [misconception 3]."

# %% wrong="double" name="the-square\"""",
)


def handed_in(folder: Path, change: dict[str, str], text: str = DOUBLE) -> Report:
    """Check a student's notebook with some of its cells written; `change`: part → code."""
    source = source_of(folder, text)
    cells = [cell for cell in source.cells if cell.kind != "text"]
    book = {"cells": []}
    for cell in cells:
        from pipelines.exercises.regions import student_code

        name = f"{cell.kind} {cell.name}"
        code = change.get(name, student_code(cell.text))
        if code:
            made = {"cell_type": "code", "metadata": {cell.kind: cell.name}, "source": code}
            book["cells"].append(made)
    file = folder / "mine.ipynb"
    file.write_text(json.dumps(book), encoding="utf-8")
    return check_submission(source.within(3), read_submission(file), (), {})


def only(report: Report) -> tuple[str, str]:
    (part,) = report.parts
    return part.status, part.said


def test_a_right_solution_is_right(tmp_path: Path) -> None:
    report = handed_in(tmp_path, {"exercise double": RIGHT})
    assert report.right and not report.notes and only(report) == ("right", "")


def test_a_mistake_gets_the_sentence_of_its_assert_and_its_place(tmp_path: Path) -> None:
    report = handed_in(tmp_path, {"exercise double": RIGHT.replace("2 *", "number *")})
    assert report.parts[0].status == "not yet" and "That is the square" in report.parts[0].said
    assert report.parts[0].see == ("misconception 1",)


def test_what_is_not_written_yet_says_its_hint(tmp_path: Path) -> None:
    status, said = only(handed_in(tmp_path, {}))
    assert status == "not written" and said.startswith("what students read")


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        (
            "def double(number):\n    while True:\n        pass\n",
            "failed",
            "loop that does not end",
        ),
        ("def double(number):\n    return bytearray(10**11)\n", "failed", "memory"),
        ("def double(number)\n    return 2\n", "failed", "Python cannot read line 1"),
        (
            "def twice(number):\n    return 2 * number\n",
            "failed",
            "There is no `double`. The check",
        ),
        ("def double(number):\n    return 1 / 0\n", "failed", "ZeroDivisionError in line 2"),
        ("def double(number):\n    raise SystemExit\n", "failed", "SystemExit"),
        ("def double(number):\n    import os\n    os._exit(0)\n", "failed", "ended by itself"),
        ("def double(number):\n    return None\n", "not yet", "should return its result"),
        ("def double(number):\n    return round(2 * number)\n", "right", ""),
        ("def double(number):\n    display(number)\n    return 2 * number\n", "right", ""),
        ("def double(number):\n    return 2 * int(number)\n", "not yet", "no whole number"),
    ],
)
def test_each_mishap_is_a_sentence(tmp_path: Path, code: str, status: str, said: str) -> None:
    report = handed_in(tmp_path, {"exercise double": code})
    assert report.parts[0].status == status and said in report.parts[0].said


def test_an_endless_flood_of_words_ends(tmp_path: Path) -> None:
    flood = "def double(number):\n    while True:\n        print('x' * 10**4)\n"
    assert "does not end" in handed_in(tmp_path, {"exercise double": flood}).parts[0].said


@pytest.mark.parametrize(
    ("check", "note"),
    [
        ("", "is gone from the notebook"),
        ("print('all right')", "was changed"),
        ("### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS", "was changed"),
    ],
)
def test_a_check_that_is_gone_or_changed_runs_all_the_same(
    tmp_path: Path, check: str, note: str
) -> None:
    wrong = {"exercise double": RIGHT.replace("2 *", "number *"), "check double": check}
    report = handed_in(tmp_path, wrong)
    assert report.parts[0].status == "not yet" and note in report.notes[0]
    assert handed_in(tmp_path, {**wrong, "exercise double": RIGHT}).parts[0].status == "right"


def test_a_part_after_a_wrong_one_is_judged_by_itself(tmp_path: Path) -> None:
    wrong = {
        "exercise double": RIGHT.replace("2 *", "number *"),
        "exercise triple": "def triple(number):\n    return number + double(number)\n",
    }
    report = handed_in(tmp_path, wrong, TWO_PARTS)
    assert [part.status for part in report.parts] == ["not yet", "right"]
    broken = {**wrong, "exercise double": "def double(:\n"}
    report = handed_in(tmp_path, broken, TWO_PARTS)
    assert [part.status for part in report.parts] == ["failed", "right"]


def test_a_cell_that_was_split_is_judged_as_one(tmp_path: Path) -> None:
    halves = "def twice(number):\n    return 2 * number\n", "def double(x):\n    return twice(x)\n"
    cells = [
        {"cell_type": "code", "metadata": {"exercise": "double"}, "source": half}
        for half in halves
    ]
    file = tmp_path / "mine.ipynb"
    file.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    report = check_submission(source_of(tmp_path), read_submission(file), (), {})
    assert report.right and "judged together" in report.notes[0]


def test_a_part_whose_cell_is_gone_is_named(tmp_path: Path) -> None:
    report = handed_in(tmp_path, {"exercise double": ""})
    assert report.parts[0].status == "not reached" and "`double` is gone" in report.notes[-1]


def test_a_cell_outside_of_the_parts_that_stops_is_named(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text("# %%\nimport nothing_at_all\n\n# %%\n" + RIGHT)
    report = check_submission(source, read_submission(file), (), {})
    assert report.parts[0].status == "not reached"
    assert any("nothing_at_all" in note for note in report.notes)


def test_what_a_given_cell_no_longer_makes_is_told_from_a_renamed_part(tmp_path: Path) -> None:
    text = DOUBLE.replace("# %% exercise=", "# %%\nimport math as m\n\n# %% exercise=", 1)
    text = text.replace('# %% check="double"\n', '# %% check="double"\nm.pi\n')
    code = {"exercise double": RIGHT, "given ": "math = 3"}
    report = handed_in(tmp_path, code, text)
    assert report.parts[0].said.startswith("There is no `m`. It comes from a cell that was given")
    assert handed_in(tmp_path, {"exercise double": RIGHT}, text).right


def test_a_loop_outside_of_the_parts_is_told_from_one_inside(tmp_path: Path) -> None:
    text = DOUBLE.replace('# %% wrong="double"', '# %%\nprint(1)\n\n# %% wrong="double"', 1)
    change = {"exercise double": RIGHT, "given ": "while True:\n    pass"}
    report = handed_in(tmp_path, change, text)
    assert report.notes[-1].startswith(
        "A cell outside of the parts ended the run. It was not done"
    )


def test_a_script_without_names_of_cells_is_recognised(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "#!/usr/bin/env python\n# In[1]:\n%matplotlib inline\n!pip install x\n\n" + RIGHT
    )
    assert check_submission(source_of(tmp_path), read_submission(file), (), {}).right


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"cells": 3}', b'{"cells": [3]}']
)
def test_what_is_no_notebook_is_a_problem(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.ipynb"
    file.write_bytes(content)
    with pytest.raises(InputProblems, match="ML339"):
        read_submission(file)


def test_the_notebooks_of_the_build_check_as_they_should(tmp_path: Path) -> None:
    words = {"misconception 1": "misconception 1 of the lesson"}
    source = source_of(tmp_path)
    for made, right in ((student_notebook, False), (solution_notebook, True)):
        file = tmp_path / "double.ipynb"
        book = json.loads(made(double_run(), "lesson", words))
        for _ in range(2):
            file.write_text(json.dumps(book), encoding="utf-8")
            report = check_submission(source, read_submission(file), (), {})
            assert report.right is right and not report.notes
            for cell in book["cells"]:  # as some other programs save it
                cell["metadata"] = {}
