"""Normal form: the same plan in the exact spelling, nothing guessed, and only one of it."""

import random
from pathlib import Path

import pytest
from checkout import ROOT
from format_samples import OUTLINE, check
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Voice
from pipelines.planwriter.format import format_text

SEEDS = ROOT.parent / "shared" / "seeds"
PLANS = [
    *sorted((ROOT / "tests/data/plans").rglob("*.md")),
    *sorted((ROOT / "lessons").glob("*/*.md")),
    *sorted((ROOT / "lessons").glob("*/*/plan.md")),
    *sorted(SEEDS.glob("00[0-4]_*.txt")),  # other people's plans, where they are at hand
]
TEXTS = [path.read_bytes().decode("utf-8-sig") for path in PLANS]


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS, ids=[path.stem for path in PLANS])
def test_formatting_keeps_the_content_and_does_so_once(text: str) -> None:
    check(text)


FRAGMENTS = [
    '"A rope remembers its bends."',
    "Show the student the picture of a knot.",
    'Transition: "And what if it is wet?"',
    "The weight is w1*x + b1 = 0.5*2 and x_t = sqrt(alpha_bar_t)*x_0.",
    "F_up = F_down + m*a_t",
    "Text with `a | b`, *emphasis*, **strong *both***, a_b_c, 3 * 4, [a link](x.html), \\$5.",
    "1. one\n2. two\n   - inner\n   - Purpose: to see the end of it\n3. three",
    '- first\n\n- InsightBlock: "Mind the end." It slips.\n\n- last',
    "* a\n* b\n\n- c\n- d",
    'GradientCard (violet): "Heavy things"\n- Stone\n- Iron',
    "GradientCard grid:\n1. **One** (amber) -- first\n2. **Two** (rose) -- second",
    'WarningBlock (aside): "Wet ropes." They slip.',
    "ComparisonRow: Rope vs chain\n\n| | Rope | Chain |\n|---|---|---|\n| Weight | a | b \\| c |",
    "| Rope | Use |\n|---|---|\n| thin | q(x_t\\|x_0) |",
    "```python\nx = 1  # not a heading\n```",
    "1. Do:\n   ````\n   ```\n   ````\n2. Then",
    "$$\nx^2\n$$",
    "> a quotation\n> of two lines",
    "> builder: leave room\n>\n> for a picture",
    'Address misconception #1: "Thicker holds better."',
    '1. "What holds?" (Answer: the knot (if dry).)\n2. "Why?"',
    '"Which one?\n(a) the first\n(b) the second" (Answer: (a))',
    '**Exercise 1 (Guided): Tie**\n- Use the rope\n- Predict-before-run: "Holds?" (Answer: yes)\n'
    "- What it tests: bends\n- Expected: it holds\n- Bonus: with one hand",
    "**Part A: The loop**\n\nMake one.",
    "---",
    "##### A heading",
    "- [x] done\n- [ ] to do",
    "- > builder: a note\n\n  and text",
    ":::{tip} Known\nAlready exact.\n:::",
    "A line\\\nbroken by hand",
    "2. starts at two",
    "# not a heading \\# of ours",
]
TITLES = ["Hook", "Explain: Why (~2 min read) (Row)", "Check #1", "Practice (Notebook)", "Summary"]

HEADINGS = ["### Lesson Outline", "### Page Structure", "#### Outline", "## 4. Section Outline"]
NOTATIONS = [
    "#### {n}. {title}",
    "### {n}. {title}",  # of the outline's own level
    "##### {n}. {title}",
    "**{n}. {title}**",
    "{n}. **{title}** — with a rope",
    "- **{title}** — text",
    "#### Section {n}: {title}",
    "#### {title}",
]


@st.composite
def outlines(draw: st.DrawFn) -> str:
    """A plan of known fragments in any order, in one of the three notations."""
    bodies = draw(st.lists(st.lists(st.sampled_from(FRAGMENTS[:-1]), max_size=4), max_size=4))
    notation = draw(st.sampled_from(NOTATIONS))
    sections = [
        "\n\n".join([notation.format(n=n, title=draw(st.sampled_from(TITLES))), *body])
        for n, body in enumerate(bodies, 1)
    ]
    text = OUTLINE.format(body="\n\n".join(sections))
    return text.replace("### Lesson Outline", draw(st.sampled_from(HEADINGS)))


@pytest.mark.slow
@settings(max_examples=80)
@given(outlines())
def test_any_outline_is_written_so_that_it_reads_the_same(text: str) -> None:
    try:
        check(text)
    except InputProblems as refused:
        assert {one.code for one in refused.problems} <= {"ML205", "ML206", "ML213"}


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 10**6))
@example(6948)  # a subheading without words
def test_mutilated_plans_too(seed: int) -> None:
    rng = random.Random(seed)
    lines = rng.choice(TEXTS).split("\n")
    start = rng.randrange(max(1, len(lines) - 200))
    lines = lines[:40] + lines[start : start + 200]
    for _ in range(rng.randrange(1, 8)):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                lines[at] = ""
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = rng.choice(["#", "##", "- ", "> ", "**"]) + lines[at]
            case _:
                lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
    try:
        check("\n".join(lines))
    except InputProblems as refused:
        assert {one.code for one in refused.problems} <= {"ML205", "ML206", "ML213"}


