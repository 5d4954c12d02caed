"""Each way to write a thing that the dialect knows: exercises and layout blocks."""

from __future__ import annotations

import pytest
from plan_samples import of_type, section

from pipelines.blocks.callout import Callout
from pipelines.blocks.cards import Card, Cards
from pipelines.blocks.exercise import Exercise, Level
from pipelines.contracts.blocks import Comparison
from pipelines.plan.inline import plain

# --- exercises ----------------------------------------------------------------------------------

NOTATIONS = {
    "A": "**Exercise 1 (Guided): Tie**\n- once\n\n**Exercise 2 (Independent): Untie**\n- twice\n",
    "A lost": "**Exercise 1 (Guided)  Tie**\n- once\n\n**Exercise 2 (Independent)  Untie**\n",
    "A heading": "##### Exercise 1 (Guided): Tie\n\n- one\n\n##### Exercise 2 (Independent): Undo",
    "A after": "**Exercise 1: Tie (Guided)**\n- once\n\n**Exercise 2: Untie [Independent]**\n",
    "A2": "**Exercise 1 (Guided):** Tie\n\n**Exercise 2 (Independent):** Untie\n",
    "B": "- **Exercise 1 (Guided): Tie.** Once.\n- **Exercise 2 (Independent): Untie.** Twice.\n",
    "C": "1. **(Guided) Tie:** once\n2. **(Independent) Untie:** twice\n",
    "D": "- Exercise 1 (guided): Tie. Once.\n- Exercise 2 (independent): Untie. Twice.\n",
    "E": "- **Guided:** Tie.\n- **Independent:** Untie.\n",
    "F": "1. **Tie** -- once (guided)\n2. **Untie** -- twice (independent)\n",
    "F trailing": "1. **Tie** -- once\n2. **Untie** -- twice\n\n"
    "Scaffolding level: Guided for exercise 1, Independent for 2.\n",
    "F arrows": "Design: Guided -> Independent.\n\n1. **Tie** -- once\n2. **Untie** -- twice\n",
    "G": "**Part 1: Tie (Guided)**\n- once\n\n**Part 2: Untie (Independent)**\n- twice\n",
    "G table": "| Exercise | Level | Task |\n|---|---|---|\n| 1: Tie | Guided | once |\n"
    "| 2: Untie | Independent | twice |\n",
    "H": "We (1) tie a knot (guided); (2) untie it (independent).\n",
    "other": "Guided for exercise 1, Independent for 2.\n\n1. Tie it once.\n2. Untie it.\n",
}


@pytest.mark.parametrize("name", NOTATIONS)
def test_notations_of_exercises(name: str) -> None:
    one, two = of_type(section(NOTATIONS[name], "Practice (Notebook)"), Exercise)
    assert (one.level, two.level) == (Level.GUIDED, Level.INDEPENDENT)
    assert "tie" in (plain(one.title) + str(one.nodes)).lower()
    if name != "E":
        assert (one.number, two.number) == (1, 2)


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ("Guided -> Scaffolded", Level.GUIDED),
        ("Scaffolded", Level.SUPPORTED),
        ("Minimal scaffolding", Level.INDEPENDENT),
        ("Stretch", Level.INDEPENDENT),
    ],
)
def test_levels(raw: str, level: Level) -> None:
    (found,) = of_type(section(f"**Exercise 1 ({raw}): Tie**\n- once", "Practice"), Exercise)
    assert (found.level, found.level_raw) == (level, raw)
    assert found.stretch is (raw == "Stretch")


def test_fields_of_an_exercise() -> None:
    body = (
        "**Exercise 1 (Guided): Tie**\n- once\n"
        '- Predict-before-run: "Will it hold (twice)?" (Answer: Yes (if dry).)\n'
        "- What it tests: hands. Depth: APPLIED for knots.\n- Purpose: to hold\n"
        "- Key insight: friction holds\n- Expected result: a knot\n- Bonus: two knots\n\n"
        "Predict: how long? Answer: a minute.\n"
    )
    (found,) = of_type(section(body, "Practice"), Exercise)
    assert [plain(one.question) for one in found.predictions] == [
        "Will it hold (twice)?",
        "how long?",
    ]
    assert plain(found.predictions[0].answer) == "Yes (if dry)."
    assert plain(found.purpose) == "hands. Depth: APPLIED for knots. to hold"
    assert (found.tests, plain(found.key_insight)) == ((), "friction holds")
    assert (plain(found.expected), plain(found.bonus)) == ("a knot", "two knots")
    assert [node.type for node in found.nodes] == ["list"]


@pytest.mark.parametrize(
    "prose",
    [
        "Exercise 2 builds on the knot of before.",
        "Exercises 1-2 are cumulative.",
        "The exercise (guided) is short.",
        "Part 2 of the rope is wet.",
    ],
)
def test_prose_about_exercises_is_none(prose: str) -> None:
    assert of_type(section(prose, "Practice"), Exercise) == []


# --- layout blocks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title", "aside"),
    [
        ('InsightBlock: "Wet ropes." They slip.', "Wet ropes", False),
        ('InsightBlock (aside): "Wet ropes." They slip.', "Wet ropes", True),
        ("InsightBlock (the trouble with rain): They slip.", "the trouble with rain", False),
        ('**InsightBlock -- "Wet ropes":** They slip.', "Wet ropes", False),
        ('InsightBlock addressing misconception #2: "Wet ropes." They slip.', "Wet ropes", False),
        ('GradientCard or InsightBlock: "Wet ropes." They slip.', "Wet ropes", False),
    ],
)
def test_call_of_a_block(written: str, title: str, aside: bool) -> None:
    (found,) = [
        node for node in section(written, "Explain").nodes if isinstance(node, Callout | Card)
    ]
    assert plain(found.title) == title and "They slip." in str(found.nodes)
    assert aside is (isinstance(found, Callout) and found.aside)


@pytest.mark.parametrize(
    "name",
    [
        "Insight",
        "Warning",
        "Tip",
        "TryThis",
        "Concept",
        "Constraint",
        "Summary",
        "NextStep",
        "ModuleComplete",
        "SeriesComplete",
    ],
)
def test_every_block_has_a_kind(name: str) -> None:
    (found,) = of_type(section(f'{name}Block: "Rope."', "Explain"), Callout)
    assert plain(found.title) == "Rope"


@pytest.mark.parametrize(
    "written",
    [
        "GradientCard grid:\n1. **Rope** (amber) -- wet\n2. **Chain** (violet) -- dry\n",
        "GradientCards:\n- Amber (Rope): wet\n- Violet (Chain): dry\n",
    ],
)
def test_grid_of_cards(written: str) -> None:
    (found,) = of_type(section(written, "Explain"), Cards)
    assert [(plain(card.title), card.colour) for card in found.cards] == [
        ("Rope", "amber"),
        ("Chain", "violet"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "ComparisonRow: Rope vs Chain\n\n| | Rope | Chain |\n|-|-|-|\n| . | slips | rusts |\n",
        "ComparisonRow:\n- Left: Rope -- slips\n- Right: Chain -- rusts\n",
        "ComparisonRow: Rope vs Chain\n- Rope: slips\n- Chain: rusts\n",
    ],
)
def test_comparison(written: str) -> None:
    (found,) = of_type(section(written, "Explain"), Comparison)
    assert [plain(column) for column in found.columns] == ["Rope", "Chain"]
    assert [plain(cell) for cell in found.rows[0]][-2:] == ["slips", "rusts"]
