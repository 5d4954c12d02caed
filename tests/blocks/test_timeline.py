"""Timelines: works in the order of their years, which the page takes from the bibliography."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_samples import sources

from pipelines.any_plan import read_text
from pipelines.blocks.timeline import Timeline
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.contracts.references import Reference
from pipelines.pages.render import render_lesson
from pipelines.planwriter.format import format_text

FRAME = """# Lesson: X

**Voice:** explicit

## Phase 2: Analyze

## Phase 3: Design

### Lesson Outline

#### 1. Explain: X

:::{timeline} When each came
%s
:::
"""
ENTRIES = "- {cite}`first` *Long* steps.\n- {cite}`second` Fewer steps."
WORKS = {
    key: Reference(key=key, authors=("A Name",), title=key, year=year)
    for key, year in (("first", "1987"), ("second", "1993"))
}


def read(body: str) -> tuple[LessonPlan, list[Problem]]:
    plan, problems = read_text(FRAME % body, "plan.md")
    assert isinstance(plan, LessonPlan)
    return plan, problems


def timelines(plan: LessonPlan) -> list[Timeline]:
    return [node for node in walk(plan.design.outline) if isinstance(node, Timeline)]


def test_years_come_from_the_bibliography() -> None:
    plan, problems = read(ENTRIES)
    assert not problems
    page = render_lesson(plan, replace(sources(), references=WORKS))
    shown = re.search(r'<div class="timeline">.*?</div>', page, re.DOTALL)
    assert shown
    assert re.findall(r'<span class="year">(\d+)</span>', shown[0]) == ["1987", "1993"]
    assert re.findall(r"<em>Long</em> steps\.|Fewer steps\.", shown[0]) == [
        "<em>Long</em> steps.", "Fewer steps.",
    ]  # fmt: skip
    assert shown[0].count('<cite class="work">') == 2


def test_what_is_written_again_is_the_same() -> None:
    text = format_text(FRAME % ENTRIES, "plan.md")
    again, problems = read_text(text, "plan.md")
    assert not problems and isinstance(again, LessonPlan)
    (written,), (meant,) = timelines(again), timelines(read(ENTRIES)[0])
    assert len(written.entries) == 2
    assert [_words(one) for one in written.entries] == [_words(one) for one in meant.entries]


def _words(spans: object) -> str:
    return re.sub(r"line=\d+", "", repr(spans))


@pytest.mark.parametrize(
    "body",
    [
        "A paragraph.",
        "- {cite}`first` A work.\n- None.",
        "- {cite}`first` A work.\n\n  With a second paragraph.",
        "- {cite}`first` A work.\n\nAnd more.",
        "- {fact}`first` A fact.",
    ],
)
def test_what_is_no_list_of_works_is_reported_and_kept(body: str) -> None:
    plan, problems = read(body)
    assert [one.code for one in problems] == ["ML207"]
    assert not timelines(plan)
    words = set(re.findall(r"[A-Za-z]+", body)) - {"cite", "fact"}
    assert words <= set(re.findall(r"[A-Za-z]+", repr(plan.design.outline)))
