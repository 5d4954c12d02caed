"""Mistakes made in a finished lesson: each is found, by the check that is there for it.

The small lesson of tests/data/review needs nobody. Each sabotage names all that its review then
says, so that none is found by accident, and none sets off a check that has nothing to do with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from review_samples import LESSON, MISSES, a_build, made_from, read, reviewed

from pipelines.contracts.measurement import Ledger
from pipelines.pages.page import new_page
from pipelines.pages.places import find_places
from pipelines.pages.render import render_lesson
from pipelines.pages.review.coverage import coverage
from pipelines.pages.review.page_map import map_page


@dataclass(frozen=True)
class Sabotage:
    """What is changed in the lesson or its build, and all that the review then says.

    Attributes:
        changes: Patterns of the plan and what takes their place.
        found: What each line of the first screen begins with.
        without: A figure that the build has not drawn.
    """

    name: str
    changes: dict[str, str]
    found: tuple[str, ...]
    ledger: Ledger = field(default_factory=a_build)
    without: str = ""


def block(of: str) -> str:
    """Return the pattern of a directive that begins so."""
    return rf"(?s):::{{{of}.*?\n:::\n"


SABOTAGES = (
    Sabotage(
        "the block of a misconception is removed",
        {block("misbelief} Jumps are free"): ""},
        (
            "missing: misconception: Jumps are free",
            "contradicted: ticked: At least 3 misconceptions",
        ),
    ),
    Sabotage(
        "a misconception is answered under a number that no row has",
        {":number: 3": ":number: 9"},
        (
            "missing: misconception: More jumps",
            "contradicted: a misconception that no row plans: More jumps",
            "contradicted: ticked: At least 3 misconceptions",
        ),
    ),
    Sabotage(
        "a misconception is answered in another section than planned",
        {r"Eight are no better than four\. \| Section 2": "Eight. | Section 1"},
        ("contradicted: misconception: More jumps are always better (stands in section 2",),
    ),
    Sabotage(
        "a figure becomes words",
        {block("figure} one-trajectory"): "A trajectory ends at one end.\n"},
        (
            "missing: example: One trajectory with its end (the page has no path-and-end",
            "missing: modality: Visual: A trajectory and its end (the page has no path-and-end",
            "contradicted: ticked: At least 3 modalities",
            "contradicted: ticked: At least 2 positive examples",
        ),
    ),
    Sabotage(
        "a picture that was promised is not drawn",
        {},
        (
            "in words only: modality: Visual: A trajectory and its end (a picture was promised",
            "contradicted: ticked: At least 3 modalities",
        ),
        without="path-and-end",
    ),
    Sabotage(
        "the answer of a check question is dropped",
        {r"(?s):::{answer}\nAt the same end.*?\n:::\n": ""},
        (
            "missing: check question without an answer: Question 1",
            "contradicted: ticked: All check questions have answers",
        ),
    ),
    Sabotage(
        "the answer of a prediction is dropped",
        {r"(?s):::{answer}\nA few of them\.\n:::\n": ""},
        ("missing: exercise without an answer: Exercise 1",),
    ),
    Sabotage(
        "nothing asks for what the lesson is to develop",
        {
            "(?s)Where does a jump to the end.*?two of its points": "Where, from two points",
            r"(?s)At the same end, since both.*?names its end": "In one place",
            "(?s):::::{exercise}.*?\n:::::\n": "",
        },
        ("to confirm: depth target: Jumping to the end (no question and no exercise",),
    ),
    Sabotage(
        "a box that only a person can tick is unticked",
        {r"- \[x\] No untaught": "- [ ] No untaught"},
        ("to confirm: No untaught concepts remain",),
    ),
    Sabotage(
        "a claim is reversed",
        {r"@2/off_manifold < toy": "@2/off_manifold > toy"},
        ("contradicted: Claim 1, two-jumps-help",),
    ),
    Sabotage(
        "a claim that does not hold is said to hold",
        {":holds: no\n:because: [^\n]*\n": ""},
        ("contradicted: Claim 2, no-third",),
    ),
    Sabotage(
        "a measured number changes",
        {},
        ("contradicted: Claim 1, two-jumps-help",),
        ledger=a_build({**MISSES, 2: 0.09, 4: 0.08}),
    ),
    Sabotage(
        "a number was never measured",
        {},
        ("undecided: Claim 1, two-jumps-help",),
        ledger=a_build({2: 0.03, 4: 0.028}),
    ),
    Sabotage(
        "chance alone could have made the differences",
        {},
        ("undecided: Claim 1, two-jumps-help", "undecided: Claim 2, no-third"),
        ledger=a_build(by_chance=True),
    ),
    Sabotage(
        "the resolution of a gap is removed",
        {r"\| Teachers \| Small[^\n]*\n": ""},
        ("contradicted: ticked: All gaps have explicit resolution plans",),
    ),
    Sabotage(
        "a gap is called none",
        {r"GAP \(small\)": "OK"},
        ("contradicted: ticked: Depth match verified",),
    ),
    Sabotage(
        "a prerequisite comes from nowhere",
        {r"DEVELOPED \| flow-matching \(7\.2\.2\) \| OK": "DEVELOPED | | OK"},
        ("contradicted: ticked: Each traced",),
    ),
    Sabotage(
        "a prerequisite has no depth",
        {r"\| Trajectories \| INTRODUCED": "| Trajectories | ?"},
        ("contradicted: ticked: Every assumed concept listed",),
    ),
    Sabotage(
        "an example loses its purpose",
        {r"Show what is jumped to\.": ""},
        ("contradicted: ticked: At least 2 positive examples",),
    ),
    Sabotage(
        "a misconception loses its counterexample",
        {r"Count the evaluations of the training\.": ""},
        ("contradicted: ticked: At least 3 misconceptions",),
    ),
    Sabotage(
        "a modality loses its reason",
        {"An end is seen": ""},
        ("contradicted: ticked: At least 3 modalities",),
    ),
    Sabotage(
        "a checklist counts what is not there",
        {r"\(3 misconceptions\)": "(5 misconceptions)"},
        ("contradicted: ticked: At least 3 misconceptions identified with negative examples (5",),
    ),
    Sabotage(
        "nothing says what the lesson is not about",
        {r"\*\*This lesson is NOT about:\*\*\n- pictures\n": ""},
        ("contradicted: ticked: Scope boundaries explicitly stated",),
    ),
    Sabotage(
        "the narrative is removed",
        {r"A walk takes many steps\. What if[^\n]*\n": ""},
        ("contradicted: ticked: Narrative motivation stated",),
    ),
    Sabotage(
        "the new concept hangs on nothing",
        {r"\| Jumping to the end \| Trajectories[^\n]*\n": ""},
        ("contradicted: ticked: Every new concept connected",),
    ),
    Sabotage(
        "five concepts are new",
        {"1 new concept: jumping": "5 new concepts: jumping"},
        ("contradicted: ticked: Cognitive load",),
    ),
    Sabotage(
        "what was left out with a reason loses it",
        {" {omitted}`[^`]*`": ""},
        ("missing: analogy: Symptom and cause (no passage speaks of it",),
    ),
    Sabotage(
        "the place that guards against an analogy is renamed",
        {"##### The jump": "##### The leap"},
        (
            "missing: example: A student that is asked twice (the page has no the-jump",
            "missing: modality: Symbolic: The map to the end (the page has no the-jump",
            "missing: guard of an analogy: Jump (the page has no the-jump",
            "contradicted: ticked: At least 3 modalities",
            "contradicted: ticked: At least 2 positive examples",
        ),
    ),
    Sabotage(
        "the passage on a scope item is removed",
        {"##### The limits\n": ""},
        ("missing: scope: the limits of one jump (the page has no the-limits",),
    ),
    Sabotage(
        "a link leads nowhere",
        {"as you have seen in flow matching": "as you [have seen](#nowhere) in flow matching"},
        ("problems: index: the link #nowhere leads nowhere",),
    ),
)  # fmt: skip


def sabotaged(one: Sabotage) -> str:
    text = LESSON.read_text(encoding="utf-8")
    for pattern, instead in one.changes.items():
        text, count = re.subn(pattern, lambda _, put=instead: put, text)
        assert count == 1, f"{pattern} stands there {count} times"
    return text


def test_the_finished_lesson_needs_nobody() -> None:
    assert reviewed(LESSON.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("one", SABOTAGES, ids=lambda one: one.name)
def test_each_sabotage_is_found_by_its_check_and_by_no_other(one: Sabotage) -> None:
    found = reviewed(sabotaged(one), one.ledger, one.without)
    assert len(found) == len(one.found), found
    for said, wanted in zip(sorted(found), sorted(one.found), strict=True):
        assert said.startswith(wanted), found


@pytest.mark.parametrize(
    ("lost", "type_"),
    [
        ("A trajectory leads from noise to data, and walking along it takes", "paragraph"),
        ("A long step follows the direction at its beginning, and a jump", "paragraph"),
        ("A second jump leaves fewer points off the data than a single one", "paragraph"),
    ],
)
def test_a_block_that_the_page_loses_on_its_way_is_found(lost: str, type_: str) -> None:
    plan = read(LESSON.read_text(encoding="utf-8"))
    made = made_from(plan, a_build())
    html = render_lesson(plan, made)
    page = new_page(plan.file, made, find_places(plan))
    assert coverage(plan, page, map_page(html)).lost == ()
    assert lost in html
    (block,) = coverage(plan, page, map_page(html.replace(lost, ""))).lost
    assert block.type == type_
