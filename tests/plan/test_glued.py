"""What stands glued to its neighbours: tables, underlined titles; and severities written short."""

import pytest

from pipelines.any_plan import read_text
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Severity
from pipelines.planwriter.format import format_text, plan_content

TABLE = "| Concept | Depth | Source | Notes |\n|---|---|---|---|\n| rope | DEVELOPED | ropes | x |"
PLAN = """\
{title}

**Slug:** `knots`

## Phase 1: Orient

### Relevant Concepts

{concepts}

## Phase 2: Analyze

## Phase 3: Design

### Lesson Outline

#### 1. Hook

{hook}

## Review — 2026-01-31 (Iteration 1/3)

### Verdict: MAJOR REVISION

### Findings

{findings}
"""


def plan(**parts: str) -> LessonPlan:
    """Read a plan of these parts, whose raw texts hold all of it, and whose format keeps it."""
    empty = {"title": "# Lesson: Knots", "concepts": "x", "hook": "Text.", "findings": "None."}
    text = PLAN.format(**{**empty, **parts})
    found, _ = read_text(text)
    assert isinstance(found, LessonPlan)
    assert "".join(segment.raw for segment in found.segments).strip() == text.strip()
    assert plan_content(read_text(format_text(text))[0]) == plan_content(found)
    return found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"Text:\n{TABLE}", ["paragraph", "table"]),
        (f"- item\n{TABLE}", ["list", "table"]),
        (f"1. item\n   more\n{TABLE}\n2. next", ["list", "table", "list"]),
        (f"{TABLE}\nText after.", ["table", "paragraph"]),
        (f"> quoted\n{TABLE}", ["quote", "table"]),
        (f"- item\n  {TABLE.replace(chr(10), chr(10) + '  ')}", ["list"]),  # it is the item's own
        (f"```\nx\n{TABLE}\n```", ["code"]),
        ("- |a| is small\n|b| is not", ["list"]),
    ],
)
def test_a_table_begins_and_ends_where_its_rows_do(text: str, kinds: list[str]) -> None:
    found = plan(hook=text)
    assert found.design.outline
    assert [node.type for node in found.design.outline.sections[0].nodes] == kinds
    assert len(plan(concepts=text).student.concepts) == 1 or "table" not in kinds


@pytest.mark.parametrize("under", ["===", "================", "===\n**Kind:** lesson"])
def test_an_underlined_title_is_the_title(under: str) -> None:
    assert plan(title=f"Lesson: Knots\n{under}").title == "Knots"


def test_other_underlined_lines_are_text_and_a_rule() -> None:
    found = plan(hook="Some line\n=====\nand more\n\nother\n---\n\nend")
    assert found.title == "Knots" and found.design.outline
    kinds = [node.type for node in found.design.outline.sections[0].nodes]
    assert kinds == ["paragraph", "rule", "paragraph", "paragraph", "rule", "paragraph"]


SEVERITIES = {"[C]": "critical", "[I]": "improvement", "[P2]": "polish", "[MINOR]": "polish"}
SEVERITIES |= {"[Major]": "improvement", "[BLOCKER]": "critical", "[nit]": "polish"}


@pytest.mark.parametrize(("written", "severity"), SEVERITIES.items())
def test_short_and_other_severities_in_brackets(written: str, severity: str) -> None:
    found = plan(findings=f"#### {written} The rope is short\n\n**Issue:** it is.")
    assert [one.severity for one in found.reviews[0].findings] == [Severity(severity)]
    assert not [one for one in walk(found.extra) if "rope" in repr(one)]


@pytest.mark.parametrize("title", ["C is short", "(I) The rope", "Minor: it is", "A (major) rope"])
def test_without_brackets_they_are_words(title: str) -> None:
    assert plan(findings=f"#### {title}\n\nIt is.").reviews[0].findings == ()
