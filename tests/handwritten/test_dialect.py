"""Hand-written plans: each trap of the dialect, on a plan made for it, and on real ones."""

from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.any_plan import read_plan, read_text
from pipelines.blocks.callout import Callout
from pipelines.blocks.cards import Card
from pipelines.blocks.exercise import Exercise, Level
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.blocks.question import AnswerForm, Question
from pipelines.contracts.blocks import Code, Comparison, Formula, List, walk
from pipelines.contracts.plan import LessonPlan, ModulePlan
from pipelines.contracts.planning import Outline, OutlineNotation, Polarity, Severity, Status
from pipelines.contracts.spans import Math, Voice
from pipelines.plan.inline import plain

TRAPS = ROOT / "tests/data/plans/traps.md"


def lesson(path: Path) -> LessonPlan:
    plan, _ = read_plan(path)
    assert isinstance(plan, LessonPlan)
    return plan


def outline(plan: LessonPlan) -> Outline:
    assert plan.design.outline
    return plan.design.outline


@pytest.fixture(scope="module")
def traps() -> LessonPlan:
    return lesson(TRAPS)


def line_of(words: str) -> int:
    lines = TRAPS.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def of_type(plan: LessonPlan, kind: type) -> list:
    return [node for node in walk(outline(plan)) if isinstance(node, kind)]


def test_several_keys_on_a_line_with_commas_in_values(traps: LessonPlan) -> None:
    meta = traps.meta
    assert meta.module == "2.1 -- Water" and meta.module_number == "2.1"
    assert meta.position == "Lesson 3 of 12 in series, Lesson 1 of 4 in module"
    assert (meta.lesson_number, meta.load, meta.load_note) == (1, "BUILD", "one idea, two uses")
    assert meta.extra == {"Owner": "nobody"}
    assert traps.title == "Buckets and Wells" and traps.id == "traps"


def test_phase_one_table_without_a_heading_of_its_own(traps: LessonPlan) -> None:
    assert [concept.depth.level for concept in traps.student.concepts] == ["developed", "missing"]
    assert traps.student.concepts[0].depth.note == "assumed"
    assert traps.student.concepts[0].sources[0].number == "1.4"
    assert traps.student.concepts[1].sources == ()


def test_a_bar_in_mathematics_does_not_shift_the_columns(traps: LessonPlan) -> None:
    row = traps.prerequisites[1]
    assert plain(row.reasoning) == "P(A | B) is used once"
    _, problems = read_plan(TRAPS)
    ragged = [problem for problem in problems if problem.code == "ML203"]
    assert [problem.line for problem in ragged] == [line_of("P(A | B)")]
    assert ragged[0].severity == "warning"


def test_the_authors_status_and_the_computed_gap_are_both_kept(traps: LessonPlan) -> None:
    statuses = [(row.status, row.computed_gap) for row in traps.prerequisites]
    assert statuses == [(Status.OK, False), (Status.OK, True), (Status.GAP, True)]


def test_polarities(traps: LessonPlan) -> None:
    assert [example.polarity for example in traps.examples] == [
        Polarity.POSITIVE,
        Polarity.NEGATIVE,
        Polarity.BOTH,
    ]


def test_title_decorations_are_taken_off(traps: LessonPlan) -> None:
    first = outline(traps).sections[0]
    assert plain(first.title) == "Hook" and first.decorations == ("~2 min read",)


def test_voice_and_its_overrides(traps: LessonPlan) -> None:
    kind, asked, noted, shown = outline(traps).sections[0].nodes[:4]
    assert [node.voice for node in (kind, asked, noted, shown)] == [
        Voice.BUILDER,
        Voice.STUDENT,
        Voice.BUILDER,
        Voice.STUDENT,
    ]
    assert plain(noted.spans) == "Leave room for a picture."
    guess = next(guess for guess in traps.guesses if guess.rule == "builder key")
    assert guess.src.line == line_of("Type: **Puzzle**") and "student" in guess.override


