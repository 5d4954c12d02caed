"""What tests of the normal form share: a plan around an outline, and what must hold of any."""

from pipelines.any_plan import read_text
from pipelines.contracts.plan import LessonPlan
from pipelines.planwriter.format import format_text, plan_content
from pipelines.planwriter.repair import repair_text

OUTLINE = """\
# Lesson: Knots

**Slug:** `knots`

## Phase 2: Analyze

### Misconceptions

| Misconception | Why They'd Think This | Negative Example | Where |
|---|---|---|---|
| "Thicker holds better" | it looks so | P(A | B) of wet rope | 2 |

## Phase 3: Design

### Lesson Outline

{body}

## Review — 2026-01-01 (Iteration 1/1)

### Verdict: PASS
"""


def check(text: str) -> str:
    """Hold a plan against its normal form; return it."""
    plan, _ = read_text(repair_text(text))
    written = format_text(text)
    again, _ = read_text(written)
    assert plan_content(again) == plan_content(plan)
    assert format_text(written) == written
    if isinstance(plan, LessonPlan):
        assert again.meta.explicit_voice and again.guesses == ()
    return written
