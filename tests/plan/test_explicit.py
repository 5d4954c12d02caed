"""The exact spelling: every directive and role; mistakes are named with file, line and remedy."""

import random
from pathlib import Path

import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.any_plan import plan_adapter, read_plan, read_text
from pipelines.blocks.callout import CalloutKind
from pipelines.blocks.question import AnswerForm
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan, ModulePlan, PlainDocument
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Role, Voice
from pipelines.plan.inline import plain
from pipelines.plan.lines import Source, decode, normalise
from pipelines.plan.meta import read_title

PLANS = plan_adapter()
DATA = ROOT / "tests/data/plans"
EXPLICIT = (DATA / "explicit.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plan() -> LessonPlan:
    found, problems = read_plan(DATA / "explicit.md")
    assert problems == [] and isinstance(found, LessonPlan)
    return found


def nodes(plan: LessonPlan) -> list:
    assert plan.design.outline
    return [node for section in plan.design.outline.sections for node in section.nodes]


def one(plan: LessonPlan, kind: str):
    (found,) = [node for node in nodes(plan) if node.type == kind]
    return found


def line_of(words: str, text: str = EXPLICIT) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_nothing_is_guessed(plan: LessonPlan) -> None:
    assert plan.meta.explicit_voice and plan.guesses == ()
    assert plan.id == "falling" and plan.meta.lesson_number == 1


def test_roles_know_their_lines(plan: LessonPlan) -> None:
    roles = [node for node in walk(plan.design) if isinstance(node, Role)]
    assert [(role.name, role.target, role.format) for role in roles[:6]] == [
        ("given", "512", ""),
        ("term", "fall", ""),
        ("lesson", "motion (1.2.2)", ""),
        ("ref", "path", ""),
        ("ref", "law", ""),
        ("ref", "faster", ""),
    ]
    assert roles[0].line == line_of("A text with") and roles[3].line == roles[0].line + 1
    cell = next(role for role in roles if role.format == "2f")
    assert cell.line == line_of("| Speed") and cell.target == "toy/euler@4/off_manifold"


def test_callouts_cards_and_comparisons(plan: LessonPlan) -> None:
    insight = one(plan, "callout")
    assert (insight.kind, insight.aside, plain(insight.title)) == (
        CalloutKind.INSIGHT,
        True,
        "In short",
    )
    cards = one(plan, "cards").cards
    assert [(plain(card.title), card.colour) for card in cards] == [
        ("Feather", "violet"),
        ("Stone", ""),
    ]
    comparison = one(plan, "comparison")
    assert [plain(column) for column in comparison.columns] == ["Air", "Vacuum"]
    assert plain(comparison.rows[0][0]) == "Speed"
    assert comparison.rows[0][1][0].format == "2f"


def test_questions_exercises_and_requests(plan: LessonPlan) -> None:
    question = one(plan, "question")
    assert question.answer_form is AnswerForm.DIRECTIVE
    assert plain(question.answer[0].spans) == "Neither."
    exercise = one(plan, "exercise")
    assert (exercise.number, exercise.level) == (1, "guided")
    assert [plain(exercise.predictions[0].question), plain(exercise.predictions[0].answer)] == [
        "When?",
        "Soon.",
    ]
    texts = [plain(getattr(exercise, name)) for name in ("tests", "expected", "bonus")]
    assert texts == ["Gravity.", "A thud.", "Twice."]
    figure, table, claim = (one(plan, kind) for kind in ("figure", "table_request", "claim"))
    assert (figure.id, figure.figure, figure.options) == (
        "path",
        "one-trajectory",
        {"teacher": "toy"},
    )
    assert figure.caption[1].name == "value" and table.id == "timing"
    assert claim.check == "toy/euler@4/off_manifold <= 2 * fact(g)" and claim.holds
    assert one(plan, "formula").label == "law"
    assert one(plan, "misbelief").number == 1


@pytest.mark.parametrize(
    "body",
    [
        "1. **Hook** — a rope\n2. **Explain** — why\n3. **Check** — how",
        "**1. Hook**\n\ntext\n\n**2. Explain**\n\ntext",
        "1. Hook\n2. Explain\n3. Check",
        "| Section | Text |\n|---|---|\n| 1. Hook | a |\n| 2. Why | b |\n| 3. Check | c |",
    ],
)
def test_only_headings_begin_sections(body: str) -> None:
    text = "# Lesson: X\n\n{voice}## Phase 3: Design\n\n### Lesson Outline\n\n" + body
    found, problems = read_text(text.format(voice="**Voice:** explicit\n\n"))
    assert isinstance(found, LessonPlan) and found.design.outline
    assert found.design.outline.intro and not found.design.outline.sections
    (problem,) = (one for one in problems if one.code == "ML341")
    assert problem.severity == "error" and problem.line == 7
    guessed, problems = read_text(text.format(voice=""))
    assert isinstance(guessed, LessonPlan) and guessed.design.outline
    assert guessed.design.outline.sections and "ML341" not in [one.code for one in problems]


def test_an_outline_by_hand_without_sections_is_named() -> None:
    text = "# Lesson: X\n\n## Phase 3: Design\n\n### Lesson Outline\n\nTell of knots.\n"
    (problem,) = (one for one in read_text(text)[1] if one.code == "ML341")
    assert problem.severity == "warning" and "#### 1. Hook" in problem.remedy


def test_builder_notes_are_for_the_builder(plan: LessonPlan) -> None:
    assert nodes(plan)[-1].voice is Voice.BUILDER


def test_lines_of_nodes(plan: LessonPlan) -> None:
    figure = one(plan, "figure")
    assert figure.src.line == line_of(":::{figure}")
    assert EXPLICIT.splitlines()[figure.src.end - 1] == ":::"
    assert figure.src.end == line_of("The path,") + 1


MISTAKES = [
    (":colour: violet", ":colour: mauve", "ML209", ":colour: mauve"),
    (":aside:", ":beside:", "ML208", ":beside:"),
    (":level: guided", ":level: hard", "ML208", ":level: hard"),
    (":number: 1\nThey", ":number: one\nThey", "ML208", ":number: one"),
    ("{insight}", "{inside}", "ML204", "{inside}"),
    (":::{answer}\nNeither.\n:::\n", "", "ML210", "::::{question}"),
    (":::{table} timing", ":::{table} Timing Is All", "ML211", ":::{table}"),
    ("Fast.\n:::\n::::", "Fast.\n:::\nText.\n::::", "ML207", "Text."),
    ("| | Air", "| In | Air", "ML207", ":::{comparison}"),
    ("Only for the builder", ":::\n:::\n\nOnly for", "ML206", None),
    ("Soon.\n:::\n::::", "Soon.\n::::", "ML205", ":::{answer}\nSoon"),
    ("A thud.\n:::\n", "A thud.\n", "ML205", ":::{expected}"),
    (":check: toy/euler@4/off_manifold <= 2 * fact(g)\n", "", "ML208", ":::{claim}"),
    ("It is so.", "It is so.\n\n    :::{note} x", "ML206", "    :::{note} x"),
    ("| Speed |", "| Speed | more | ", "ML203", "| Speed"),
    ("In short", "[In short](javascript:x)", "ML212", "In short"),
    ("Only for the builder", "```\nOnly for the builder", "ML213", "```"),
    (":::{bonus}", ":::\n:::::\n\n:::{bonus}", "ML207", ":::{bonus}"),
]


@pytest.mark.parametrize(("old", "new", "code", "place"), MISTAKES)
def test_each_mistake_is_named_at_its_line(
    old: str, new: str, code: str, place: str | None
) -> None:
    assert old in EXPLICIT
    text = EXPLICIT.replace(old, new, 1)
    _, problems = read_text(text, "falling.md")
    found = [problem for problem in problems if problem.code == code]
    assert found, [str(problem) for problem in problems]
    assert found[0].severity == "error" and found[0].remedy
    if place:
        line = text[: text.index(place)].count("\n") + 1
        assert line in [problem.line for problem in found]
        assert str(found[0]).startswith("falling.md:")


def test_an_unknown_directive_is_kept() -> None:
    plan, _ = read_text(EXPLICIT.replace("{insight}", "{inside}"))
    assert isinstance(plan, LessonPlan)
    unknown = one(plan, "unknown")
    assert unknown.name == "inside" and "percent1+" in unknown.raw


def test_an_unclosed_directive_cannot_swallow_the_next_section() -> None:
    text = EXPLICIT.replace("Only for the builder: 42 numbers.\n:::", "#### 2. Next\n\nMore.")
    plan, problems = read_text(text)
    assert isinstance(plan, LessonPlan) and plan.design.outline
    assert [plain(section.title) for section in plan.design.outline.sections][1] == "Next"
    assert [p.line for p in problems if p.code == "ML205"] == [line_of(":::{builder}")]


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://example.org/a", True),
        ("#law", True),
        ("../other/", True),
        ("javascript:alert(1)", False),
        ("JaVaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("/etc/passwd", False),
        ("file:///x", False),
    ],
)
def test_links_to_safe_places_only(href: str, kept: bool) -> None:
    plan, problems = read_text(f"# T\n\n[words]({href})\n")
    links = [node for node in walk(plan) if getattr(node, "type", "") == "link"]
    assert bool(links) is kept and bool(problems) is not kept
    assert "words" in plain(plan.nodes[0].spans)


