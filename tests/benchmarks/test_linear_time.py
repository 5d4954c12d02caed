"""Ten times the text takes at most fifteen times the seconds: ratios, whatever the machine."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import course
import pytest

from pipelines.commands.lint import uncollected
from pipelines.plan.lint import lint
from pipelines.plan.reader import read_text


def seconds(text: str) -> float:
    """Return seconds of processor, the collector still: it would count what other tests left."""
    with uncollected():
        begin = time.process_time()
        plan, _ = read_text(text)
        lint(plan, facts={}, citations={}, experiments={})
        return time.process_time() - begin


def ratio(long: str, short: str) -> float:
    """Return a ratio of medians; the two take turns, so that a busy machine slows both."""
    pairs = [(seconds(long), seconds(short)) for _ in range(5)]
    taken, little = (statistics.median(column) for column in zip(*pairs, strict=True))
    return taken / little


def longer(text: str, times: int) -> str:
    """Repeat a plan's content under its headings, so that it is one plan still."""
    parts = text.split("\n#")
    return "\n#".join(part + ("\n" + _body(part)) * (times - 1) for part in parts)


def _body(part: str) -> str:
    return part.partition("\n")[2]


def outlines(text: str, times: int) -> str:
    """Repeat the sections of the outline: more headings, not longer ones."""
    start = text.index("### Lesson Outline")
    stop = text.index("\n## ", start)
    return text[:stop] + text[start + 18 : stop] * (times - 1) + text[stop:]


def reviews(text: str, times: int) -> str:
    start = text.index("\n## Review")
    return text + text[start:] * (times - 1)


@pytest.mark.parametrize("grow", [longer, outlines, reviews])
@pytest.mark.parametrize("notation", [0, 1, 2])
def test_ten_times_the_text_takes_at_most_fifteen_times_as_long(
    notation: int, grow: Callable[[str, int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "SMALLEST", 12_000)
    monkeypatch.setattr(course, "LARGEST", 12_001)
    text = course.Plan(1, notation).text()
    short, long = grow(text, 1), grow(text, 10)
    seconds(short)  # the first reading builds what later ones share
    assert any(ratio(long, short) <= 15 for _ in range(3))  # again only where it fails


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