@pytest.mark.parametrize(
    "note",
    [
        "> > builder: Leave room for a picture.",
        "> A quotation.\n>\n> > builder: Leave room.\n> >\n> > - one\n> > - two\n>\n> Its end.",
        "> builder: Read this:\n>\n> > A quotation.",
    ],
)
def test_a_note_in_a_quotation_stays_a_note(note: str) -> None:
    written = check(OUTLINE.format(body=f"#### 1. Hook\n\n{note}"))
    assert "> :::" not in written


def test_a_fence_that_the_margin_cuts_off_its_item() -> None:
    text = "1. First:\n   ```python\n#   lift()\n   ```\n- Stone"
    check(f"## Phase 1: Orient\n## Phase 2: Analyze\n{text}")  # the file ends in the code
    check(OUTLINE.format(body=f"#### 1. Hook\n\n{text}"))


def test_an_outline_of_the_fourth_level_keeps_its_headings() -> None:
    body = "##### 1. Hook\n\n**Part A: One**\n\ntext\n\n##### 2. Summary\n\ntext"
    written = check(OUTLINE.format(body=body).replace("### Lesson Outline", "#### Outline"))
    assert "\n##### 1. Hook\n\n###### Part A: One\n" in written


def test_sections_of_the_outlines_own_level_are_put_below_it() -> None:
    body = "### 1. Hook\n\ntext\n\n### 2. Summary\n\nmore"
    written = check(OUTLINE.format(body=body))
    assert "### Lesson Outline\n\n#### 1. Hook\n\ntext\n\n#### 2. Summary\n" in written


def test_a_section_that_is_kept_has_the_sub_sections_of_the_first() -> None:
    first = "#### 1. Hook\n\n##### 1a. A rope\n\ntext\n\n#### 2. Summary\n\ntext"
    revised = "### Revised Section Outline\n\n#### 1. Hook (kept as-is)\n\n#### 2. Summary\n\nnew"
    plan, _ = read_text(check(OUTLINE.format(body=f"{first}\n\n{revised}")))
    assert isinstance(plan, LessonPlan) and plan.design.outline_revised
    labels = [one.label for one in plan.design.outline_revised.sections[0].subsections]
    assert labels == ["1a"]


def test_notes_to_the_builder_stay_notes() -> None:
    text = OUTLINE.format(
        body="#### 1. Hook\n\nShow the student a knot.\n\n- Purpose: to see it\n- text"
    )
    plan, _ = read_text(check(text))
    notes = [one for one in walk(plan.design) if getattr(one, "voice", "") is Voice.BUILDER]
    assert {one.type for one in notes if hasattr(one, "type")} >= {"paragraph"}
    assert ":::{builder}" in format_text(text) and "> builder:" in format_text(text)


@pytest.mark.parametrize("voice", ["student", "builder"])
def test_a_quotation_that_only_names_a_voice_leaves_nothing(voice: str) -> None:
    body = f'#### 1. Hook\n\ntext\n\n> {voice}:\n\nAddress misconception #1: "Ropes hold."'
    plan, _ = read_text(check(OUTLINE.format(body=body)))
    assert isinstance(plan, LessonPlan) and plan.design.outline
    kinds = [one.type for one in plan.design.outline.sections[0].nodes]
    assert kinds == ["paragraph", "misbelief"]


EXERCISE = "**Exercise 1 (Guided): Tie**\n- Use the rope\n- Expected: it holds"
LISTS = ["1. one\n2. two", "1. one\n2. two\n3. three", "1. __One__ thing\n2. b", "- a\n- b\n- c"]


@st.composite
def outlines_of_one_section(draw: st.DrawFn) -> str:
    """A bold title, and below it an exercise to which some of the blocks after it belong."""
    blocks = st.sampled_from([EXERCISE, *LISTS, "**5. Not yet**", "**2. A title**", "A text."])
    head = draw(st.sampled_from(["**1. Hook**", "- **Hook** — text", "**3. Hook**", "A text."]))
    body = [head, EXERCISE, *draw(st.lists(blocks, min_size=2, max_size=5))]
    return OUTLINE.format(body="\n\n".join(body))


@settings(max_examples=60)
@given(outlines_of_one_section())
@example(OUTLINE.format(body=f"**1. Hook**\n\n{EXERCISE}\n\n{LISTS[0]}\n\nText.\n\n{LISTS[1]}"))
@example(OUTLINE.format(body=f"- **Hook** — a\n\n{EXERCISE}\n\n2. b\n\nText.\n\n{LISTS[1]}"))
def test_what_an_exercise_takes_along_makes_no_sections_of_the_rest(text: str) -> None:
    check(text)


def test_what_is_open_is_not_formatted() -> None:
    with pytest.raises(InputProblems, match="ML213"):
        format_text(OUTLINE.format(body="#### 1. Hook\n\n```\nnever closed"))


def test_the_command_prints_or_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.md"
    text = OUTLINE.format(body='#### 1. Hook\n\nInsightBlock: "Mind the end." It slips.')
    path.write_text(text, encoding="utf-8")
    assert main(["format", str(path)]) == 0
    shown = capsys.readouterr().out
    assert ":::{insight} Mind the end\nIt slips.\n:::" in shown and "**Voice:** explicit" in shown
    assert path.read_text(encoding="utf-8") == text
    assert main(["format", "--write", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == shown
