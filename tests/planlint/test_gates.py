"""The rules of planning: each broken one is named at its line, and a sound plan breaks none."""

from dataclasses import replace

import pytest

from pipelines.any_plan import read_text
from pipelines.contracts.plan import ModuleLesson
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Src
from pipelines.planlint.rules import lint
from pipelines.planlint.texts import alike

SOUND = """\
# Lesson: Levers

**Slug:** `levers`
**Module:** 3.1 (Machines), **Position:** Lesson 2 of 3 in module
**Cognitive Load:** STRETCH (2 new concepts)

## Phase 1: Orient (Student State)

| Concept | Depth | Source | Notes |
|---|---|---|---|
| Weights | DEVELOPED | weights (3.1.1) | by hand |

## Phase 2: Analyze

### Prerequisites Table

| Concept | Required Depth | Actual Depth | Source Lesson | Status | Reasoning |
|---|---|---|---|---|---|
| Weights | DEVELOPED | DEVELOPED | weights (3.1.1) | OK | they hang on the lever |
| Ratios of lengths | INTRODUCED | MENTIONED | sums (1.2.3) | GAP (small) | both arms |

### Gap Resolution

| Gap | Size | Resolution |
|---|---|---|
| Ratios (MENTIONED, need INTRODUCED) | Small | a recap with two sticks |

### Misconceptions Table

| Misconception | Why They'd Think This | Negative Example That Disproves It | Where to Address |
|---|---|---|---|
| "A lever makes work" | it helps | the long end moves farther | Hook |
| "Longer is stronger" | doors | push at the hinge | Explain |
| "The middle is the pivot" | see-saws | a crowbar | Explain |

### Examples Planned

| Example | Type | Purpose | Why This Example |
|---|---|---|---|
| A see-saw | Positive | show balance | everybody has sat on one |
| A crowbar | Positive (stretch) | move the pivot | the other arm ratio |
| A rope | Negative | show what is no lever | it bends |

## Phase 3: Design

### Modalities Planned

| Modality | What Specifically | Why This Modality for This Concept |
|---|---|---|
| Visual | two arms | lengths are seen |
| Verbal/Analogy | trading | force against distance |
| Concrete example | a door | at hand |

### Cognitive Load Assessment

- **New concepts in this lesson:** 2 new concepts:
  1. Pivot (the point that rests)
  2. Moment -- force times arm
- **Previous lesson load:** weights was BUILD

### Connections to Prior Concepts

| New Concept | Connects To | How |
|---|---|---|
| Pivot | Weights (3.1.1) | it carries them |
| Moment | Ratios (1.2.3) | arms in proportion |

### Scope Boundaries

**This lesson IS about:**
- levers

**This lesson is NOT about:**
- pulleys

### Lesson Outline

#### 1. Hook

"Give me a place to stand."

#### 2. Practice

**Exercise 1 (Guided): Balance it**
- Hang two weights
- Predict-before-run: "Which side falls?" (Answer: the longer arm)

**Exercise 2 (Independent): Your own**
- Find a lever

## Checklists

### Pedagogical Design
- [x] At least 3 modalities planned, each with rationale (3 modalities: visual, verbal, concrete)
- [x] At least 2 positive examples + 1 negative example (2 positive + 1 negative)
- [x] At least 3 misconceptions with negative examples (3 misconceptions)
- [x] Two exercises

## Review — 2026-01-02 (Iteration 1/2)

### Summary
- Critical: 0
- Improvement: 1
- Polish: 1

### Verdict: NEEDS REVISION

### Findings

#### [IMPROVEMENT] — The door has no picture

**Location:** Section 1

#### [POLISH] — A comma

**Location:** Section 2
"""
SEQUENCE = tuple(
    ModuleLesson(src=Src(file="module.md", line=1, end=1), slug=slug, core=(), load=load)
    for slug, load in (("weights", "BUILD"), ("levers", "STRETCH"), ("pulleys", "BUILD"))
)