def test_a_misconception_is_never_asserted(traps: LessonPlan) -> None:
    (mistake,) = of_type(traps, MisconceptionBlock)
    assert plain(mistake.statement) == "A longer rope always lifts more."
    assert mistake.nodes == () and mistake.number == 1
    loose = [
        node
        for section in outline(traps).sections
        for node in section.nodes
        if node.type == "paragraph" and "lifts more" in plain(node.spans)
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("quotation", "statement", "nodes"),
    [
        ("A longer rope always lifts more.", "A longer rope always lifts more.", 0),
        ("A longer rope does NOT lift more: it is heavier itself.", None, 1),
        (
            "Lifting more takes a longer rope, always.",
            "Lifting more takes a longer rope, always.",
            0,
        ),
        ("Two thin ones lift what the thick one lifts.", None, 1),
    ],
)
def test_quotation_or_correction(quotation: str, statement: str | None, nodes: int) -> None:
    text = TRAPS.read_text(encoding="utf-8")
    old = 'Address misconception #1: "A longer rope always lifts more."'
    plan, _ = read_text(text.replace(old, f'Address misconception #1: "{quotation}"'))
    assert isinstance(plan, LessonPlan)
    (mistake,) = of_type(plan, MisconceptionBlock)
    assert plain(mistake.statement) == (statement or "A longer rope always lifts more")
    assert len(mistake.nodes) == nodes


def test_products_are_no_emphasis(traps: LessonPlan) -> None:
    paragraph = outline(traps).sections[1].nodes[0]
    assert not [span for span in paragraph.spans if span.type == "emphasis"]
    assert "w1*x + b1 = 0.5*2" in plain(paragraph.spans)
    maths = [span for span in paragraph.spans if isinstance(span, Math)]
    assert [math.latex for math in maths] == [
        r"w_{1} \, x + b_{1} = 0.5 \cdot 2",
        r"( 1 - t ) \, x_{0} + t \, x_{1}",
    ]
    assert all(math.guessed for math in maths)


def test_a_line_of_mathematics_is_a_formula(traps: LessonPlan) -> None:
    (formula,) = of_type(traps, Formula)
    assert formula.latex == r"F_{\text{up}} = F_{\text{down}} + m \, a_{t}" and formula.guessed


def test_code_in_a_list_item(traps: LessonPlan) -> None:
    (code,) = of_type(traps, Code)
    assert code.text == "# not a heading\nlift()\n" and code.language == "python"
    assert [section.number for section in outline(traps).sections] == ["1", "2", "3", "4"]


def test_blocks(traps: LessonPlan) -> None:
    (card,) = of_type(traps, Card)
    assert plain(card.title) == "Heavy things" and card.colour == ""
    assert isinstance(card.nodes[0], List) and len(card.nodes[0].items) == 2
    (warning,) = of_type(traps, Callout)
    assert (plain(warning.title), warning.aside) == ("Wet ropes", True)
    assert plain(warning.nodes[0].spans) == "They slip."
    (comparison,) = of_type(traps, Comparison)
    assert plain(comparison.title) == "Rope vs chain"
    assert [plain(column) for column in comparison.columns] == ["Rope", "Chain"]
    _, problems = read_plan(TRAPS)
    fuchsia = next(problem for problem in problems if problem.code == "ML209")
    assert (fuchsia.line, fuchsia.severity) == (line_of("fuchsia"), "warning")


