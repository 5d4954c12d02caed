"""The parts of the typed model that no count of a summary shows."""

from pathlib import Path

import pytest

from pipelines.any_plan import read_text
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import Dialect, LessonPlan, ModulePlan
from pipelines.contracts.planning import Direction, FixOutcome, GapSize, Severity
from pipelines.contracts.spans import Depth, DepthLevel, Text
from pipelines.plan.coverage import lost
from pipelines.plan.inline import plain
from pipelines.planlint.concepts import concept_index
from pipelines.planwriter.format import format_text, plan_content

PHASES = "\n\n## Phase 2: Analyze\n\n{}\n\n## Phase 3: Design\n\n{}\n"


def lesson(analyze: str = "", design: str = "", *, head: str = "", after: str = "") -> LessonPlan:
    text = f"# Lesson: X\n\n{head}" + PHASES.format(analyze, design) + after
    plan, _ = read_text(text)
    assert isinstance(plan, LessonPlan) and lost(plan) == 0 and plan.leftover == ()
    again, _ = read_text(format_text(text))
    assert plan_content(again) == plan_content(plan)
    return plan


def words(value: object) -> str:
    return " ".join(one.text for one in walk(value) if isinstance(one, Text))


@pytest.mark.parametrize(
    ("bold", "name"),
    [('"Never so"', "Never so"), ('"A" and its opposite, "B"', '"A" and its opposite, "B"')],
)
def test_a_name_loses_the_quotation_marks_around_it_and_no_others(bold: str, name: str) -> None:
    text = f"# Module: M\n\n## Module-Level Misconceptions\n\n- **{bold}** -- It is otherwise.\n"
    plan, _ = read_text(text)
    assert isinstance(plan, ModulePlan)
    found = [(one.name, words(one.spans)) for one in plan.misconceptions]
    assert found == [(name, "It is otherwise.")]


def practice(body: str) -> list[Exercise]:
    plan = lesson(design=f"### Lesson Outline\n\n#### 1. Practice\n\n{body}")
    return [one for one in walk(plan.design.outline) if isinstance(one, Exercise)]


def question(body: str) -> Question:
    plan = lesson(design=f"### Lesson Outline\n\n#### 1. Check\n\n{body}")
    (found,) = (one for one in walk(plan.design.outline) if isinstance(one, Question))
    return found


@pytest.mark.parametrize(
    ("position", "places"),
    [
        ("Lesson 4 of 6", [(4, 6, "", "")]),
        ("2 of 2+", [(2, 2, "", "")]),
        ("Lesson 5 of Series 6 (first lesson of Module 6.2)",
         [(5, None, "series", "6"), (1, None, "module", "6.2")]),
        ("Lesson 6 of 11 in series, Lesson 1 of 3 in module",
         [(6, 11, "series", ""), (1, 3, "module", "")]),
        ("somewhere", []),
    ],
)  # fmt: skip
def test_a_position_names_places(position: str, places: list[tuple]) -> None:
    meta = lesson(head=f"**Position:** {position}").meta
    assert [(one.n, one.of, one.scope, one.number) for one in meta.places] == places
    assert meta.position == position


def test_a_type_that_is_no_load_is_kept() -> None:
    assert lesson(head="**Type:** Survey / Landscape").meta.type == "Survey / Landscape"
    assert lesson(head="**Authors:** Jo Doe, Ada B").meta.author == "Jo Doe, Ada B"


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("Small (one paragraph)", GapSize.SMALL),
        ("Small-to-Medium", GapSize.SMALL_TO_MEDIUM),
        ("Trivial", GapSize.TRIVIAL),
        ("Large", GapSize.LARGE),
        ("?", GapSize.UNKNOWN),
    ],
)
def test_gaps_have_a_size(written: str, size: GapSize) -> None:
    table = f"### Gaps\n\n| Gap | Size | Resolution |\n|---|---|---|\n| a | {written} | b |\n"
    (gap,) = lesson(table).gaps
    assert (gap.size, gap.size_raw) == (size, written)


def test_a_status_has_a_size() -> None:
    head = "| Concept | Required Depth | Actual Depth | Source | Status | Reasoning |"
    row = "| a | DEVELOPED | INTRODUCED | b | OK (small gap) | c |"
    table = f"### Prerequisites\n\n{head}\n|---|---|---|---|---|---|\n{row}\n"
    (found,) = lesson(table).prerequisites
    assert (found.status.value, found.size, found.computed_gap) == ("ok", GapSize.SMALL, True)


@pytest.mark.parametrize(
    ("head", "direction"),
    [
        ("New Concept | Prior Concept | How | Risk of Misleading?", Direction.NEW_TO_PRIOR),
        ("Prior Concept | New Concept | How | Risk of Misleading?", Direction.PRIOR_TO_NEW),
    ],
)
def test_a_connection_has_a_direction_and_a_risk(head: str, direction: Direction) -> None:
    table = f"### Connections\n\n| {head} |\n|---|---|---|---|\n| a | b | c | low |\n"
    (found,) = lesson(design=table).design.connections
    assert (found.direction, plain(found.risk), plain(found.how)) == (direction, "low", "c")


def test_an_example_has_a_role() -> None:
    head = "### Examples\n\n| Example | Type | Purpose |\n|---|---|---|\n"
    table = f"{head}| a | Positive (bridge) | b |\n"
    (found,) = lesson(table).examples
    assert (found.polarity.value, found.role) == ("positive", "bridge")


