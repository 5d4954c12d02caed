"""Nothing of any input is lost, and reading is work that grows with the input.

Plans are made of pieces of the dialect put together at random, and of whole plans with lines
dropped, doubled, swapped and cut, and bytes flipped.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from checkout import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from work import calls

from pipelines.any_plan import read_text
from pipelines.contracts.problems import InputProblems
from pipelines.plan.coverage import lost, missing
from pipelines.plan.lines import decode, normalise

PLANS = sorted((ROOT / "tests/data/plans").rglob("*.md"))
SEEDS = sorted((ROOT.parent / "shared/seeds").glob("0*.txt"))
PIECES = (
    "# Lesson: Rain", "## Phase 1: Orient", "## Phase 2: Analyze", "## Phase 3: Design",
    "### Lesson Outline", "### Prerequisites", "### Misconceptions", "### Scope Boundaries",
    "#### 1. Hook (~2 min)", "#### 2. Check", "#### 3. Practice (Notebook)", "##### 3a. Deep",
    "**1. Hook** (hint)", "**2. Practice**", "1. **Hook** — text", "2. **Check**",
    "| Concept | Depth | Source |", "|---|---|---|", "| rain | DEVELOPED | P(A | B) |", "| a |",
    "**Module:** 1.2 (Air), **Slug:** `rain` | **Type:** BUILD", "- **Left:** a", "Left: a -- b",
    '"Why?" (Answer: because (of) it.)', "1. Why? (it is so)", "   - Answer: so.", "Expected: x",
    "**Exercise 1 (Guided): Wet** (Bonus)", "- Predict: why? (Answer: so)", "We (1) do; (2) go.",
    "- **Guided:** go", "GradientCard (fuchsia): \"Wet.\" Rain", "ComparisonRow: a vs b",
    "InsightBlock: \"Rain\"", "**Part A: one** (NEW)", "> builder: note", "> student: shown",
    'Address misconception #1: "Rain is dry."', "x_t = sqrt(a_t)*x_0 + 2**n", "w1*x *and* w2*x",
    "```python", "```", "    indented", "\ttab", "> quote", "---", "***", "$$", ":::{card} T",
    ":::", "::::{question}", ":colour: amber", "{value}`a/b@1/c|0f`", "[a](javascript:b)",
    "## Review — 2026-01-02 (Iteration 1/3)", "### Findings", "#### [POLISH]  lost",
    "**Issue:** x",
    "### Verdict: PASS", "### Summary", "- Critical: 0", "- [CRITICAL] x — FIXED", "## Checklists",
    "- [x] done", "- [ ] open (why)", "**This lesson IS about:**", "- a: DEVELOPED", "â€” Ã© â‰ˆ",
    "&mdash; &amp; &#65;", "![a](b.png)", "<b>bold</b>", "\u00a0\u200b\ufeff", "\x0c\x85\u2028",
    "", "", "",
)  # fmt: skip


def check(text: str) -> None:
    """Every character is in a segment, every word in a node."""
    plan, problems = read_text(text)
    assert "".join(segment.raw for segment in plan.segments) == normalise(text)
    assert lost(plan) == 0
    count = normalise(text).count("\n") + 1
    assert all(0 < problem.line <= count for problem in problems)


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_plans_of_random_pieces(pieces: list[str]) -> None:
    check("\n".join(pieces))


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=12))
def test_plans_of_pieces_and_noise(pieces: list[str]) -> None:
    check("# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n" + "\n".join(pieces))


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Drop, double, swap and cut lines, flip bytes."""
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 6)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        change = chance.randrange(5)
        if change == 0 and len(lines) > 1:
            del lines[at]
        elif change == 1:
            lines.insert(at, lines[other])
        elif change == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif change == 3:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        elif lines[at]:
            row = bytearray(lines[at])
            row[chance.randrange(len(row))] ^= 1 << chance.randrange(7)
            lines[at] = bytes(row)
    return b"\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS + SEEDS, ids=lambda path: path.stem[:20])
def test_mutations_of_whole_plans(plan: Path) -> None:
    chance = random.Random(plan.stem)
    data = plan.read_bytes()
    for _ in range(6 if plan in SEEDS else 30):
        try:
            text = decode(mutated(data, chance), plan.name)
        except InputProblems as error:
            assert error.problems[0].code == "ML201"
            continue
        check(text)


@pytest.mark.parametrize("plan", PLANS + SEEDS, ids=lambda path: path.stem[:20])
def test_whole_plans_need_no_leftovers(plan: Path) -> None:
    """Every word of a plan of the dialect has a place of its own."""
    found, _ = read_text(decode(plan.read_bytes(), plan.name))
    assert missing(replace(found, leftover=())) == []


HARD = {
    "brackets": "(" * 40 + "x_t",
    "emphasis": "*a **b _c ",
    "bars": "| a | P(x | y) || z ",
    "maths": "x_t = (a + b_1)*c_2 - |d| + ",
    "quotes": '"Why?" (because "of (it ',
    "bold": "**1. A** (b) **Exercise 1 (Guided): c** ",
    "damage": "â€” Ã© ðŸš€ ",
    "colons": "::::{card} a\n:::{question}\n",
    "nested": "> > > - - 1. a\n",
    "steps": "(1) a (2) b -> guided -> supported ",
    "spaces": "a -- \t  \u00a0 ",
    "labels": "**Key:** value, **Other:** ",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("lines", [False, True], ids=["one-line", "lines"])
def test_ten_times_the_text_is_at_most_fifteen_times_the_work(name: str, lines: bool) -> None:
    frame = "# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n### Lesson Outline\n\n"
    piece = HARD[name] + ("\n" if lines else "")
    small = frame + "#### 1. Practice\n\n" + piece * (2_000 // len(piece))
    large = frame + "#### 1. Practice\n\n" + piece * (20_000 // len(piece))
    read_text(small)  # the first reading builds what later ones share
    assert calls(lambda: read_text(large)) <= 15 * calls(lambda: read_text(small))