def test_answers_in_all_forms(traps: LessonPlan) -> None:
    questions = of_type(traps, Question)
    assert [one.answer_form for one in questions] == [
        AnswerForm.PARENTHESIS,
        AnswerForm.BARE,
        AnswerForm.EXPECTED,
        AnswerForm.NONE,
    ]
    assert plain(questions[0].answer[0].spans) == "Yes (if dry), or (b) no (if wet)."
    assert plain(questions[0].prompt[0].spans) == "Does a rope hold?"
    assert plain(questions[1].answer[0].spans) == "the chain"
    assert plain(questions[2].answer[0].spans) == "because of iron."
    _, problems = read_plan(TRAPS)
    assert [p.line for p in problems if p.code == "ML210"] == [line_of("Who knows?")]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('1. "Deep?" (Answer: (a) no, and f(x) (ever) is.)', "(a) no, and f(x) (ever) is."),
        ('1. "Deep?"\n   - Answer: very.', "very."),
        ('1. "Deep?"\n   - Reveal: very.', "very."),
        ("1. Deep? Expected reasoning: very.", "very."),
        ("Deep? (very)", "very"),
    ],
)  # fmt: skip
def test_an_answer_is_found(written: str, answer: str) -> None:
    plan, problems = read_text(f"{FRAME}#### 1. Check\n\n{written}\n")
    assert isinstance(plan, LessonPlan) and not problems
    (question,) = of_type(plan, Question)
    assert plain(question.answer[0].spans) == answer
    assert answer not in plain(question.prompt[0].spans)


def test_exercises_as_bullets(traps: LessonPlan) -> None:
    one, two = of_type(traps, Exercise)
    assert (one.number, plain(one.title), one.level) == (1, "Tie a knot", Level.GUIDED)
    assert plain(one.nodes[0].spans) == "Use the short rope."
    assert two.level_raw == "Minimal scaffolding"


def test_findings_beside_their_heading_and_without_brackets(traps: LessonPlan) -> None:
    (review,) = traps.reviews
    assert [finding.severity for finding in review.findings] == [
        Severity.IMPROVEMENT,
        Severity.POLISH,
    ]
    assert [plain(finding.title) for finding in review.findings] == [
        "The rope is missing",
        "Lost dash",
    ]
    assert list(review.findings[0].fields) == ["location", "issue", "impact", "fix"]
    assert [finding.retracted for finding in review.findings] == [False, True]
    _, problems = read_plan(TRAPS)
    assert line_of("Lost dash") in [p.line for p in problems if p.code == "ML202"]


def test_counts_verdict_and_fix_checks(traps: LessonPlan) -> None:
    (review,) = traps.reviews
    assert review.verdict == "NEEDS REVISION → REVISED" and review.iteration is None
    assert review.counts == {Severity.CRITICAL: 0, Severity.IMPROVEMENT: 1, Severity.POLISH: 1}
    assert [(plain(c.finding), c.severity, c.status, c.outcome) for c in review.fix_checks] == [
        ("No bucket", Severity.CRITICAL, "FIXED — bought", "fixed"),
        ("Well is dry", Severity.CRITICAL, "FIXED", "fixed"),
    ]
    assert review.outcome == "needs revision"


def test_checklists_after_the_reviews_and_unknown_sections_are_kept(traps: LessonPlan) -> None:
    assert [(item.group, item.ticked) for item in traps.checklist] == [
        ("Gate", True),
        ("Gate", False),
    ]
    assert traps.extra == ()
    (widget,) = traps.widget_specs
    assert (plain(widget.title), widget.name) == ("Widget Specification: Winch", "Winch")
    assert plain(widget.nodes[0].spans) == "It turns."


FRAME = "# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n### Lesson outline\n\n"


@pytest.mark.parametrize(
    ("body", "notation"),
    [
        ("#### 1. Hook\n\nOne.\n\n#### 2. Explain\n\n1. a\n2. b\n", OutlineNotation.HEADING),
        ("**1. Hook** (hint)\n\nOne.\n\n**2. Explain**\n\n1. a\n2. b\n", OutlineNotation.BOLD),
        ("1. **Hook** — One.\n2. **Explain**\n   - a\n   - b\n", OutlineNotation.LIST),
    ],
)
def test_three_notations_mean_the_same(body: str, notation: OutlineNotation) -> None:
    plan, _ = read_text(FRAME + body)
    assert isinstance(plan, LessonPlan)
    found = outline(plan)
    assert found.notation is notation
    assert [(one.number, plain(one.title)) for one in found.sections] == [
        ("1", "Hook"),
        ("2", "Explain"),
    ]
    assert isinstance(found.sections[1].nodes[0], List)


