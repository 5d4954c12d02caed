"""Each way to write a thing that the dialect knows: reviews, modules, damage, plans in part."""

from __future__ import annotations

from pathlib import Path

import pytest
from plan_samples import FRAME, PHASES, lesson, outline, problems_of

from pipelines.any_plan import read_plan, read_text
from pipelines.contracts.plan import ModulePlan
from pipelines.contracts.planning import Review
from pipelines.contracts.spans import Record
from pipelines.plan.inline import plain

# --- reviews ------------------------------------------------------------------------------------


def reviews(text: str) -> tuple[Review, ...]:
    return lesson(f"# Lesson: X{PHASES}{text}").reviews


@pytest.mark.parametrize(
    "head",
    [
        "#### [POLISH] — Knot",
        "### [POLISH] -- Knot",
        "#### POLISH -- Knot",
        "#### [POLISH]  Knot",
        "##### [Polish] — Knot",
        "#### **[POLISH]** — Knot",
        "#### 1. [POLISH] — Knot",
        "#### Knot [POLISH]",
        "#### Finding #1 [POLISH] — Knot",
    ],
)
def test_heads_of_findings(head: str) -> None:
    (review,) = reviews(
        f"## Review — 2026-01-02 (Iteration 1/3)\n\n### Findings\n\n{head}\n\nBad."
    )
    (finding,) = review.findings
    assert plain(finding.title) == "Knot" and finding.severity == "polish"


@pytest.mark.parametrize(
    "text",
    [
        "- [CRITICAL] Knot — FIXED",
        "- **[CRITICAL] Knot -- FIXED.** New rope.",
        "1. **CRITICAL (Knot):** Fixed",
        "#### [CRITICAL] — Knot\n\nFIXED",
    ],
)
def test_look_alikes_are_no_findings(text: str) -> None:
    (review,) = reviews(
        f"## Review — 2026-01-02 (Iteration 2/3)\n\n### Fix Verification\n\n{text}\n"
    )
    assert review.findings == () and len(review.fix_checks) == 1
    assert "Knot" in plain(review.fix_checks[0].finding)


def test_a_group_of_findings_is_none() -> None:
    text = "## Review\n\n### CRITICAL Findings\n\n#### [CRITICAL] — Knot\n\n### Fixes Applied\n\n"
    (review,) = reviews(text + "#### [POLISH] — Rope\n\nDone.\n")
    assert [plain(one.title) for one in review.findings] == ["Knot"]


def test_cycles_and_labels() -> None:
    heads = ["(Iteration 1/3)", "(Iteration 2/3)", "(Post-Depth-Rework, Iteration 1/3)"]
    heads += ["(Iteration 3/3 FINAL)"]
    found = reviews("".join(f"## Review -- 2026-01-02 {head}\n\nText.\n\n" for head in heads))
    assert [(one.iteration, one.cycle) for one in found] == [(1, 1), (2, 1), (1, 2), (3, 2)]
    assert found[2].label == "Post-Depth-Rework" and found[3].final


@pytest.mark.parametrize(
    "text", ["### Verdict: PASS", "### Verdict\n\nPASS", "**Verdict:** PASS", "### Verdict — PASS"]
)
def test_where_a_verdict_stands(text: str) -> None:
    (review,) = reviews(f"## Review — 2026-01-02\n\n{text}\n\nWell done.\n")
    assert (review.verdict, review.outcome) == ("PASS", "pass")


# --- plans without an outline, modules, damage --------------------------------------------------


def test_a_retroactive_plan() -> None:
    misconception = (
        "| Misconception | Why They'd Think This | Negative Example | Where Addressed |"
    )
    modality = "| Modality | What | Rationale |"
    text = (
        "# Lesson Plan: X\n\n**Status:** Built (retroactive record)\n\n## Student State\n\nNone."
        f"\n\n## Analysis\n\n### Misconceptions Addressed\n\n{misconception}\n|---|---|---|---|\n"
        f"| a | b | c | d |\n\n### Modalities Used\n\n{modality}\n|---|---|---|\n| Sight | v | w |"
        "\n\n## Phase 3: Design\n\n## What Was Actually Built\n\n1. One\n"
    )
    plan = lesson(text)
    assert plan.retroactive and plan.design.outline is None
    assert plain(plan.misconceptions[0].where) == "d" and plain(plan.modalities[0].why) == "w"
    assert [plain(one.title) for one in plan.built] == ["What Was Actually Built"]


