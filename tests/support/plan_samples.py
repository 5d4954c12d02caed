"""Made-up plans taken apart: what the tests of all ways to write a plan share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pipelines.any_plan import read_text
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Outline, Section
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Text
from pipelines.plan.coverage import lost

T = TypeVar("T")
PHASES = "\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n"
FRAME = f"# Lesson: X{PHASES}### Lesson Outline\n\n"


def lesson(text: str) -> LessonPlan:
    plan, _ = read_text(text)
    assert isinstance(plan, LessonPlan)
    assert plan.leftover == () and lost(plan) == 0
    return plan


def outline(body: str) -> Outline:
    found = lesson(FRAME + body).design.outline
    assert found
    return found


def section(body: str, title: str) -> Section:
    return outline(f"#### 1. {title}\n\n{body}\n").sections[0]


def of_type(value: object, kind: type[T]) -> list[T]:
    return [node for node in walk(value) if isinstance(node, kind)]


def words(blocks: Iterable[object]) -> str:
    return " ".join(node.text for block in blocks for node in of_type(block, Text))


def problems_of(text: str) -> list[Problem]:
    return read_text(text)[1]
