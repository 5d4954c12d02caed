"""Normal form of single lines: marks of emphasis, mathematics in strings, headings of reviews."""

import random

import pytest
from format_samples import check
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.any_plan import read_text
from pipelines.contracts.plan import LessonPlan
from pipelines.plan.inline import read_spans
from pipelines.planwriter.format import format_text, plan_content
from pipelines.planwriter.write_spans import essence, write_spans

INLINE = st.text(alphabet=st.sampled_from(list("ab *_`$[](){}|\\&!<>#1.-\"'é")), max_size=20)


@settings(max_examples=400)
@given(INLINE)
def test_a_line_of_markdown_is_written_so_that_it_reads_the_same(text: str) -> None:
    spans, _ = read_spans(text.strip(), 1)
    again, _ = read_spans(write_spans(spans), 1)
    assert essence(again) == essence(spans)


@pytest.mark.parametrize("text", ["_-_*)*", "*a*_b_*c*", "__a__*b*", "*a*`*`_b_"])
def test_neighbouring_emphases_stay_two(text: str) -> None:
    spans, _ = read_spans(text, 1)
    assert essence(read_spans(write_spans(spans), 1)[0]) == essence(spans)


@pytest.mark.parametrize(
    "text", ["_-_*)*", "*a))-)-)*_-b_", "**(a)**__(b)__", "*(a)*__(b)__ _c_", "[*-*_)_](x.html)"]
)
def test_neighbouring_emphases_stay_apart(text: str) -> None:
    spans, _ = read_spans(text, 1)
    again, _ = read_spans(write_spans(spans), 1)
    assert essence(again) == essence(spans)


@pytest.mark.parametrize("seed", range(4))
def test_many_marks_in_a_line_are_written_so_that_they_read_the_same(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        text = "".join(rng.choices("ab *_()-.", k=rng.randrange(1, 21))).strip()
        spans, _ = read_spans(text, 1)
        again, _ = read_spans(write_spans(spans), 1)
        assert essence(again) == essence(spans), text


def test_a_bar_in_a_formula_does_not_make_a_table_of_a_paragraph() -> None:
    frame = "## Phase 2: Analyze\n{}\n## Phase 3: Design\n"
    written = check(frame.format("| P(A | B) | thin (x) / thick (y) |\n|---|---|"))
    assert "$P ( A \\mid B )$" in written
    check(
        frame.format(
            "| P(A \\| B) | thin (x) / thick (y) |\n|---|---|\n| q(x_t\\|x_0) | P(A | B) |"
        )
    )


def test_what_reaches_over_a_line_end_is_respelled_as_a_whole() -> None:
    frame = "## Phase 2: Analyze\n\n## Phase 3: Design\n\n{}\n"
    check(frame.format("| thin | a rope |\nx_t = sqrt(alpha_bar_t)*x_0\n| thick | a cable |"))


FIELDS = """\
# Lesson: Knots

**Slug:** `knots`

## Phase 2: Analyze

### Target Concept

Knots.

## Phase 3: Design

### Examples Planned

| Example | Type | Purpose | Why |
|---|---|---|---|
| a knot | {0} | to see it | short |
| a bend | Positive ({0}) | to see two | long |

### Modalities Planned

| Modality | What | Why | {0} |
|---|---|---|---|
| {0} | a | b | c |

### Scope Boundaries

**Depth targets:**
- Rope: DEVELOPED ({0})

### Lesson Outline

#### 1. Hook

Text of x_t.
"""
FORMULAS = ("x_t = sqrt(a_t)*x_0", "*Visual* x_t", "**Visual** sigma_t + 1", "a_b*c_d", "`c` x_0")
FORMULAS += ("theta_minus", "**Concrete** (alpha_bar_t", "*x_t* y_t*", "x_t\\_y", "x_t -> x_0")


@pytest.mark.parametrize("name", FORMULAS)
def test_mathematics_in_a_string_stays_text(name: str) -> None:
    text = FIELDS.format(name)
    (before, _), (after, _) = read_text(text), read_text(check(text))
    assert isinstance(before, LessonPlan) and isinstance(after, LessonPlan)
    assert after.modalities[0].name == before.modalities[0].name
    assert after.modalities[0].extra.keys() == before.modalities[0].extra.keys() != set()
    assert [one.role for one in after.examples] == [one.role for one in before.examples]
    (target,) = after.design.scope.depth_targets
    assert target.depth.note == before.design.scope.depth_targets[0].depth.note != ""


# reviews where no review is read: in a document, above a plan's title, in its introduction
LOST_DASHES = [
    "# Notes\n\n## Review  2026-01-02 (Iteration 1/1)\n\nText",
    "# Notes\n\n## Review\n\n#### [CRITICAL]  The wrong end\n\n#### [POLISH]  A loose end",
    "# Planning: Knots (Module 2.1, Lesson 3)\n\n## Re-review\n\n##### [IMPROVEMENT]  *Ends*",
    "## Review  2026-01-02\n\nText\n\n# Lesson: Knots\n\n## Phase 2: Analyze",
    "## Review\n\n#### [POLISH]  x_t\n\n# Lesson: Knots\n\n## Phase 3: Design",
    "## Re-review\n\n# Module 1.2: Knots -- Plan\n\n### [CRITICAL]  A\n\n## Phase 2: Analyze",
    "## Review\n\n### [POLISH]  `a`\n\n# Lesson: Knots\n\n## Phase 3: Design",
]


@pytest.mark.parametrize("text", LOST_DASHES)
def test_a_heading_says_the_same_with_the_dash_that_is_put_back(text: str) -> None:
    written = format_text(text)
    assert " — " in written and " — " not in text
    before, after = plan_content(read_text(text)[0]), plan_content(read_text(written)[0])
    assert before == after and format_text(written) == written


def test_only_a_lost_dash_may_be_put_back() -> None:
    frame = "# Notes\n\n## Review\n\n{}"
    for one, other in (
        ("#### [POLISH] A", "#### [POLISH] — A"),
        ("#### [POLISH]  A", "#### [POLISH] — B"),
        ("[POLISH]  A", "[POLISH] — A"),
        ("#### On [POLISH]  A", "#### On [POLISH] — A"),
    ):
        plans = [read_text(frame.format(heading))[0] for heading in (one, other)]
        assert plan_content(plans[0]) != plan_content(plans[1])


NAMES = [
    "- two ropes\n|---|---|---|\n| Seen | t = 500/f | as a rule |",
    "- two ropes\nx_t = a*b*c -- seen",
    "- a rope of x_t\nand theta_minus: *both* of them",
    "1. knots (x_0\n2 -- and w1*x + b1) in a row",
]


@pytest.mark.parametrize("item", NAMES)
def test_a_name_of_several_lines_keeps_its_lines(item: str) -> None:
    text = f"## Phase 2: Analyze\n\n### Modalities Planned\n\n{item}\n\n## Phase 3: Design\n"
    (before, _), (after, _) = read_text(text), read_text(check(text))
    assert isinstance(before, LessonPlan) and isinstance(after, LessonPlan)
    assert [one.name for one in after.modalities] == [one.name for one in before.modalities]
    assert before.modalities