def problems_of(text: str, sequence: tuple[ModuleLesson, ...] = SEQUENCE) -> list[Problem]:
    plan, _ = read_text(text, "plan.md")
    return lint(plan, facts={}, citations={}, experiments={}, sequence=sequence, built=())


def test_a_sound_plan_breaks_no_rule() -> None:
    assert problems_of(SOUND) == []


BROKEN = [
    ("| Verbal/Analogy | trading | force against distance |\n", "", "ML501", "### Modalities"),
    ("| lengths are seen |", "| |", "ML502", "| Visual"),
    ("| A crowbar | Positive (stretch)", "| A crowbar | Boundary", "ML503", "### Examples"),
    ("| A rope | Negative", "| A rope | Positive", "ML503", "### Examples"),
    ("| show what is no lever |", "| |", "ML504", "| A rope"),
    ('| "Longer is stronger" | doors | push at the hinge | Explain |\n', "", "ML505", "### Misc"),
    ("| push at the hinge |", "| |", "ML506", '| "Longer'),
    ("| a recap with two sticks |", "| |", "ML507", "| Ratios (M"),
    ("| Ratios (MENTIONED, need INTRODUCED)", "| Angles", "ML508", "| Ratios of"),
    ("| GAP (small) | both", "| — | both", "", ""),
    (
        "weights (3.1.1) | OK | they",
        "weights (3.1.1) | MISSING | they",
        "ML508",
        "| Weights | DEVELOPED | D",
    ),
    ("STRETCH (2 new", "STRETCH (5 new", "ML509", "**Cognitive Load:**"),
    ("STRETCH (2 new", "STRETCH (3 new", "ML510", "- **New concepts in"),
    ("  2. Moment -- force times arm\n", "", "ML510", "  1. Pivot"),
    ("was BUILD", "was STRETCH", "", ""),
    ("| Moment | Ratios (1.2.3) | arms in proportion |", "| Moment | | |", "ML512", "| Moment"),
    ("  2. Moment -- force", "  2. Torsion -- force", "ML512", "  2. Torsion"),
    ("**This lesson is NOT about:**\n- pulleys\n", "", "ML513", "### Scope"),
    ("Verdict: NEEDS REVISION", "Verdict: PASS", "ML514", "### Verdict"),
    ("[IMPROVEMENT] —", "[CRITICAL] —", "ML515", "- Critical: 0"),
    ("- Polish: 1", "- Polish: 2", "ML515", "- Polish: 2"),
    ("(3 modalities:", "(4 modalities:", "ML516", "- [x] At least 3 mod"),
    ("(2 positive + 1", "(2 positive + 2", "ML516", "- [x] At least 2 pos"),
    ("At least 3 misconceptions", "At least 4 misconceptions", "ML516", "- [x] At least 4"),
    ("- [x] Two exercises", "- [x] Five exercises", "ML516", "- [x] Five"),
    ("- [x] Two exercises", "- [ ] Five exercises", "", ""),
    ("- [x] Two exercises", "- [x] No exercises are too hard", "", ""),
    ("Exercise 1 (Guided):", "Exercise 1:", "ML517", "**Exercise 1"),
    ('- Predict-before-run: "Which side falls?" (Answer: the longer arm)\n', "", "ML518", "**Exe"),
    ("a place to stand.", "a place -- to stand.", "ML519", '"Give me'),
    (
        "| Weights | DEVELOPED | weights (3.1.1)",
        "| W | DEVELOPED | wieghts (3.1.1)",
        "ML520",
        "| W ",
    ),
    ("a place to stand.", "a {lesson}`pulley (3.1.3)`.", "ML520", '"Give me'),
    ("a place to stand.", "a {lesson}`pulley (3.2.3)`.", "", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "place"), BROKEN)