def test_html_is_text() -> None:
    plan, _ = read_text("# T\n\n<script>alert(1)</script>\n\n<details>x</details> y\n")
    assert plain(plan.nodes[0].spans) == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# Module 7.3: Fast -- Plan\n\n## Module Goal\n\nGo.\n", ModulePlan),
        ("# Anything\n\nText.\n", PlainDocument),
        ("", PlainDocument),
        ("## Phase 1: Orient\n## Phase 2: Analysis\n", LessonPlan),
    ],
)
def test_kinds_of_documents(text: str, kind: type) -> None:
    assert type(read_text(text)[0]) is kind


@pytest.mark.parametrize(
    "title",
    [
        "Lesson: Deep Wells",
        "Lesson Plan: Deep Wells",
        "Lesson 3: Deep Wells",
        "Lesson Planning: Deep Wells (Module 1.3, Lesson 5)",
        "Deep Wells -- Lesson Planning Document",
        "Deep Wells (7.3.3)",
        "Module 7.3: Deep Wells -- Plan",
    ],
)
def test_title_frames(title: str) -> None:
    assert read_title(title).title == "Deep Wells"


def test_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    file.write_bytes(b"# Title\n\nall right\nna\xefve\n")
    with pytest.raises(InputProblems) as caught:
        read_plan(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.code) == (4, "ML201") and "UTF-8" in problem.remedy


