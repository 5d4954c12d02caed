"""The build's run of an exercise: what it keeps, and what it does not let pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from exercise_samples import DOUBLE, double_run, source_of

from pipelines.contracts.exercise import Head
from pipelines.contracts.problems import InputProblems
from pipelines.exercises.executing import execute_exercise
from pipelines.exercises.quoting import quote
from pipelines.exercises.running import Step, Try, furnished, run_steps


def problems_of(folder: Path, old: str, new: str, head: str = "") -> list[str]:
    assert old in DOUBLE
    text = DOUBLE.replace(old, new, 1).replace("    seconds: 60", head or "    seconds: 60")
    _, _, problems = execute_exercise(source_of(folder, text), {}, (), {})
    assert all(one.code == "ML408" and one.line > 1 for one in problems)
    return [one.message for one in problems]


def test_a_sound_exercise_is_run_and_every_mistake_told_apart() -> None:
    run = double_run()
    check = run.cells[-1]
    assert [one.text for one in check.outputs] == ["double: right\n"]
    assert [one.trial for one in run.tried] == ["student", *["wrong"] * 3, "right"]
    guard = run.tried[0].fault
    assert guard and guard.type == "NotImplementedError" and guard.message.startswith("what stud")
    said = [one.fault.message for one in run.tried if one.trial == "wrong" and one.fault]
    assert len(set(said)) == 3 and run.tried[-1].fault is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    return number + number\n", "    return number\n", "the solution fails: It should"),
        ("return number + 2\n", "return number + number\n", "`two-more` passes its check"),
        ("return number + 2\n", "return number + two\n", "`two-more` breaks instead"),
        ("return number + 2\n", "return number * number\n", "the diagnosis of `the-square`"),
        ("See [misconception 2]", "See the page", "does not lead to `misconception 2`"),
        ("return number / 0.5", "return number / 0.4", "`by-shifting` does not pass"),
        ("### BEGIN SOLUTION\n", "print(number)\n    ### BEGIN SOLUTION\n", ""),
    ],
)
def test_what_is_not_as_it_has_to_be_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    found = problems_of(tmp_path, old, new)
    assert any(said in one for one in found) if said else not found


def test_a_guard_that_is_never_reached_is_named(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path, '    """Return twice', '    number.real_part\n    """Return twice'
    )
    assert any("ends in no guard" in one for one in found)


def test_a_solution_that_takes_too_long_is_cut(tmp_path: Path) -> None:
    loop = "    while number:\n        pass\n    return number + number\n"
    found = problems_of(tmp_path, "    return number + number\n", loop, "    seconds: 1")
    assert any("not done after 1 seconds" in one for one in found)


def test_a_trial_that_kills_itself_is_not_overlooked(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "return number + 2", "__import__('os')._exit(3)")
    assert any("`two-more`" in one for one in found)


def test_numbers_come_from_what_was_measured(tmp_path: Path) -> None:
    key = "toy-cd/consistency@1/off_manifold"
    text = DOUBLE.replace("# What it is about", f"# {{value}}`{key}|percent1` of it: about", 1)
    text = text.replace("assert double(3) is", f'ε, x = "ε", value("{key}")\nassert double(3) is')
    source = quote(source_of(tmp_path, text), {key: 0.0312345})
    assert "3.1\N{NARROW NO-BREAK SPACE}% of it" in source.cells[0].text
    assert 'ε, x = "ε", 0.03123\n' in source.cell("check", "double").text
    with pytest.raises(InputProblems, match="nothing was measured under"):
        quote(source_of(tmp_path, text), {})


def test_trials_leave_no_trace_and_steps_share_their_names() -> None:
    head = Head(title="x", seconds=5, memory_mb=400)
    tried = Try("other", ("a = 5", "assert a != 5, 'five'"))
    with furnished((), {}) as folder:
        result = run_steps(
            [Step("a = 1"), Step("a", trials=(tried,)), Step("print(a)")], folder, head
        )
    assert result.cut == "" and result.tried["other"].message == "five"
    assert [result.ended[i].outputs[0].text for i in (1, 2)] == ["1", "1\n"]


def test_a_process_knows_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "42")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = (
        "import os, sys\n"
        "print('A_SECRET' in os.environ, any('pipelines' in name for name in sys.modules))"
    )
    with furnished((), {}) as folder:
        result = run_steps([Step(code)], folder, Head(title="x", seconds=5))
    assert result.ended[0].outputs[0].text == "False False\n"