def test_each_broken_rule_is_named_at_its_line(old: str, new: str, code: str, place: str) -> None:
    assert old in SOUND
    text = SOUND.replace(old, new, 1)
    found = problems_of(text)
    if not code:
        assert found == []
        return
    line = text[: text.index("\n" + place) + 1].count("\n") + 1
    mine = [problem for problem in found if problem.code == code]
    assert (mine[0].line, mine[0].severity) == (line, "warning")
    assert mine[0].remedy and mine[0].excerpt == text.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("### Modalities Planned", "ML501"),
        ("### Examples Planned", "ML503"),
        ("### Misconceptions Table", "ML505"),
        ("### Connections to Prior Concepts", "ML512"),
        ("### Scope Boundaries", "ML513"),
        ("### Cognitive Load Assessment", "ML510"),
    ],
)
def test_a_section_that_is_missing_altogether(heading: str, code: str) -> None:
    start = SOUND.index(heading)
    text = SOUND[:start] + SOUND[SOUND.index("\n#", start) + 1 :]
    text = text.replace(" (2 new concepts)", "")
    (problem,) = [one for one in problems_of(text) if one.code == code]
    assert "phase" in text.split("\n")[problem.line - 1].lower()


def test_gates_are_errors_where_the_exact_spelling_is_used() -> None:
    text = SOUND.replace("\n## Phase 1", "**Voice:** explicit\n\n## Phase 1", 1)
    text = text.replace("| lengths are seen |", "| |")
    (problem,) = [one for one in problems_of(text) if one.code == "ML502"]
    assert problem.severity == "error"


def test_stretch_after_stretch() -> None:
    first = replace(SEQUENCE[0], load="STRETCH")
    (problem,) = problems_of(SOUND, (first, *SEQUENCE[1:]))
    assert problem.code == "ML511" and "Cognitive Load" in problem.excerpt
    alone = (replace(SEQUENCE[1], slug="levers"),)
    assert [p.code for p in problems_of(SOUND.replace("was BUILD", "was STRETCH"), alone)] == [
        "ML520",
        "ML520",
        "ML511",
    ]


def test_a_shortfall_that_the_author_calls_ok_is_decided() -> None:
    text = SOUND.replace("| GAP (small) |", "| OK (small gap) |")
    text = text.replace("| Ratios (MENTIONED, need INTRODUCED)", "| Angles")
    assert problems_of(text) == []


def test_retracted_findings_do_not_count_for_the_verdict() -> None:
    text = SOUND.replace("The door has no picture", "The door has no picture (RETRACTED)")
    assert [p.code for p in problems_of(text)] == ["ML514"]
    text = text.replace("NEEDS REVISION", "PASS").replace("Improvement: 1", "Improvement: 0")
    assert problems_of(text) == []


def test_columns_mark_the_words() -> None:
    (problem,) = problems_of(SOUND.replace("a place to stand.", "a place -- to stand."))
    assert problem.excerpt[problem.column - 1 : problem.end_column - 1] == " -- "
    (problem,) = problems_of(SOUND.replace("place to stand", "17 places"))
    assert problem.excerpt[problem.column - 1 : problem.end_column - 1] == "17"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ratios", "Ratio of two lengths", True),
        ("GAN / adversarial training (a note)", "GAN/adversarial training", True),
        ("Probability flow ODE", "Score function", False),
        ("", "Score", False),
        ("the concept", "a concept", False),
    ],
)
def test_names_that_are_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize(("number", "found"), [("2", []), ("1", [4]), ("9", [4]), ("two", [4])])
def test_a_second_sitting_begins_with_a_section_and_not_the_first(
    number: str, found: list[int]
) -> None:
    head = f"# Lesson: Levers\n\n**Slug:** `levers`\n**Second Sitting:** {number}\n"
    phases = "\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n### Lesson Outline\n"
    text = f"{head}{phases}\n#### 1. One\n\n#### 2. Two\n"
    plan, _ = read_text(text, "plan.md")
    problems = lint(plan, facts={}, citations={}, experiments={})
    assert [one.line for one in problems if one.code == "ML324"] == found