def test_marks_and_line_ends() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc", "f") == "a\nb\nc"


def test_double_encoding_is_mended_beside_the_original() -> None:
    text = "plain\n" + "a ≈ b – é".encode().decode("cp1252") + "\n"
    source = Source("f", text)
    assert source.lines[1] == "a ≈ b – é" and source.damaged == [2] and source.text == text
    plan, problems = read_text(text)
    assert [(p.code, p.line, p.severity) for p in problems] == [("ML202", 2, "warning")]
    assert "".join(segment.raw for segment in plan.segments) == text


@pytest.mark.parametrize("text", ["# ⚡ Fast", "50 → 4", "x ≈ y", "a–b", "Café, naïve, 2 × 3"])
def test_short_double_encodings(text: str) -> None:
    garbled = text.encode().decode("cp1252")
    assert Source("f", garbled).lines == [text]
    assert Source("f", text).lines == [text]


# --- properties ----------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *"#*_`|:$-()[]{}\\<>!\"'\n\t ",
        "\n\n", "```", "~~~\n", ":::", "::::{question}\n", ":::{answer}\n", ":::\n", "::::\n",
        ":::{figure} x\n:teacher: a\n", ":::{exercise} \n", "{value}`a/b@1/c|x`", "$$\n", "$x_t$",
        "## Phase 1: Orient\n", "## Phase 2: Analyze\n", "## Phase 3: Design\n", "#### 1. Hook\n",
        "### Lesson Outline\n", "### Misconceptions Table\n", "## Review — 2026-01-01\n",
        "#### [CRITICAL]  x\n", "| a | b |\n|---|---|\n", "| 1 | 2 | 3 |\n", "1. \"Q?\" (Answer: ",
        "- [x] done\n", "> builder: x\n", "GradientCard (red): \"t\"\n", "ComparisonRow: a\n",
        "Address Misconception #9: \"no\"\n", "**Exercise 1 (Guided): t**\n",
        "f(x_t, t) = x_{t_{n",
        "**Voice:** explicit\n", "**1. Hook**\n", "â€”", "\x00", "\u2028", "\x85",
        "sqrt(", "word ",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


@settings(max_examples=150)
@given(_TEXTS)
def test_any_text_is_read_and_none_of_it_is_lost(text: str) -> None:
    for frame in (
        "",
        "# L\n## Phase 2: Analyze\n## Phase 3: Design\n### Lesson Outline\n#### 1. Check\n",
    ):
        plan, problems = read_text(frame + text)
        assert "".join(segment.raw for segment in plan.segments) == normalise(frame + text)
        last = (frame + normalise(text)).count("\n") + 1
        assert all(1 <= problem.line <= last for problem in problems)
        assert PLANS.validate_json(PLANS.dump_json(plan)) == plan


@settings(max_examples=60)
@given(st.binary(max_size=80))
def test_any_bytes_are_text_or_a_named_problem(data: bytes) -> None:
    try:
        read_text(decode(data, "f"), "f")
    except InputProblems as problems:
        assert problems.problems[0].code == "ML201"


def test_every_edit_of_a_real_plan_is_read() -> None:
    """Lines dropped, doubled and swapped: still a plan, still whole."""
    pick = random.Random(0)
    lines = EXPLICIT.split("\n")
    for _ in range(40):
        changed = list(lines)
        for _ in range(3):
            at = pick.randrange(len(changed))
            changed[at : at + 1] = pick.choice([[], [changed[at]] * 2, [pick.choice(lines)]])
        text = "\n".join(changed)
        plan, _ = read_text(text)
        assert "".join(segment.raw for segment in plan.segments) == text