def test_a_module_record() -> None:
    text = (
        "# Module 1.2 -- Record\n\n## Concept Index\n\n| Concept | Depth | From |\n|---|---|---|\n"
        "| Ropes | DEVELOPED | ropes |\n\n## Per-Lesson Summaries\n\n### ropes\n\nAll of them.\n"
    )
    plan, _ = read_text(text)
    assert isinstance(plan, ModulePlan) and plan.meta.module_number == "1.2"
    assert len(plan.concepts) == 1 and list(plan.summaries) == ["ropes"]


def test_line_ends_marks_and_odd_spaces() -> None:
    text = FRAME + "#### 1. Hook\n\n- one\n\t- two\n\n```python\n\tlift()\n```\n"
    plain_plan = lesson(text)
    odd = lesson("\ufeff" + text.replace("\n", "\r\n").replace("1. Hook", "1.\u00a0Hook"))
    assert plain_plan.design == odd.design
    assert [problem.code for problem in problems_of(text.replace("1. Hook", "1.\u00a0Hook"))] == [
        "ML202"
    ]


def test_a_bold_section_right_below_a_list() -> None:
    found = outline("**1. Hook**\n- one\n- two\n**2. Explain**\n- three\n**3. Check**\nText.\n")
    assert [one.number for one in found.sections] == ["1", "2", "3"]
    assert len(found.sections[0].nodes) == 1


DIALECT = """\
#### 1. Hook

It rains.

InsightBlock: "Wet ropes." They slip.

GradientCard (amber): "Stone"
- heavy

ComparisonRow: Rope vs Chain

| | Rope | Chain |
|---|---|---|
| Wet | slips | rusts |

#### 2. Check

1. "Deep?" (Answer: very.)

#### 3. Practice

**Exercise 1 (Guided): Tie**
- once
- Predict: will it hold? (Answer: yes.)
- What it tests: hands
- Bonus: twice
"""
EXACT = """\
#### 1. Hook

It rains.

:::{insight} Wet ropes
They slip.
:::

:::{card} Stone
:colour: amber
- heavy
:::

:::{comparison} Rope vs Chain
| | Rope | Chain |
|---|---|---|
| Wet | slips | rusts |
:::

#### 2. Check

::::{question}
Deep?

:::{answer}
very.
:::
::::

#### 3. Practice

:::::{exercise} Tie
:level: guided
:number: 1

- once

::::{predict} will it hold?
:::{answer}
yes.
:::
::::

:::{purpose}
hands
:::

:::{bonus}
twice
:::
:::::
"""


def bare(value: object) -> object:
    """What a plan says, without where and how it was written."""
    if isinstance(value, Record):
        skipped = {"src", "answer_form", "level_raw"}
        names = [name for name in value.__dict__ if name not in skipped]
        return {name: bare(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [bare(one) for one in value]
    return value


def test_both_spellings_give_one_model() -> None:
    exact = FRAME.replace("# Lesson: X", "# Lesson: X\n\n**Voice:** explicit")
    one, other = lesson(FRAME + DIALECT), lesson(exact + EXACT)
    assert bare(one.design) == bare(other.design)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\xef\xbb\xbf# Lesson: A\n", [1]),
        (b"# Lesson: A\n\nfirst\r\nsecond\r\n", [3]),
        (b"# Lesson: A\n", []),
    ],
)
def test_foreign_marks_are_reported_once(tmp_path: Path, data: bytes, lines: list[int]) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(data)
    _, problems = read_plan(path)
    assert [problem.line for problem in problems if problem.code == "ML214"] == lines
