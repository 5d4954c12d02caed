"""What stands inside something else: boxes in cells, an outline below another heading, fences."""

import pytest

from pipelines.any_plan import read_text
from pipelines.commands.summary import lost, summary
from pipelines.contracts.blocks import Code, walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.plan.inline import plain
from pipelines.planwriter.format import format_text, plan_content

HEAD = "# Lesson: Knots\n\n**Slug:** `knots`\n\n## Phase 1: Orient\n\n## Phase 2: Analyze\n\n"
DESIGN = HEAD + "## Phase 3: Design\n\n"


def read(text: str) -> tuple[LessonPlan, list[Problem]]:
    found, problems = read_text(text)
    assert isinstance(found, LessonPlan)
    assert lost(found, text) == 0 and not found.leftover
    return found, problems


def formatted(text: str) -> LessonPlan:
    found, _ = read(text)
    assert plan_content(read_text(format_text(text))[0]) == plan_content(found)
    return found


BOXED = """\
## Planning Checklists

### Rope

| Gate | Done | Remark |
|---|---|---|
| 4 misconceptions | {yes} | named `s_t` (all of them) |
| No loose end | {no} | |
"""


@pytest.mark.parametrize(("yes", "no"), [("[x]", "[ ]"), ("✅", "❌"), ("[X] yes", "[ ] no")])
def test_boxes_in_the_cells_of_a_table(yes: str, no: str) -> None:
    found = formatted(HEAD + BOXED.format(yes=yes, no=no))
    first, second = found.checklist
    assert (first.ticked, second.ticked) == (True, False)
    assert plain(first.spans).startswith("4 misconceptions")
    assert plain(first.spans).endswith("named s_t (all of them)")
    assert first.group == "Rope" and first.parenthesis == "all of them"
    assert first.claim and first.claim.of == "misconceptions" and first.src.line == 15
    assert "[" not in plain(second.spans)
    assert summary(found, [], "")["checklist"] == {"ticked": 1, "unticked": 1}


@pytest.mark.parametrize(
    "rows", ["| [a] | b |", "| ✅ | ❌ |", "| [x](y.md) | b |", "| a | [x] |\n| a | b |"]
)
def test_other_tables_among_the_checklists_stay_tables(rows: str) -> None:
    found = formatted(f"{HEAD}## Checklists\n\n| One | Two |\n|---|---|\n{rows}\n")
    assert not found.checklist and [one.type for one in found.extra[0].nodes] == ["table"]


NESTED = {
    "deeper": "#### Lesson Outline\n\n##### 1. Hook\n\nWhy?\n\n##### 2. Recap\n\nRopes.",
    "of its own level": "#### Lesson Outline\n\n#### 1. Hook\n\nWhy?\n\n#### 2. Recap\n\nRopes.",
    "listed": "#### Section Outline\n\n1. **Hook** — Why?\n2. **Recap** — Ropes.",
    "bold": "#### Lesson Outline\n\n**1. Hook**\n\nWhy?\n\n**2. Recap**\n\nRopes.",
}


@pytest.mark.parametrize("outline", NESTED.values(), ids=NESTED)
def test_an_outline_below_another_heading(outline: str) -> None:
    text = f"{DESIGN}### Narrative Arc\n\nA rope.\n\n#### Why\n\nIt ties.\n\n{outline}\n"
    found = formatted(f"{text}\n### Scope Boundaries\n\n**This lesson IS about:**\n\n- ropes\n")
    assert found.design.outline and len(found.design.narrative) == 3
    assert [plain(one.title) for one in found.design.outline.sections] == ["Hook", "Recap"]
    assert found.design.scope.covers


def test_what_follows_such_an_outline_is_a_part_of_its_own() -> None:
    text = f"{DESIGN}### Lesson design\n\n{NESTED['listed']}\n\n#### Cognitive Load\n\nLight.\n"
    found = formatted(text)
    assert found.design.outline and len(found.design.outline.sections) == 2
    assert len(found.design.load_assessment) == 1


def test_beside_the_outline_of_the_plan_it_is_a_text_like_others() -> None:
    text = (
        f"{DESIGN}### Narrative Arc\n\n{NESTED['listed']}\n\n### Lesson Outline\n\n#### 1. Hook\n"
    )
    found, _ = read(text)
    assert found.design.outline and len(found.design.outline.sections) == 1
    assert not found.design.outline_revised and found.design.narrative


FENCES = [
    ("- item\n\n  ```\n  code\n{next}\n\ntext", [15]),
    ("- item\n  ```\n  code\n{next}\n  ```\n\nx", [14, 17]),
    ("1. a\n   - b\n     ~~~ python\n     code\n\n{next}\n\ntext", [15]),
    ("- ```python\n  code\n{next}\n\ntext", [13]),
    ("- ```python\n  code\n  ```\n\n{next}\n\ntext", []),
    ("- item\n\n  ```\n  # a comment\n  ## another\n  ```\n\n{next}\n\ntext", []),
]


@pytest.mark.parametrize(("text", "unclosed"), FENCES)
def test_a_heading_at_the_margin_ends_a_fence_in_a_list(text: str, unclosed: list[int]) -> None:
    text = f"{DESIGN}### Lesson Outline\n\n#### 1. Hook\n\n{text}\n"
    found, problems = read(text.format(next="#### 2. Recap"))
    assert found.design.outline
    assert [plain(one.title) for one in found.design.outline.sections] == ["Hook", "Recap"]
    assert [one.line for one in problems if one.code == "ML213"] == [n + 2 for n in unclosed]
    codes = [one for one in walk(found.design.outline.sections[0]) if isinstance(one, Code)]
    assert len(codes) == 1


def test_a_heading_in_a_fence_at_the_margin_is_code() -> None:
    text = f"{DESIGN}### Lesson Outline\n\n#### 1. Hook\n\n- item\n\n"
    found, problems = read(text + "```\n## x\n```\n\n  ```\n## y\n  ```\n")
    assert not problems and found.design.outline
    assert [one.type for one in found.design.outline.sections[0].nodes] == ["list", "code", "code"]
