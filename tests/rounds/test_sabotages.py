"""Sabotages of a reviewed lesson: each is found by the check that it is for, and by no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from page_samples import a_ledger, sources
from plan_samples import lesson
from reviewed_plan import FRAME, PLAN, a_check, a_finding, a_round, exported, incoming

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import InputProblems
from pipelines.pages.review.spots import values_of
from pipelines.planlint.rules import lint
from pipelines.rounds.checks import open_problems, round_problems
from pipelines.rounds.contents import contents_of
from pipelines.rounds.merging import merged
from pipelines.rounds.register import Seal, register_of
from pipelines.rounds.shown import Shown, written
from pipelines.rounds.writing import round_markdown

KEY = "toy-cd/consistency@1/off_manifold"
ROW = a_ledger().measurements[KEY]


def values(plan: LessonPlan, value: float = ROW.value) -> dict[str, tuple[Shown, ...]]:
    """Return what a page shows where one number is measured anew."""
    rows = {KEY: ROW.model_copy(update={"value": value})}
    ledger = a_ledger().model_copy(update={"measurements": rows})
    return values_of(plan, sources(ledger, strict=False))


@cache
def sound() -> str:
    """Return a lesson whose findings are verified with the content and the numbers they had."""
    text = PLAN.replace("A last word.", f"{{value}}`{KEY}|percent1` remain.")
    plan = lesson(text)
    spots, numbers = contents_of(plan).spots, values(plan)
    name = "s-summary/paragraph-2"
    checks = [
        {"id": "1.1", "title": "so", "severity": "CRITICAL", "content": spots["s-explain"].digest},
        {"id": "1.3", "title": "so", "severity": "POLISH"}
        | {"content": str(Seal(spots[name].digest, written(numbers[name])))},
    ]
    checks = [one | {"status": "VERIFIED"} for one in checks]
    finding = a_finding(plan, "s-hook/paragraph-1")
    told = exported(plan, checks=checks, findings=[finding])
    return merged(text, "plan.md", incoming(told.model_dump_json(), "round.json"))


def codes(text: str, value: float = ROW.value) -> list[str]:
    """Return the codes of what all checks of a plan find, those of planning left out."""
    plan = lesson(text)
    register = register_of(plan, values(plan, value))
    found = lint(plan, facts={}, citations={}, experiments={})
    found = [one for one in found if one.code in ("ML514", "ML515")]
    found += [*round_problems(register), *open_problems(register)]
    assert all(one.line > 1 and one.remedy for one in found)
    return [one.code for one in found]


def replaced(old: str, new: str) -> Callable[[str], str]:
    def sabotage(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return sabotage


OUTLINE = FRAME[FRAME.index("## Phase 3") :]
REMARKED = "#### [POLISH] — Wrong at s-hook/paragraph-1"
SABOTAGES: dict[str, tuple[Callable[[str], str], list[str]]] = {
    "a critical finding is left open": (
        replaced("| so | CRITICAL | VERIFIED |", "| so | CRITICAL | STILL OPEN |"),
        ["ML703"],
    ),
    "a paragraph is edited under a verified critical finding": (
        replaced("The longer arm moves farther.", "The longer arm moves less far."),
        ["ML704"],
    ),
    "an answer is reversed under it": (
        replaced("The shorter one.", "The longer one."),
        ["ML704"],
    ),
    "its section is given another title": (
        replaced("#### 2. Explain", "#### 2. Exclaim"),
        ["ML704"],
    ),
    "its section loses a block": (
        replaced("The longer arm moves farther.\n", ""),
        ["ML704"],
    ),
    "a format hides a digit under a verified finding": (
        replaced("|percent1` remain", "|percent0` remain"),
        ["ML704"],
    ),
    "a lesson passes with a critical finding": (
        replaced("### Verdict: MAJOR REVISION", "### Verdict: PASS"),
        ["ML514"],
    ),
    "a lesson that passes is sent back": (
        lambda text: text.replace("### Verdict: PASS", "### Verdict: MAJOR REVISION"),
        ["ML514"],
    ),
    "a finding is not counted": (replaced("- Critical: 1", "- Critical: 0"), ["ML515"]),
    "a finding is taken out, its count is not": (
        lambda text: text.replace(text[text.index(REMARKED) :], ""),
        ["ML515"],
    ),
    "an id is used twice": (replaced("**Id:** 2.1", "**Id:** 1.1"), ["ML701"]),
    "a finding is at a place that is not on the page": (
        replaced("**Place:** `s-hook/paragraph-1`", "**Place:** `s-hook/paragraph-9`"),
        ["ML702"],
    ),
    "the place of an open finding is taken away": (
        replaced("Give me a place to stand.\n\nA lever trades force for distance.\n", ""),
        ["ML702"],
    ),
    "a location names a section that is not there": (
        lambda text: text.replace("**Place:** `s-hook/paragraph-1`\n", "").replace(
            "**Location:** section 1, paragraph 1", "**Location:** Section 9"
        ),
        ["ML702"],
    ),
    "a fix is told of a finding that nobody found": (
        lambda text: text + a_check("7.7", "VERIFIED"),
        ["ML705"],
    ),
    "of two reviewers of one version one is not content": (
        lambda text: (
            text + a_check("1.1", "STILL OPEN", made_for=contents_of(lesson(text)).version)
        ),
        ["ML703"],
    ),
}


def test_the_lesson_itself_is_sound() -> None:
    assert codes(sound()) == []


@pytest.mark.parametrize(("sabotage", "expected"), SABOTAGES.values(), ids=SABOTAGES)
def test_a_sabotage_is_found(sabotage: Callable[[str], str], expected: list[str]) -> None:
    text = sabotage(sound())
    assert text != sound()
    assert codes(text) == expected


def test_a_number_that_changes_under_a_verified_finding_is_found() -> None:
    assert codes(sound(), ROW.value + 0.01) == ["ML704"]


def another(**more: Any) -> Any:
    plan = lesson(sound())
    return a_round(plan, findings=[a_finding(plan, "s-explain")], **more)


ROUNDS: dict[str, tuple[Callable[[], tuple[str, Any]], str]] = {
    "a round for another version": (
        lambda: (sound().replace("Which arm", "What arm"), another()),
        "ML707",
    ),
    "a round whose version was put right by hand": (
        lambda: (
            sound().replace("Which arm", "What arm"),
            another(version=contents_of(lesson(sound().replace("Which arm", "What arm"))).version),
        ),
        "ML707",
    ),
    "a round for another lesson": (lambda: (sound(), another(lesson="pulleys")), "ML707"),
    "a round that is there already": (
        lambda: (merged(sound(), "plan.md", another()), another()),
        "ML708",
    ),
    "a round with a second outline in it": (
        lambda: (
            sound(),
            incoming(
                f"{round_markdown(exported(lesson(sound())))}\n{OUTLINE}",
                "round.md",
            ),
        ),
        "ML706",
    ),
}


@pytest.mark.parametrize(("made", "code"), ROUNDS.values(), ids=ROUNDS)
def test_a_round_that_does_not_fit_is_refused(
    made: Callable[[], tuple[str, Any]], code: str
) -> None:
    with pytest.raises(InputProblems) as caught:
        text, one = made()
        merged(text, "plan.md", one)
    assert {problem.code for problem in caught.value.problems} == {code}
