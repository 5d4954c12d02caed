"""Each way to write a thing that the dialect knows: outlines and questions."""

from __future__ import annotations

import pytest
from plan_samples import FRAME, lesson, of_type, outline, section, words

from pipelines.blocks.question import Question
from pipelines.contracts.planning import OutlineNotation, SectionKind
from pipelines.plan.inline import plain

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
