"""The plans that the benchmarks read are the same every time, and read as they are meant."""

from collections.abc import Callable
from pathlib import Path

import course
import pytest
from linear_time import longer, outlines, reviews
from work import calls

from pipelines.any_plan import read_text
from pipelines.planlint.rules import lint


def read(text: str) -> None:
    plan, _ = read_text(text)
    lint(plan, facts={}, citations={}, experiments={})


@pytest.mark.slow
@pytest.mark.parametrize("grow", [longer, outlines, reviews])
@pytest.mark.parametrize("notation", [0, 1, 2])
def test_ten_times_the_text_is_at_most_fifteen_times_the_work(
    notation: int, grow: Callable[[str, int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "SMALLEST", 12_000)
    monkeypatch.setattr(course, "LARGEST", 12_001)
    text = course.Plan(1, notation).text()
    short, long = grow(text, 1), grow(text, 10)
    read(short)  # the first reading builds what later ones share
    assert calls(lambda: read(long)) <= 15 * calls(lambda: read(short))


@pytest.mark.slow
def test_the_course_is_the_same_every_time(tmp_path: Path) -> None:
    one, other = (course.Plan(3, 4).text() for _ in "ab")
    assert one == other
    assert course.SMALLEST <= len(one.encode()) <= course.LARGEST + 1_000


@pytest.mark.parametrize("lesson", range(12))
def test_the_plans_of_the_course_are_read_as_they_are_meant(lesson: int) -> None:
    """The benchmark measures nothing if its plans are not understood."""
    plan, _ = read_text(course.Plan(0, lesson).text())
    assert plan.type == "lesson"
    assert len(plan.prerequisites) == len(plan.student.concepts) == 11
    assert plan.design.outline
    assert len(plan.design.outline.sections) == 12
    assert [len(review.findings) for review in plan.reviews] == [5, 2]
