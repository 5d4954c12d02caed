"""Each way to write a thing that the dialect knows: titles, metadata, tables, their cells."""

from __future__ import annotations

import pytest
from plan_samples import PHASES, lesson, problems_of

from pipelines.contracts.planning import GapSize
from pipelines.plan.inline import plain
from pipelines.plan.meta import read_title
from pipelines.plan.vocabulary import read_depth, read_fix, read_outcome, read_status

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
