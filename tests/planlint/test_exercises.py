"""Exercises held against their lesson: typed numbers, leaking solutions, lost places."""

from __future__ import annotations

from pathlib import Path

import pytest
from exercise_samples import DOUBLE, exercise

from pipelines.any_plan import read_plan
from pipelines.contracts.plan import LessonPlan
from pipelines.planlint.exercises import lint_exercises

PLAN = """\
# Appendix: Doubling

**Slug:** `doubling`
**Kind:** appendix
**Voice:** explicit

## Phase 3: Design

### Lesson Outline

#### 1. Doubling

:::{exercise} Double
:level: guided
:notebook: double
Write it.
:::
"""
SOUND = DOUBLE.replace("misconception 1", "doubling").replace("misconception 2", "doubling")
SOUND = SOUND.replace("misconception 3", "doubling")


def linted(folder: Path, text: str) -> list[tuple[str, str]]:
    """Return code and message of what is wrong with the lesson's exercise."""
    exercise(folder, text)
    file = folder / "plan.md"
    file.write_text(PLAN, encoding="utf-8")
    plan, _ = read_plan(file)
    assert isinstance(plan, LessonPlan)
    found = lint_exercises(plan)
    assert all(one.remedy and one.file.endswith("double.py") for one in found)
    return [(one.code, one.message) for one in found]


def test_a_sound_exercise_has_no_problem(tmp_path: Path) -> None:
    assert linted(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("# What it is about", "# About 3.2 of them", "ML337", "`3.2`"),
        ('print("double: right")', 'print("right in 7 % of the cases")', "ML337", "`7 %`"),
        ("# ## Double a number", "# Try `return number + number`", "ML338", "number + number"),
        ("assert double(0)", "number = 1\nassert number + number\nassert double(0)", "", ""),
        ("See [doubling]", "See [nowhere]", "ML307", "`nowhere`"),
        ('name="the-square" see="doubling"', 'name="the-square" see="gone"', "ML307", "`gone`"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    assert old in SOUND
    found = linted(tmp_path, SOUND.replace(old, new, 1))
    assert [one[0] for one in found] == ([code] if code else [])
    assert all(said in message for _, message in found)


def test_numbers_by_role_and_forms_of_numbers_are_none(tmp_path: Path) -> None:
    text = SOUND.replace("# What it is about", "# About {value}`a/b@1/c|percent1`, {given}`5`,", 1)
    text = text.replace('print("double: right")', 'print(f"{0.5:.0%} right")')
    assert linted(tmp_path, text) == []
