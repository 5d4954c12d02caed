"""Forms of the dialect that no known plan uses: each is counted as a reader would count it."""

from typing import Any

import pytest
import yaml
from checkout import ROOT

from pipelines.any_plan import read_text
from pipelines.commands.summary import summary

FORMS = ROOT / "tests/data/plans/forms.yaml"
HEAD = """# Lesson: Keeping Bees

**Module:** 2.1 Insects
**Slug:** keeping-bees
**Type:** BUILD

---
"""
ORIENT = """## Phase 1: Orient — Student State

| Concept | Depth | Source | Notes |
|---|---|---|---|
| Hives | DEVELOPED | hives (2.0.1) | core |
| Smoke | INTRODUCED | smoke (2.0.2) | seen |
"""
PREREQUISITES = """### Prerequisites

| Concept | Required Depth | Actual Depth | Source Lesson | Status | Reasoning |
|---|---|---|---|---|---|
| Hives | DEVELOPED | DEVELOPED | hives | OK | used |
| Smoke | DEVELOPED | INTRODUCED | smoke | GAP | needed |
"""
GAPS = """### Gap Resolution

| Gap | Size | Resolution |
|---|---|---|
| Smoke | Small | a recap |
"""
MISCONCEPTIONS = """### Misconceptions

| Misconception | Why Students Think This | Negative Example That Disproves It | Where to Address |
|---|---|---|---|
| Bees sleep all winter | it is cold | a warm hive in January | Hook |
| Honey spoils | food does | a jar from a tomb | Explain |
"""
EXAMPLES = """### Examples

| Example | Type | Purpose | Why This Example |
|---|---|---|---|
| a hive in spring | Positive | show growth | common |
| a jar of syrup | Negative | bound it | looks alike |
"""
DESIGN = "## Phase 3: Design\n"
MODALITIES = """### Modalities Planned

| Modality | What Specifically | Why This Modality for This Concept |
|---|---|---|
| Visual | a drawing | shape |
| Verbal/Analogy | a city | known |
"""
OUTLINE = """### Lesson Outline

#### 1. Hook

"What do bees do in winter?"

#### 2. Check

1. "Do bees sleep?" (Answer: no)
2. "Does honey spoil?" (Answer: no)

#### 3. Practice

**Exercise 1 (Guided): Light a smoker**
- do it

**Exercise 2 (Independent): Open a hive**
- do it
"""
CHECKLISTS = """## Checklists

- [x] Gaps resolved
- [ ] Modalities chosen
"""
REVIEW = """## Review — 2026-01-05 (Iteration 1/3)

### Summary
- Critical: 1
- Improvement: 1
- Polish: 1

### Verdict: MAJOR REVISION

### Findings

#### [CRITICAL] — Smoke is missing
**Location:** Section 1
**Issue:** no smoke

#### [IMPROVEMENT] — A drawing
**Issue:** none

#### [POLISH] — A word
**Issue:** none
"""
PARTS = {
    "head": HEAD,
    "orient": ORIENT,
    "analyze": "## Phase 2: Analyze\n",
    "prerequisites": PREREQUISITES,
    "gaps": GAPS,
    "misconceptions": MISCONCEPTIONS,
    "examples": EXAMPLES,
    "design": DESIGN,
    "modalities": MODALITIES,
    "outline": OUTLINE,
    "checklists": CHECKLISTS,
    "review": REVIEW,
}
FINDINGS = {"critical": 1, "improvement": 1, "polish": 1}
ROUND = {
    **{"iteration": 1, "of": 3, "date": "2026-01-05", "verdict": "MAJOR REVISION"},
    "findings": FINDINGS,
}
COUNTS: dict[str, Any] = {
    **{"type": "lesson", "title": "Keeping Bees", "slug": "keeping-bees", "load": "BUILD"},
    **{"student_concepts": 2, "prerequisites": 2, "gaps": 1, "misconceptions": 2},
    "examples": {"total": 2, "positive": 1, "negative": 1, "other": 0},
    **{"modalities": 2, "outline_sections": 3, "check_sections": 1, "check_questions": 2},
    "exercises": [{"level": "guided"}, {"level": "independent"}],
    "checklist": {"ticked": 1, "unticked": 1},
    "reviews": [ROUND],
    "lost": 0,
}


def written(**changed: str) -> str:
    """Return the plan with some parts written another way."""
    assert set(changed) <= set(PARTS)
    return "\n".join({**PARTS, **changed}.values())


def counts(text: str) -> dict[str, Any]:
    found = summary(*read_text(text), text)
    return {key: found[key] for key in COUNTS}


def test_the_plan_that_all_others_vary_is_counted_right() -> None:
    assert counts(written()) == COUNTS


def cases() -> list[Any]:
    """Return every case of forms.yaml with its part, and a name that says what is special."""
    forms = yaml.safe_load(FORMS.read_text(encoding="utf-8"))
    return [
        pytest.param(part, case, id=f"{part}-{number}")
        for part, found in forms.items()
        for number, case in enumerate(found)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("part", "case"), cases())
def test_other_ways_to_write_it_give_the_same_counts(part: str, case: dict[str, Any]) -> None:
    new = PARTS[part].replace(case["for"], case["write"]) if "for" in case else case["write"]
    assert counts(written(**{part: new})) == {**COUNTS, **case.get("counts", {})}, new
