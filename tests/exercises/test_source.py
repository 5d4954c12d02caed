"""An exercise's source: what is read of it, and every mistake with its line and code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from exercise_samples import DOUBLE, codes_of, exercise, source_of
from hypothesis import given
from hypothesis import strategies as st

from pipelines.exercises.percent import split_script
from pipelines.exercises.regions import (
    hint_of,
    regions,
    solution_lines,
    student_code,
    teacher_code,
)
from pipelines.exercises.source import quoted_keys, read_exercise

LESSONS = Path("lessons/fast-generation")
OURS = sorted(LESSONS.glob("*/exercises/*.py"))


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_cells_are_told_apart(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    assert source.head.title == "Double"
    assert [cell.kind for cell in source.cells] == ["text", "text", "exercise", "check"]
    assert [(one.part, one.wrong) for one in source.alternatives] == [("double", True)] * 3 + [
        ("double", False)
    ]
    posed = source.cell("exercise", "double")
    assert DOUBLE.splitlines()[posed.line - 1] == posed.text.splitlines()[0]


def test_students_get_a_guard_with_the_hint_and_no_hidden_tests(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    posed, check = (source.cell(kind, "double").text for kind in ("exercise", "check"))
    assert 'raise NotImplementedError("what students read' in student_code(posed)
    assert "number + number" not in student_code(posed)
    assert "return number + number" in teacher_code(posed) and "Hint" not in teacher_code(posed)
    assert "0.5" not in student_code(check) and "0.5" in teacher_code(check)
    assert solution_lines(posed) == ["return number + number"]
    quotation = posed.replace("what students", 'write {"Aster": ...}, what')
    assert """raise NotImplementedError('write {"Aster": ...}, what""" in student_code(quotation)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=300))
def test_any_hint_becomes_python_that_says_it(hint: str) -> None:
    code = (
        f"def f():\n    ### BEGIN SOLUTION\n    # Hint: {hint}\n    return 1\n    ### END SOLUTION"
    )
    tree = ast.parse(student_code(code))
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert "".join(said) == hint


@given(st.lists(st.sampled_from(["x = 1", "### BEGIN SOLUTION", "### END SOLUTION", "# %%", ""])))
def test_any_order_of_marks_is_read_or_refused(lines: list[str]) -> None:
    code = "\n".join(lines)
    found, fault = regions(code)
    begun = lines.count("### BEGIN SOLUTION")
    assert fault or len(found) == begun
    assert len(split_script(code).cells) <= len(lines) + 1


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("    # Hint: what students read in place of the solution.\n", "", "ML335", '"double"'),
        ("    ### BEGIN SOLUTION\n", "", "ML339", '# %% exercise="double"'),
        ('# %% check="double"\n', "# %%\n", "ML336", '# %% exercise="double"'),
        ("assert ", "print ", "ML336", '# %% check="double"'),
        ('right="double" name="by-', 'wrong="double" see="y" name="by-', "ML336", "# ---"),
        ('wrong="double" name="two-more"', 'right="double" name="two-more"', "ML339", "two-more"),
        ('name="the-square"', 'name="The Square"', "ML339", "The Square"),
        ('name="two-more"', 'name="the-square"', "ML339", "the-square"),
        (' see="misconception 1"\n', "\n", "ML339", "the-square"),
        ('# %% wrong="double" name="three', '# %% wrong="triple" name="three', "ML339", "triple"),
        ("# %% [markdown]\n# # Dou", "# %% [markdwn]\n# # Dou", "ML339", "[markdwn]"),
        ("return number**2", "return number *** 2", "ML339", "***"),
        ("    title: Double", "    name: Double", "ML339", "# ---"),
        ("    seconds: 60", "    seconds: sixty", "ML339", "# ---"),
        ("    seconds: 60", "    seconds: 60\n#     models: [../secret]", "ML339", "# ---"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_and_code(
    tmp_path: Path, old: str, new: str, code: str, at: str
) -> None:
    assert old in DOUBLE
    text = DOUBLE.replace(old, new) if old == "assert " else DOUBLE.replace(old, new, 1)
    found = codes_of(tmp_path, text)
    assert code in {one for _, one in found}
    if at != "***":
        assert (line_of(text, at), code) in found or (1, code) in found


def test_a_file_that_is_not_there_or_no_text_is_a_problem(tmp_path: Path) -> None:
    assert [one.code for one in read_exercise(tmp_path / "none.py")[1]] == ["ML339"]
    file = exercise(tmp_path)
    file.write_bytes(b"\xff\xfe\x00")
    assert [one.code for one in read_exercise(file)[1]] == ["ML339"]


def test_keys_are_found_in_text_and_in_code() -> None:
    text = '# {value}`a/b@1/c|2g`\nx = value("d/e@4,w=1/all")\ny = other("f/g@1/h")\n'
    assert quoted_keys(text) == ("a/b@1/c", "d/e@4,w=1/all")


@pytest.mark.parametrize("file", OURS, ids=[file.stem for file in OURS])
def test_ours_are_read_without_a_problem(file: Path) -> None:
    source, problems = read_exercise(file)
    assert source and not problems
    assert sum(one.wrong for one in source.alternatives) >= 3
    assert f":notebook: {file.stem}\n" in (file.parents[1] / "plan.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", OURS, ids=[file.stem for file in OURS])
def test_ours_print_numbers_of_tensors_rounded(file: Path) -> None:
    """A level of 0.01 would stand below its cell as 0.009999999776482582."""
    calls = [
        one for one in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(one, ast.Call)
    ]
    said = [arg for one in calls if ast.unparse(one.func) == "print" for arg in one.args]
    assert said
    bare = [
        ast.unparse(arg) for arg in said if ast.unparse(arg).endswith((".item()", ".tolist()"))
    ]
    assert not bare


@pytest.mark.parametrize("file", OURS, ids=[file.stem for file in OURS])
def test_no_hint_of_ours_assigns_the_number_that_is_asked_for(file: Path) -> None:
    source, _ = read_exercise(file)
    assert source
    posed = [cell.text for cell in source.cells if cell.kind == "exercise"]
    hints = [hint_of(text, one) for text in posed for one in regions(text)[0]]
    assert all(hints) and not [hint for hint in hints if re.search(r"= ?-?\d", hint)]