def test_an_exercise_tells_depths_needs_notes_and_hints() -> None:
    (found,) = practice(
        "**Exercise 2 (Guided): Tie**\n- tie; this builds on Exercise 1\n"
        "- What it tests: hands. Depth: APPLIED for knots.\n- Note: keep it dry\n"
        "- Hint: start left\n"
    )
    assert [(one.depth.level, plain(one.concept)) for one in found.depths] == [
        (DepthLevel.APPLIED, "knots")
    ]
    assert [(one.kind, one.number) for one in found.depends_on] == [("exercise", 1)]
    assert (words(found.notes), words(found.hints)) == ("keep it dry", "start left")


@pytest.mark.parametrize(
    ("body", "parts", "whole"),
    [
        ("1. Ropes: (a) wet? (Answer: one) (b) old? (Answer: two)", ["one", "two"], ""),
        ("1. Ropes: (a) wet? Expected: one (b) old? Expected: two", ["one", "two"], ""),
        ("1. Ropes: (a) wet? (b) old? (Answer: (a) one (b) two)", ["one", "two"], ""),
        ("1. Ropes: (a) wet? (b) old? Reveal: (a) one (b) two", ["one", "two"], ""),
        ("1. Ropes: (a) wet? (b) old? (Answer: both)", ["", ""], "both"),
        ("1. Ropes:\n   - (a) wet? (one)\n   - (b) old? (two)", ["one", "two"], ""),
        ("1. Ropes:\n   - (a) wet?\n     - Answer: one\n   - (b) old?\n     - Answer: two",
         ["one", "two"], ""),
        ("1. Ropes:\n   - (a) wet?\n   - (b) old?\n   - Answer: both", ["", ""], "both"),
    ],
)  # fmt: skip
def test_answers_go_to_the_part_that_they_answer(body: str, parts: list[str], whole: str) -> None:
    found = question(body)
    assert [words(part.answer) for part in found.parts] == parts
    assert words(found.answer) == whole


def test_sub_sections_are_named() -> None:
    body = "#### 4. Explain\n\n**4a. First half**\n\nText.\n\n**Part B: Second half**\n\nMore.\n"
    plan = lesson(design=f"### Lesson Outline\n\n{body}")
    assert plan.design.outline
    found = plan.design.outline.sections[0].subsections
    assert [(one.label, plain(one.title)) for one in found] == [
        ("4a", "First half"),
        ("Part B", "Second half"),
    ]


def test_sections_kept_as_they_were_are_filled_from_the_first_outline() -> None:
    plan = lesson(
        design="### Lesson Outline\n\n#### 1. Hook\n\nA boat sinks.\n\n#### 2. Explain\n\nOld.\n\n"
        "### Revised Section Outline\n\n#### 1. Hook (kept as-is)\n\n#### 2. Explain\n\nNew.\n"
    )
    assert plan.design.outline and plan.design.outline_revised
    hook, explain = plan.design.outline_revised.sections
    assert words(hook.nodes) == "A boat sinks."
    assert hook.taken_over == plan.design.outline.sections[0].src
    assert (words(explain.nodes), explain.taken_over) == ("New.", None)


def test_what_came_after_the_plan_is_typed() -> None:
    plan = lesson(
        after="## What Was Actually Built\n\nA page.\n\n## Revision — 2026-02-01\n\nShorter.\n\n"
        "## Fixes Applied — 2026-02-02 (Post-Iteration 2)\n\n- [POLISH] A word — FIXED\n\n"
        "## Widget Specification: Winch\n\n**Controls:** a crank\n"
    )
    assert words(plan.built[0].nodes) == "A page." and plan.dialect is Dialect.RETROACTIVE
    assert (plan.revisions[0].date, words(plan.revisions[0].nodes)) == ("2026-02-01", "Shorter.")
    (fixes,) = plan.fix_passes
    (check,) = fixes.checks
    assert (fixes.date, fixes.iteration) == ("2026-02-02", 2)
    assert (check.severity, check.outcome) == (Severity.POLISH, FixOutcome.FIXED)
    (widget,) = plan.widget_specs
    assert widget.name == "Winch" and words(widget.fields["Controls"]) == "a crank"
    assert plan.extra == () and plan.reviews == ()


def test_checklist_items_tell_counts_and_remarks() -> None:
    (item,) = lesson(after="## Checklist\n\n- [x] At least 3 misconceptions (all new)\n").checklist
    assert item.parenthesis == "all new" and item.claim
    assert (item.claim.count, item.claim.at_least, item.claim.of) == (3, True, "misconceptions")


def test_an_abbreviation_names_the_same_concept(tmp_path: Path) -> None:
    scope = "### Scope Boundaries\n\n**Depth targets:**\n- {}: DEVELOPED\n"
    plans = [
        lesson(design=scope.format("Low-Rank Adaptation (LoRA)"), head="**Slug:** one-lesson"),
        lesson(design=scope.format("LoRA"), head="**Slug:** two-lesson"),
    ]
    index = concept_index(plans)
    assert len(index.concepts) == 1
    assert index.key("the LoRA") == index.key("low rank adaptations")


def test_a_depth_keeps_its_words() -> None:
    assert Depth(level=DepthLevel.APPLIED, raw="APPLIED").level.rank == 4