# --- the real plans that the project began with, where they are at hand -------------------------


def seed(number: int) -> Path:
    files = sorted((ROOT.parent / "shared/seeds").glob(f"{number:03d}_*"))
    if not files:
        pytest.skip("the seeds are not part of the repository")
    return files[0]


@pytest.mark.parametrize(
    ("number", "concepts", "prerequisites", "gaps", "sections", "questions"),
    [(1, 15, 11, 1, 13, 6), (2, 13, 8, 1, 14, 7)],
)
def test_seed_lessons(
    number: int, concepts: int, prerequisites: int, gaps: int, sections: int, questions: int
) -> None:
    plan = lesson(seed(number))
    assert len(plan.student.concepts) == concepts
    assert len(plan.student.mental_models) == 11
    assert len(plan.prerequisites) == prerequisites and len(plan.gaps) == gaps
    assert [row.status for row in plan.prerequisites].count(Status.GAP) == (number == 1)
    assert len(plan.misconceptions) == len(plan.modalities) == len(plan.design.connections) == 5
    assert [example.polarity for example in plan.examples] == ["positive"] * 3 + ["negative"]
    assert len(outline(plan).sections) == sections
    asked = of_type(plan, Question)
    assert len(asked) == questions and all(one.answer for one in asked)
    assert [one.level for one in of_type(plan, Exercise)] == [
        Level.GUIDED,
        Level.GUIDED,
        Level.SUPPORTED,
        Level.INDEPENDENT,
    ]
    assert len(plan.design.scope.depth_targets) == 5
    assert len(plan.checklist) == 13 and all(item.ticked for item in plan.checklist)
    assert plan.extra == ()


@pytest.mark.parametrize("number", [1, 2])
def test_seed_reviews(number: int) -> None:
    first, second = lesson(seed(number)).reviews
    assert (first.verdict, second.verdict) == ("MAJOR REVISION", "PASS")
    assert (first.date, first.iteration, first.of) == ("2026-02-20", 1, 3)
    found = [finding.severity for finding in first.findings]
    assert {severity: found.count(severity) for severity in Severity} == first.counts
    assert [found.count(severity) for severity in Severity] == [1, 3, 2]
    assert [finding.severity for finding in second.findings] == [Severity.POLISH]
    assert len(second.fix_checks) == 6 and not first.fix_checks


def test_seed_module() -> None:
    plan, problems = read_plan(seed(0))
    assert isinstance(plan, ModulePlan) and not problems
    assert len(plan.sequence) == len(plan.load_trajectory) == len(plan.topics) == 3
    assert [row.load for row in plan.sequence] == ["STRETCH", "BUILD", "CONSOLIDATE"]
    assert len(plan.misconceptions) == 5 and len(plan.arc) == 4 and len(plan.goal) == 1
    assert plan.meta.module_number == "7.3" and plan.title == "Fast Generation"


def test_seed_damage_is_read_right_and_left_as_it_is() -> None:
    plan = lesson(seed(1))
    text = plain(
        tuple(span for node in walk(outline(plan)) for span in getattr(node, "spans", ()))
    )
    assert "≈" in text and "â‰ˆ" not in text
    assert "â‰ˆ" in "".join(segment.raw for segment in plan.segments)


def test_seed_misconceptions_are_marked_with_their_corrections() -> None:
    mistakes = of_type(lesson(seed(2)), MisconceptionBlock)
    assert [mistake.number for mistake in mistakes] == [1, 3, 4, 5]
    assert all(mistake.nodes for mistake in mistakes)
