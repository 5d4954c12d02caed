"""Questions whose answer stands somewhere else than in parentheses behind them."""

import pytest
from plan_samples import FRAME, of_type, outline, problems_of, section, words

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Paragraph
from pipelines.contracts.spans import Voice

ANSWER = "The figure eight. Wet rope slips."
Q = '"Which knot holds when the rope is wet?"'


@pytest.mark.parametrize(
    "body",
    [
        f"- {Q}\n- Expected: {ANSWER}",
        f"- {Q}\n- Answer: {ANSWER}",
        f"1. {Q}\n2. **Expected:** {ANSWER}",
        f"{Q}\n\n- Answer: {ANSWER}",
        f"- {Q}\n\nAnswer: {ANSWER}",
        f"{Q}\n\n<details>\n<summary>Answer</summary>\n\n{ANSWER}\n\n</details>",
        f"{Q}\n\n<details><summary>Show the solution</summary>{ANSWER}</details>",
        f"<details>\n<summary>{Q}</summary>\n\n{ANSWER}\n</details>",
    ],
)
@pytest.mark.parametrize("title", ["Check", "Explain"])
def test_an_answer_beside_its_question(body: str, title: str) -> None:
    nodes = section(body, title).nodes
    (question,) = of_type(nodes, Question)
    assert (words(question.prompt), words(question.answer)) == (Q.strip('"'), ANSWER)
    assert "details" not in words(nodes)


def test_two_questions_take_their_own_answers() -> None:
    nodes = section("- What is one?\n- Answer: 1.\n- What is two?\n- Answer: 2.", "Check").nodes
    assert [words(one.answer) for one in of_type(nodes, Question)] == ["1.", "2."]


def test_an_answer_of_several_blocks_is_whole() -> None:
    folded = "<details>\n<summary>Answer</summary>\n\nFour.\n\n- Two\n- Two\n\n</details>"
    (question,) = of_type(section(f'"Two and two?"\n\n{folded}', "Check").nodes, Question)
    assert words(question.answer) == "Four. Two Two"


def test_what_is_folded_and_no_answer_keeps_its_name() -> None:
    nodes = section("<details>\n<summary>History</summary>\n\nOld.\n\n</details>", "Explain").nodes
    assert words(nodes) == "History Old."


@pytest.mark.parametrize(
    "note",
    [
        "Predict-and-verify with collapsible answer.",
        "Transfer question -- apply the insight on knots.",
        "multiple choice, four options",
        "Follow-up question",
    ],
)
@pytest.mark.parametrize("asked", ['"Tie it in the dark."', '"Are longer ropes stronger?"'])
def test_a_remark_on_the_form_is_no_answer(asked: str, note: str) -> None:
    body = f"{asked} ({note})"
    (question,) = of_type(section(body, "Check").nodes, Question)
    assert question.answer == ()
    shown = [one for one in of_type(question, Paragraph) if one.voice is Voice.STUDENT]
    assert words(shown) == asked.strip('"')
    text = f"{FRAME}#### 1. Check\n\n{body}\n"
    assert "ML210" in [one.code for one in problems_of(text)]


@pytest.mark.parametrize("answer", ["A trick question.", "Yes, by half.", "False."])
def test_a_short_answer_in_parentheses_stays_one(answer: str) -> None:
    (question,) = of_type(section(f'"Are they?" ({answer})', "Check").nodes, Question)
    assert words(question.answer) == answer


PRACTICE = """\
- **Exercise 1 (Guided): Tie it**
  - Use the rope
  - **Tests:** {tests}

- **Scaffolding progression:** Guided -> Supported. The first isolates the loop.
- **Solutions should emphasize:** the loop comes first.
"""


@pytest.mark.parametrize(
    ("tests", "condition"),
    [
        ("knowledge of the loop, patience", False),
        ("whether the student sees that the loop is first", False),
        ("the knot holds", True),
        ("the error falls below 0.1", True),
        ("`assert knot.holds()`", True),
    ],
)
def test_what_an_exercise_is_about_is_no_condition(tests: str, condition: bool) -> None:
    nodes = section(PRACTICE.format(tests=tests), "Practice").nodes
    (exercise,) = of_type(nodes, Exercise)
    assert (bool(exercise.tests), bool(exercise.purpose)) == (condition, not condition)
    notes = [one for one in of_type(nodes, Paragraph) if one.voice is Voice.BUILDER]
    assert "isolates" in words(notes) and "comes first" in words(notes)


@pytest.mark.parametrize(
    "body",
    [
        "1. **Hook** -- A torn rope\n   - Look.\n\n"
        "2. **Explain** -- Where a rope tears\n   - It tears.",
        "**1. Hook** -- A torn rope\n\nLook.\n\n**2. Explain** — Where a rope tears\n\nIt tears.",
    ],
)  # fmt: skip
def test_a_name_behind_the_kind_of_a_section_is_its_title(body: str) -> None:
    titles = [words([Paragraph(src=one.src, spans=one.title)]) for one in outline(body).sections]
    assert titles == ["Hook: A torn rope", "Explain: Where a rope tears"]


@pytest.mark.parametrize(
    "body",
    [
        '1. **Hook** -- "Ropes break"\n   - Look.\n\n2. **Explain** -- It tears.\n   - See.',
        "1. **Hook** -- A torn rope\n\n2. **Explain** -- Where a rope tears",
    ],
)
def test_a_sentence_behind_it_is_text(body: str) -> None:
    titles = [words([Paragraph(src=one.src, spans=one.title)]) for one in outline(body).sections]
    assert titles == ["Hook", "Explain"]
