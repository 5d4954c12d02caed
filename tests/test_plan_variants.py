"""Each way to write a thing that the dialect knows, on made-up plans."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from pipelines.contracts.plan import (
    Callout,
    Card,
    Cards,
    Comparison,
    Exercise,
    GapSize,
    LessonPlan,
    Level,
    Model,
    ModulePlan,
    Outline,
    OutlineNotation,
    Question,
    Review,
    Section,
    SectionKind,
    Text,
    walk,
)
from pipelines.contracts.problems import Problem
from pipelines.plan.coverage import lost
from pipelines.plan.reader import read_plan, read_text
from pipelines.plan.reading import plain
from pipelines.plan.titles import read_title
from pipelines.plan.vocabulary import read_depth, read_fix, read_outcome, read_status

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


# --- titles and metadata ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title", "slug", "module", "number"),
    [
        ("Lesson: Deep Wells", "Deep Wells", "", "", None),
        ("Lesson Plan: Deep Wells", "Deep Wells", "", "", None),
        ("Lesson 4: Deep Wells", "Deep Wells", "", "", 4),
        ("Lesson Planning: Deep Wells", "Deep Wells", "", "", None),
        ("deep-wells -- Lesson Planning Document", "deep-wells", "deep-wells", "", None),
        ("Deep Wells (deep-wells) -- Planning Document", "Deep Wells", "deep-wells", "", None),
        ("Lesson: Deep Wells (7.3.3)", "Deep Wells", "", "7.3", 3),
        ("Lesson Planning: Deep Wells (Module 1.3, Lesson 5)", "Deep Wells", "", "1.3", 5),
        ("Module 7.3: Deep Wells -- Plan", "Deep Wells", "", "7.3", None),
        ("Deep Wells — Planning Document", "Deep Wells", "", "", None),
        ("Deep Wells  Planning Document", "Deep Wells", "", "", None),
        ("Wells, Deep and Not", "Wells, Deep and Not", "", "", None),
    ],
)
def test_title(written: str, title: str, slug: str, module: str, number: int | None) -> None:
    found = read_title(written)
    assert (found.title, found.slug, found.module, found.lesson) == (title, slug, module, number)


def test_a_damaged_title_is_read_right() -> None:
    plan = lesson(f"# Lesson: Wells â€” and Pumps{PHASES}")
    assert plan.title == "Wells — and Pumps"
    assert "â€”" in plan.segments[0].raw


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("**Module:** 2.2 (Water) — Lesson 3 of 3", "lesson_number", 3),
        ("**Module:** 2.2 (Water), **Position:** Lesson 7 of 9 in series, Lesson 1 of 3 in module",
         "lesson_number", 1),
        ("**Module:** 2.1 Water | **Type:** BUILD", "module_name", "Water"),
        ("**Position:** 5 of Series 6 (first lesson of module 6.2)", "module_number", "6.2"),
        ("**Position:** 1 of 4", "lesson_number", 1),
        ("**Slug:** deep-wells", "slug", "deep-wells"),
        ("**Slug:** `deep-wells`", "slug", "deep-wells"),
        ("**Cognitive load type:** STRETCH (two new)", "load", "STRETCH"),
        ("**Load Type:** CONSOLIDATE / PROJECT", "load", "CONSOLIDATE"),
        ("**Type:** PROJECT (STRETCH)", "load", "PROJECT"),
        ("**Type:** Interactive web lesson\n**Cognitive Load:** BUILD", "load", "BUILD"),
        ("**Status:** Built, **not** shown", "status", "Built, **not** shown"),
        ("- **Next lesson:** pumps", "next", "pumps"),
    ],
)  # fmt: skip
def test_metadata(written: str, field: str, value: object) -> None:
    assert getattr(lesson(f"# Lesson: X\n\n{written}{PHASES}").meta, field) == value


# --- phase 1 and the tables ---------------------------------------------------------------------

ROWS = "| Concept | Depth | {} |\n|---|---|---|\n| Ropes | DEVELOPED | ropes (1.2) |\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Phase 1: Orient — Student State",
        "Phase 1: Student State (Orient)",
        "Student State",
        "Phase 1: Orient (Student State)",
        "Phase 1: Orient -- Student State",
        "Phase 1: Orient",
        "Phase 1: Orient --- Student State",
        "Phase 1: Student State",
        "Orient",
    ],
)
@pytest.mark.parametrize("under", ["", "### Student State\n\n", "### Relevant Concepts\n\n"])
def test_spellings_of_phase_one(heading: str, under: str) -> None:
    text = f"# Lesson: X\n\n## {heading}\n\n{under}{ROWS.format('Source')}{PHASES}"
    (concept,) = lesson(text).student.concepts
    assert plain(concept.name) == "Ropes" and concept.sources[0].number == "1.2"


@pytest.mark.parametrize("column", ["Source", "Source Lesson", "How Established"])
def test_synonyms_of_the_source_column(column: str) -> None:
    plan = lesson(f"# Lesson: X\n\n## Student State\n\n{ROWS.format(column)}{PHASES}")
    assert plan.student.concepts[0].source_raw == "ropes (1.2)"


@pytest.mark.parametrize("column", ["Notes", "Relevance", "How It's Relevant Here"])
def test_synonyms_of_the_notes_column(column: str) -> None:
    plan = lesson(f"# Lesson: X\n\n## Student State\n\n{ROWS.format(column)}{PHASES}")
    assert plain(plan.student.concepts[0].note) == "ropes (1.2)"


@pytest.mark.parametrize(
    ("header", "how"),
    [
        ("New Concept | Connects To | How", "by hand"),
        ("Prior Concept | Connection | Risk of Misleading?", "pull"),
        ("Existing Concept | This Lesson | Relationship", "by hand"),
    ],
)
def test_connections_in_either_direction(header: str, how: str) -> None:
    table = f"| {header} |\n|---|---|---|\n| rope | pull | by hand |\n"
    plan = lesson(f"# Lesson: X{PHASES}### Connections to Prior Concepts\n\n{table}")
    (row,) = plan.design.connections
    assert how in plain(row.how) and (row.new or row.prior)


@pytest.mark.parametrize("header", ["Gap | Size | Action", "Concept | Gap Size | Resolution"])
def test_gap_tables(header: str) -> None:
    table = f"| {header} |\n|---|---|---|\n| knots | Small (a page) | a recap |\n"
    (gap,) = lesson(f"# Lesson: X{PHASES}### Gap Resolution\n\n{table}").gaps
    assert (gap.size, gap.size_raw) == (GapSize.SMALL, "Small (a page)")
    assert (plain(gap.concept), plain(gap.resolution)) == ("knots", "a recap")


@pytest.mark.parametrize(
    ("cell", "healed"),
    [("P(A | B) is used", True), ("KL(a || b) is used", True), ("q(x_t|x_0) is used", True),
     ("|x| is a length", True), ("left | right", False)],
)  # fmt: skip
def test_ragged_rows(cell: str, healed: bool) -> None:
    """A bar of mathematics is explained; any other surplus goes to the last cell."""
    header = "| Concept | Required Depth | Actual Depth | Source | Status | Reasoning |"
    row = f"| odds | INTRODUCED | DEVELOPED | odds (1.2) | {cell} | fine |"
    text = f"# Lesson: X{PHASES}### Prerequisites\n\n{header}\n|---|---|---|---|---|---|\n{row}\n"
    (found,) = lesson(text).prerequisites
    assert (plain(found.reasoning) == "fine") is healed
    assert [problem.code for problem in problems_of(text)] == ["ML203"]


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "level", "second"),
    [
        ("DEVELOPED (assumed)", "developed", None),
        ("DEVELOPED/INTRODUCED", "developed", "introduced"),
        ("DEVELOPED -> APPLIED", "developed", "applied"),
        ("DEVELOPED (Adam) / MENTIONED (AdamW)", "developed", "mentioned"),
        ("GAP (MENTIONED)", "mentioned", None),
        ("NOT TAUGHT", "missing", None),
        ("MISSING", "missing", None),
        ("assumed (SWE background)", "developed", None),
        ("—", "unknown", None),
        ("(mental model)", "unknown", None),
    ],
)
def test_depth(raw: str, level: str, second: str | None) -> None:
    assert (read_depth(raw).level, read_depth(raw).second) == (level, second)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("OK", "ok"),
        ("OK (small gap)", "ok"),
        ("**GAP**", "gap"),
        ("GAP (small)", "gap"),
        ("MISSING", "missing"),
        ("—", "unknown"),
    ],
)
def test_status(raw: str, status: str) -> None:
    assert read_status(raw) == status


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        ("NEEDS REVISION → REVISED", "needs revision"),
        ("PASS (with polish notes)", "pass"),
        ("PASS with notes", "pass"),
        ("MAJOR REVISION", "major revision"),
        ("?", "unknown"),
    ],
)
def test_verdict(raw: str, outcome: str) -> None:
    assert read_outcome(raw) == outcome


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        ("FIXED — prose", "fixed"),
        ("RESOLVED", "fixed"),
        ("YES", "fixed"),
        ("Fixed", "fixed"),
        ("SKIPPED (intentional)", "accepted"),
        ("NOT FIXED (accepted)", "accepted"),
        ("NOT ADDRESSED", "open"),
        ("STILL OPEN", "open"),
        ("PARTIALLY FIXED", "partly"),
        ("PARTIALLY RESOLVED", "partly"),
        ("DEFERRED", "accepted"),
        ("NON-ISSUE", "retracted"),
        ("RETRACTED", "retracted"),
        ("", "unknown"),
    ],
)
def test_fix_status(raw: str, outcome: str) -> None:
    assert read_fix(raw) == outcome


# --- outlines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "notation"),
    [
        ("#### 1. Hook\n\nOne.\n\n#### 2. Explain\n\n1. a\n2. b\n\n#### 3. Recap\n\nc\n",
         OutlineNotation.HEADING),
        ("**1. Hook** (~2 min)\n\nOne.\n\n**2. Explain**\n\n**1. a**\n\n**2. b**\n\n**3. Recap**"
         "\n\nc\n", OutlineNotation.BOLD),
        ("1. **Hook** — One.\n2. **Explain**\n   1. **a**\n   2. **b**\n3. **Recap** — c\n",
         OutlineNotation.LIST),
        ("1. **Hook** — One.\n2. **Explain**\n\nText between.\n\n1. **a**\n2. **b**\n\n"
         "3. **Recap** — c\n", OutlineNotation.LIST),
        ("1. Hook — One.\n2. Explain — a, b\n3. Recap — c\n", OutlineNotation.LIST),
    ],
)  # fmt: skip
def test_inner_numbers_that_restart_are_no_sections(body: str, notation: OutlineNotation) -> None:
    found = outline(body)
    assert found.notation is notation
    assert [(one.number, plain(one.title)) for one in found.sections] == [
        ("1", "Hook"),
        ("2", "Explain"),
        ("3", "Recap"),
    ]


@pytest.mark.parametrize(
    "head", ["**2a. Ropes**", "**Part A: Ropes**", "**A. Ropes**", "**(a) Ropes**"]
)
def test_sub_sections(head: str) -> None:
    found = outline(f"**1. Hook**\n\nOne.\n\n**2. Explain**\n\n{head} (~3 min)\n\nText.\n")
    assert [one.number for one in found.sections] == ["1", "2"]
    kinds = [node.type for node in found.sections[1].nodes]
    assert kinds == ["subheading", "paragraph"]


def test_a_sub_section_with_a_heading_of_its_own() -> None:
    found = outline("#### 4. Explain\n\nOne.\n\n#### 4a. Ropes\n\nTwo.\n\n#### 5. Check\n")
    assert [one.number for one in found.sections] == ["4", "5"]
    assert [node.type for node in found.sections[0].nodes] == [
        "paragraph",
        "subheading",
        "paragraph",
    ]


def test_a_revised_outline() -> None:
    body = "#### 1. Hook\n\nOne.\n\n### Revised Section Outline\n\n#### 1. Hook (kept as-is)\n\n"
    plan = lesson(FRAME + body + "#### 2. Explain (NEW)\n\nTwo.\n")
    assert plan.design.outline and len(plan.design.outline.sections) == 1
    assert plan.design.outline_revised
    assert [one.decorations for one in plan.design.outline_revised.sections] == [
        ("kept as-is",),
        ("NEW",),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Check #2", SectionKind.CHECK),
        ("Transfer Questions", SectionKind.CHECK),
        ("Predict-and-verify: rain", SectionKind.CHECK),
        ("Explain: Gradient checkpointing", SectionKind.EXPLAIN),
        ("Quick Recap", SectionKind.RECAP),
        ("Next step", SectionKind.NEXT),
    ],
)
def test_kind_of_section(title: str, kind: SectionKind) -> None:
    assert section("Text.", title).kind is kind


# --- questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "prompt", "answer"),
    [
        ('"Deep?"\n\nAnswer: very.', "Deep?", "very."),
        ('"Deep?"\n\n**Expected answer:** very.', "Deep?", "very."),
        ('"Deep?"\n\n`<details>` Reveal: very.', "Deep?", "very."),
        ('- "Deep?"\n  - Expected reasoning: very.', "Deep?", "very."),
        ('1. "Deep?" (very (indeed))', "Deep?", "very (indeed)"),
        ('1. "Deep?" (Answer: very (as f(x, (y)) is).)', "Deep?", "very (as f(x, (y)) is)."),
        ('1. "Deep?" Reveal: very.', "Deep?", "very."),
        ("1. Deep?\n\n   Answer: very.", "Deep?", "very."),
    ],
)
def test_answers(written: str, prompt: str, answer: str) -> None:
    (question,) = of_type(section(written, "Check"), Question)
    assert plain(question.prompt[0].spans) == prompt
    assert plain(question.answer[0].spans) == answer


@pytest.mark.parametrize(
    "written",
    [
        '1. "Three ropes: (a) which is wet? (b) which is old?" (Answer: (a) one, (b) two.)',
        '1. "Three ropes:"\n   - (a) which is wet?\n   - (b) which is old?\n   - Answer: one.',
    ],
)
def test_parts_of_a_question(written: str) -> None:
    (question,) = of_type(section(written, "Check"), Question)
    assert plain(question.prompt[0].spans).startswith("Three ropes")
    assert [(part.label, plain(part.spans)) for part in question.parts] == [
        ("a", "which is wet?"),
        ("b", "which is old?"),
    ]
    answers = [words(part.answer) for part in question.parts]
    assert (answers, words(question.answer)) in (
        (["one", "two."], ""),
        (["", ""], "one."),
    )


def test_a_follow_up_belongs_to_its_question() -> None:
    written = '1. "Deep?" (Answer: yes.)\n   - Follow-up: "How deep?" (Answer: very.)\n2. "Wet?"'
    questions = of_type(section(written, "Check"), Question)
    assert len(questions) == 2
    assert [plain(one.spans) for one in questions[0].answer] == ["yes.", "very."]
    assert questions[1].answer == ()


def test_an_imperative_in_a_check_asks() -> None:
    questions = of_type(section("1. Explain the knot.\n2. Sketch it.", "Check"), Question)
    assert len(questions) == 2


@pytest.mark.parametrize(
    "written",
    [
        '"How deep is it?" (Answer: very.)',
        '- "How deep?" (Answer: very.)',
        "How deep is it? Answer: very.",
        "How deep is it? Expected: very.",
    ],
)
def test_a_question_outside_a_check(written: str) -> None:
    (question,) = of_type(section(written, "Hook"), Question)
    assert plain(question.answer[0].spans) == "very."


# --- exercises ----------------------------------------------------------------------------------

NOTATIONS = {
    "A": "**Exercise 1 (Guided): Tie**\n- once\n\n**Exercise 2 (Independent): Untie**\n- twice\n",
    "A lost": "**Exercise 1 (Guided)  Tie**\n- once\n\n**Exercise 2 (Independent)  Untie**\n",
    "A heading": "##### Exercise 1 (Guided): Tie\n\n- one\n\n##### Exercise 2 (Independent): Undo",
    "A after": "**Exercise 1: Tie (Guided)**\n- once\n\n**Exercise 2: Untie [Independent]**\n",
    "A2": "**Exercise 1 (Guided):** Tie\n\n**Exercise 2 (Independent):** Untie\n",
    "B": "- **Exercise 1 (Guided): Tie.** Once.\n- **Exercise 2 (Independent): Untie.** Twice.\n",
    "C": "1. **(Guided) Tie:** once\n2. **(Independent) Untie:** twice\n",
    "D": "- Exercise 1 (guided): Tie. Once.\n- Exercise 2 (independent): Untie. Twice.\n",
    "E": "- **Guided:** Tie.\n- **Independent:** Untie.\n",
    "F": "1. **Tie** -- once (guided)\n2. **Untie** -- twice (independent)\n",
    "F trailing": "1. **Tie** -- once\n2. **Untie** -- twice\n\n"
    "Scaffolding level: Guided for exercise 1, Independent for 2.\n",
    "F arrows": "Design: Guided -> Independent.\n\n1. **Tie** -- once\n2. **Untie** -- twice\n",
    "G": "**Part 1: Tie (Guided)**\n- once\n\n**Part 2: Untie (Independent)**\n- twice\n",
    "G table": "| Exercise | Level | Task |\n|---|---|---|\n| 1: Tie | Guided | once |\n"
    "| 2: Untie | Independent | twice |\n",
    "H": "We (1) tie a knot (guided); (2) untie it (independent).\n",
    "other": "Guided for exercise 1, Independent for 2.\n\n1. Tie it once.\n2. Untie it.\n",
}


@pytest.mark.parametrize("name", NOTATIONS)
def test_notations_of_exercises(name: str) -> None:
    one, two = of_type(section(NOTATIONS[name], "Practice (Notebook)"), Exercise)
    assert (one.level, two.level) == (Level.GUIDED, Level.INDEPENDENT)
    assert "tie" in (plain(one.title) + str(one.nodes)).lower()
    if name != "E":
        assert (one.number, two.number) == (1, 2)


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ("Guided -> Scaffolded", Level.GUIDED),
        ("Scaffolded", Level.SUPPORTED),
        ("Minimal scaffolding", Level.INDEPENDENT),
        ("Stretch", Level.INDEPENDENT),
    ],
)
def test_levels(raw: str, level: Level) -> None:
    (found,) = of_type(section(f"**Exercise 1 ({raw}): Tie**\n- once", "Practice"), Exercise)
    assert (found.level, found.level_raw) == (level, raw)
    assert found.stretch is (raw == "Stretch")


def test_fields_of_an_exercise() -> None:
    body = (
        "**Exercise 1 (Guided): Tie**\n- once\n"
        '- Predict-before-run: "Will it hold (twice)?" (Answer: Yes (if dry).)\n'
        "- What it tests: hands. Depth: APPLIED for knots.\n- Purpose: to hold\n"
        "- Key insight: friction holds\n- Expected result: a knot\n- Bonus: two knots\n\n"
        "Predict: how long? Answer: a minute.\n"
    )
    (found,) = of_type(section(body, "Practice"), Exercise)
    assert [plain(one.question) for one in found.predictions] == [
        "Will it hold (twice)?",
        "how long?",
    ]
    assert plain(found.predictions[0].answer) == "Yes (if dry)."
    assert plain(found.tests) == "hands. Depth: APPLIED for knots."
    assert (plain(found.purpose), plain(found.key_insight)) == ("to hold", "friction holds")
    assert (plain(found.expected), plain(found.bonus)) == ("a knot", "two knots")
    assert [node.type for node in found.nodes] == ["list"]


@pytest.mark.parametrize(
    "prose",
    [
        "Exercise 2 builds on the knot of before.",
        "Exercises 1-2 are cumulative.",
        "The exercise (guided) is short.",
        "Part 2 of the rope is wet.",
    ],
)
def test_prose_about_exercises_is_none(prose: str) -> None:
    assert of_type(section(prose, "Practice"), Exercise) == []


# --- layout blocks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title", "aside"),
    [
        ('InsightBlock: "Wet ropes." They slip.', "Wet ropes", False),
        ('InsightBlock (aside): "Wet ropes." They slip.', "Wet ropes", True),
        ("InsightBlock (the trouble with rain): They slip.", "the trouble with rain", False),
        ('**InsightBlock -- "Wet ropes":** They slip.', "Wet ropes", False),
        ('InsightBlock addressing misconception #2: "Wet ropes." They slip.', "Wet ropes", False),
        ('GradientCard or InsightBlock: "Wet ropes." They slip.', "Wet ropes", False),
    ],
)
def test_call_of_a_block(written: str, title: str, aside: bool) -> None:
    (found,) = [
        node for node in section(written, "Explain").nodes if isinstance(node, Callout | Card)
    ]
    assert plain(found.title) == title and "They slip." in str(found.nodes)
    assert aside is (isinstance(found, Callout) and found.aside)


@pytest.mark.parametrize(
    "name",
    [
        "Insight",
        "Warning",
        "Tip",
        "TryThis",
        "Concept",
        "Constraint",
        "Summary",
        "NextStep",
        "ModuleComplete",
        "SeriesComplete",
    ],
)
def test_every_block_has_a_kind(name: str) -> None:
    (found,) = of_type(section(f'{name}Block: "Rope."', "Explain"), Callout)
    assert plain(found.title) == "Rope"


@pytest.mark.parametrize(
    "written",
    [
        "GradientCard grid:\n1. **Rope** (amber) -- wet\n2. **Chain** (violet) -- dry\n",
        "GradientCards:\n- Amber (Rope): wet\n- Violet (Chain): dry\n",
    ],
)
def test_grid_of_cards(written: str) -> None:
    (found,) = of_type(section(written, "Explain"), Cards)
    assert [(plain(card.title), card.colour) for card in found.cards] == [
        ("Rope", "amber"),
        ("Chain", "violet"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "ComparisonRow: Rope vs Chain\n\n| | Rope | Chain |\n|-|-|-|\n| . | slips | rusts |\n",
        "ComparisonRow:\n- Left: Rope -- slips\n- Right: Chain -- rusts\n",
        "ComparisonRow: Rope vs Chain\n- Rope: slips\n- Chain: rusts\n",
    ],
)
def test_comparison(written: str) -> None:
    (found,) = of_type(section(written, "Explain"), Comparison)
    assert [plain(column) for column in found.columns] == ["Rope", "Chain"]
    assert [plain(cell) for cell in found.rows[0]][-2:] == ["slips", "rusts"]


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

:::{tests}
hands
:::

:::{bonus}
twice
:::
:::::
"""


def bare(value: object) -> object:
    """What a plan says, without where and how it was written."""
    if isinstance(value, Model):
        skipped = {"src", "answer_form", "level_raw"}
        names = [name for name in type(value).model_fields if name not in skipped]
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
