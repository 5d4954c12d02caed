"""Pages beside the lessons, claims that hold in part, and the table of all claims."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_samples import a_ledger, parsed, sources

from pipelines.any_plan import read_text
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.module.catalog import read_catalog
from pipelines.pages.render import render_lesson, render_review
from pipelines.planlint.check_claims import check_claims
from pipelines.planlint.rules import lint
from pipelines.planwriter.format import format_text

PAGE = """\
# Appendix: Side Table

**Slug:** `side`
**Kind:** appendix
**Voice:** explicit

## Phase 3: Design

### Lesson Outline

#### 1. Numbers

:::{{claim}} in-part
:check: {check}
:fails: {fails}
:because: Only the first half was ever true.
:short: Two *things* at once
The whole sentence.
:::

:::{{table}} claims
All of them.
:::
"""
MODULE = """\
# Module 1.1: Small

## Module Goal

One lesson.

## Lesson Sequence with Rationale

| Lesson | Core Concept | Type | Rationale |
|---|---|---|---|
| one | A thing | BUILD | First. |
"""
LESSON = "# Lesson: One\n\n## Phase 1: Orient\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n"


def page(check: str = "1 < 2", fails: str = "3 < 2") -> tuple[LessonPlan, list[Problem]]:
    plan, problems = read_text(PAGE.format(check=check, fails=fails), "side/plan.md")
    assert isinstance(plan, LessonPlan)
    return plan, problems


def judged(check: str, fails: str, ledger: Ledger) -> list[str]:
    return [problem.remedy for problem in check_claims(page(check, fails)[0], ledger)]


def test_an_appendix_needs_no_planning() -> None:
    plan, problems = page("fact(fid-one) < 4", "fact(fid-one) < 3")
    assert plan.appendix
    assert not problems
    assert not lint(plan, facts=a_ledger().facts, citations={}, experiments={})


def test_a_lesson_is_none() -> None:
    plan, _ = read_text(LESSON, "one/plan.md")
    assert isinstance(plan, LessonPlan)
    assert not plan.appendix
    assert lint(plan, facts={}, citations={}, experiments={})


def test_both_parts_of_a_claim_are_checked() -> None:
    ledger = a_ledger()
    assert ledger.publish
    assert judged("1 < 2", "3 < 2", ledger) == []
    (remedy,) = judged("2 < 1", "3 < 2", ledger)
    assert "reword" in remedy
    (remedy,) = judged("1 < 2", "2 < 3", ledger)
    assert ":check:" in remedy
    assert len(judged("2 < 1", "2 < 3", ledger)) == 2


@pytest.mark.parametrize(
    ("check", "fails", "word"),
    [
        ("1 < 2", "3 < 2", "◐ Holds partly"),
        ("2 < 1", "3 < 2", "! Not as the text says"),
        ("1 < 2", "2 < 3", "! Not as the text says"),
    ],
)
def test_the_verdict_on_two_parts(check: str, fails: str, word: str) -> None:
    made = render_lesson(page(check, fails)[0], sources())
    marks = [
        " ".join("".join(node.itertext()).split())
        for node in parsed(made).iter("span")
        if "verdict" in (node.get("class") or "").split()
    ]
    assert marks == [word, word]  # at the claim, and in the table


def test_the_table_of_claims_says_what_why_and_by_which_numbers() -> None:
    made = render_lesson(page()[0], sources())
    table = next(
        node for node in parsed(made).iter("figure") if "claims-table" in node.get("class", "")
    )
    (row,) = [node for node in table.iter("tr") if node.find("td") is not None]
    cells = ["".join(cell.itertext()) for cell in row]
    assert cells[0] == "Two things at onceOnly the first half was ever true."
    assert row.find("th/a").get("href") == "#claim-in-part"
    assert "not: " in cells[2]


def test_a_part_that_fails_wants_a_reason() -> None:
    text = PAGE.format(check="1 < 2", fails="3 < 2").replace(":because: Only the", ":x: Only the")
    _, problems = read_text(text, "side/plan.md")
    assert any("because" in problem.remedy for problem in problems)


def test_what_was_found_instead_belongs_to_what_does_not_hold() -> None:
    text = PAGE.format(check="1 < 2", fails="3 < 2")
    partly = text.replace(":short:", ":found: The first alone.\n:short:")
    _, problems = read_text(partly, "side/plan.md")
    assert not problems and ":found: The first alone." in format_text(partly)
    whole = partly.replace(":fails: 3 < 2\n", "")
    _, problems = read_text(whole, "side/plan.md")
    assert any(":found:" in problem.remedy for problem in problems)


def test_a_part_and_the_whole_cannot_both_fail() -> None:
    text = PAGE.format(check="1 < 2", fails="3 < 2").replace(":fails:", ":holds: no\n:fails:")
    _, problems = read_text(text, "side/plan.md")
    assert any("either" in problem.remedy for problem in problems)


def test_the_review_of_an_appendix_is_about_claims() -> None:
    made = render_review(page()[0], sources())
    assert 'id="claims"' in made
    assert 'id="orient"' not in made


def test_the_catalog_keeps_appendices_apart(tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "module.md").write_text(MODULE)
    for name, text in (("one", LESSON), ("side", PAGE.format(check="1 < 2", fails="3 < 2"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.md").write_text(text)
    entries = read_catalog(tmp_path).lessons
    assert {slug: entry.appendix for slug, entry in entries.items()} == {
        "one": False,
        "side": True,
    }
