"""Quotations in hand-written plans: which marks belong together, and what they say is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_samples import FRAME, lesson, of_type, outline, section, words

from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.blocks import Block, Blocks, Paragraph
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Voice
from pipelines.handwritten.quotations import quotations
from pipelines.handwritten.voice import classify_audience

FALSE = "Heavier stones fall faster."


def shown(nodes: Blocks) -> str:
    """Return the words that students read as text, not as a mistake."""
    texts = [
        node
        for node in of_type(nodes, Paragraph)
        if node.voice is Voice.STUDENT and not isinstance(node, MisconceptionBlock)
    ]
    return " ".join(words([node]) for node in texts)


def mistakes(nodes: Blocks) -> list[str]:
    return [words([Paragraph(src=one.src, spans=one.statement)])
            for one in of_type(nodes, MisconceptionBlock)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('"one" and "two"', ["one", "two"]),
        ('the "first, then" principle--is "how?"', ["first, then", "how?"]),
        ("„Ein Knoten.“ und „zwei“", ["Ein Knoten.", "zwei"]),
        ("“a” b “c”", ["a", "c"]),
        ('a 5" pipe and "this"', ["this"]),
        ('never closed "here', []),
        ("“one of two kinds\"", ["one of two kinds"]),
    ],
)  # fmt: skip
def test_marks_are_taken_in_pairs(text: str, inner: list[str]) -> None:
    assert [one.text for one in quotations(text)] == inner


@given(st.lists(st.text("ab c.", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=5))
def test_what_stands_between_quotations_is_never_one(parts: list[str]) -> None:
    text = " x ".join(f'"{part}"' for part in parts)
    assert [one.text for one in quotations(text)] == parts


def test_an_instruction_between_two_quotations_is_a_note() -> None:
    found = section(
        '"Last week you tied one knot." Then show the second. "Today you tie two."', "Recap"
    )
    assert shown(found.nodes) == '"Last week you tied one knot." "Today you tie two."'
    found = section(
        '- Echo the model: "A knot is a loop" becomes "a knot is friction, folded."', "Recap"
    )
    assert shown(found.nodes) == '"A knot is a loop" becomes "a knot is friction, folded."'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            'This follows the "first trouble, then cure" principle--the trouble is "how does a '
            'rope hold at all?" The student should feel it.',
            "how does a rope hold at all?",
        ),
        (
            'Visual: a map with two shores. Everything north is "old land," everything on the '
            'other side is "new land." The student sees both.',
            "",
        ),
    ],
)
def test_only_what_is_quoted_is_shown(line: str, expected: str) -> None:
    assert shown(section(f"- {line}", "Hook").nodes) == expected


@pytest.mark.parametrize("text", ["Der Lehrer sagt: „Ein Knoten.“", "„Noch ein Knoten.“"])
def test_german_quotations_keep_both_marks(text: str) -> None:
    assert shown(section(text, "Hook").nodes) == text


@pytest.mark.parametrize(
    ("line", "false", "true"),
    [
        (f'Address misconception: "{FALSE}" They do not.', FALSE, "They do not."),
        (f'- Address misconception: "{FALSE}" No, they land together.', FALSE, "No, they land"),
        (f'- Address misconception: "{FALSE}"\n    - They land together.', FALSE, "They land"),
        (f'Misconception: "{FALSE}" They do not.', FALSE, "They do not."),
        (f'**Common misconception:** "{FALSE}" They do not.', FALSE, "They do not."),
        (f'Debunk the myth: "{FALSE}" They do not.', FALSE, "They do not."),
        (f'Counter the common misconception that "{FALSE}" They do not.', FALSE, "They do not."),
    ],
)
def test_a_mistake_is_boxed_with_its_rebuttal(line: str, false: str, true: str) -> None:
    nodes = section(line, "Explain").nodes
    assert mistakes(nodes) == [false]
    assert true in shown(nodes) and false not in shown(nodes)


@pytest.mark.parametrize(
    "line",
    [
        f'Show the two stones to those who believe the misconception "{FALSE}" and let them fall.',
        f'Explain why the myth "{FALSE} It is the mass." is so hard to give up in this section.',
    ],
)
def test_a_note_about_a_mistake_never_states_it(line: str) -> None:
    for kind in SectionKind:
        split = classify_audience(line, kind)
        assert FALSE not in split.shown or "myth" in split.shown or "misconception" in split.shown


TABLE = """\
### Misconceptions Table

| Misconception | Why They'd Think This | Negative Example | Where to Address |
|---|---|---|---|
| "Heavier stones fall faster" | Feathers float | Two stones | Section 1 |
| "A rope is weakest in its middle" | It sags there | A knot | Section 1 |

"""


def addressed(quotation: str) -> Block:
    body = f'#### 1. Explain\n\nAddress Misconception #2: "{quotation}"\n'
    found = lesson(FRAME.replace("## Phase 3", TABLE + "## Phase 3") + body).design.outline
    assert found
    (box,) = of_type(found.sections[0].nodes, MisconceptionBlock)
    return box


@pytest.mark.parametrize(
    "rebuttal",
    ["The knot is where a rope gives way.", "It breaks at the knot.", "It is not the middle."],
)
def test_the_table_says_what_the_mistake_is(rebuttal: str) -> None:
    box = addressed(rebuttal)
    assert mistakes((box,)) == ["A rope is weakest in its middle"]
    assert shown(box.nodes) == rebuttal  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "again", ["A rope is weakest in its middle.", "The middle of a rope is the weakest."]
)
def test_the_mistake_in_other_words_stays_the_mistake(again: str) -> None:
    assert mistakes((addressed(again),)) == [again]


def test_takeaways_are_the_summary() -> None:
    found = outline(
        '1. **Hook** -- "Ropes break."\n\n'
        "2. **Summary** -- Key takeaways: (1) A knot is friction, (2) Wet ropes slip.\n\n"
        "3. **Next step** -- Splices.\n"
    ).sections[1]
    assert "A knot is friction" in shown(found.nodes) and "Wet ropes slip." in shown(found.nodes)
