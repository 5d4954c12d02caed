"""Findings over rounds: ids, places, statuses, verdicts, and what opens a verified one again."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import ROOT
from page_samples import a_ledger, sources
from plan_samples import lesson
from reviewed_plan import FRAME, PLAN, ROUND, a_check, a_round

from pipelines.claims import row_uncertainty
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Severity
from pipelines.pages.places import find_places
from pipelines.pages.render import render_anyhow
from pipelines.pages.review.spots import values_of
from pipelines.planwriter.format import format_text
from pipelines.rounds.contents import contents_of
from pipelines.rounds.locations import spot_in_words
from pipelines.rounds.merging import merged
from pipelines.rounds.register import FindingsRegister, Status, register_of
from pipelines.rounds.shown import written

SEEDS = sorted((ROOT / "tests/data/rounds").glob("*.md"))
KEY = "toy-cd/consistency@1/off_manifold"


def register(text: str) -> FindingsRegister:
    return register_of(lesson(text))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_rounds_of_the_seeds(seed: Path) -> None:
    found = register(seed.read_text(encoding="utf-8"))
    rounds = [[one for one in found.findings if one.round == number] for number in (1, 2)]
    severities = ["critical", *["improvement"] * 3, *["polish"] * 2]
    assert [one.severity.value for one in rounds[0]] == severities
    assert [one.severity.value for one in rounds[1]] == ["polish"]
    assert [one.id for one in found.findings] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1"]
    for one in found.findings:
        assert {"location", "issue", "impact", "fix"} <= one.finding.fields.keys()
        assert one.title
    last = Status.RETRACTED if seed.stem == "001" else Status.VERIFIED
    assert [one.status for one in rounds[0]] == [*[Status.VERIFIED] * 5, last]
    assert [one.status for one in rounds[1]] == [Status.OPEN]
    assert found.unmatched == ()
    verdicts = [(one.review.verdict, one.computed, one.contradicts) for one in found.rounds]
    assert verdicts == [("MAJOR REVISION", "MAJOR REVISION", False), ("PASS", "PASS", False)]


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("Section 2", "s-explain"),
        ("section 2, question 1", "question-1"),
        ("Section 7 (Explain)", "s-explain"),
        ("the “Summary”", "s-summary"),
        ("misbelief-1", "misbelief-1"),
        ("s-hook/paragraph-2", "s-hook/paragraph-2"),
        ("Section 9", None),
        ("Notebook, section 2", None),
        ("Line 12", None),
        ("", None),
    ],
)
def test_where_a_location_is(where: str, place: str | None) -> None:
    spot = spot_in_words(where, contents_of(lesson(PLAN)))
    assert (spot.name if spot else None) == place


def test_spots_have_the_names_of_the_page() -> None:
    plan = lesson(PLAN)
    anchors = {place.anchor for place in find_places(plan).of_block.values()}
    named = {name for name in contents_of(plan).spots if "/" not in name}
    assert named <= anchors


def test_what_an_author_says_is_fixed_and_what_a_reviewer_sees_is_verified() -> None:
    fixed = register(PLAN)
    assert [one.status for one in fixed.findings] == [
        Status.FIXED,
        Status.WONT_FIX,
        Status.FIXED,
    ]
    checked = register(PLAN + a_check("1.1", "VERIFIED") + a_check("1.3", "STILL OPEN", round=3))
    assert [one.status for one in checked.findings] == [
        Status.VERIFIED,
        Status.WONT_FIX,
        Status.OPEN,
    ]
    assert [event.status for event in checked.findings[0].history] == [
        Status.OPEN,
        Status.FIXED,
        Status.VERIFIED,
    ]


def sealed(name: str, text: str = PLAN, values: str = "") -> str:
    """Return a plan whose first finding was verified at a spot as it is now."""
    digest = contents_of(lesson(text)).spots[name].digest
    return text + a_check("1.1", "VERIFIED", f"{digest}+{values}" if values else digest)


@pytest.mark.parametrize(
    ("old", "new", "reopened"),
    [
        ("The longer arm moves farther.", "The longer arm moves nearer.", True),
        ("Which arm carries more?", "Which arm carries less?", True),
        ("#### 2. Explain", "#### 2. Explained", True),
        ("Give me a place", "Give us a place", False),
        ("Force times arm", "Arm times force", False),
        ("#### 2. Explain", "#### 2. More\n\nNew.\n\n#### 3. Explain", False),
    ],
)
def test_an_edited_place_opens_what_was_verified_there(old: str, new: str, reopened: bool) -> None:
    text = sealed("s-explain")
    assert register(text).findings[0].status is Status.VERIFIED
    (first, *_) = register(text.replace(old, new)).findings
    assert bool(first.reopened) is reopened and first.is_open is reopened


def test_a_paragraph_that_moves_stays_verified() -> None:
    text = sealed("s-hook/paragraph-2")
    moved = text.replace("Give me", "Something new.\n\nGive me")
    assert register(moved).findings[0].status is Status.VERIFIED
    gone = text.replace("A lever trades force for distance.\n\n", "")
    assert register(gone).findings[0].reopened


def test_the_normal_form_keeps_what_is_sealed() -> None:
    loose = sealed("s-explain").replace("**Voice:** explicit\n", "")
    loose = sealed("s-explain", loose.partition("\n## Review — 2026-02-03")[0])
    formatted = format_text(loose)
    assert formatted != loose
    for text in (loose, formatted):
        found = register(text)
        assert (
            found.findings[0].status is Status.VERIFIED and found.findings[0].history[-1].seal.text
        )


def test_two_reviewers_of_one_version_and_the_more_urgent_counts() -> None:
    checks = [
        a_check("1.1", "VERIFIED", made_for="0" * 12),
        a_check("1.1", "STILL OPEN", made_for="0" * 12),
    ]
    for one, other in (checks, checks[::-1]):
        assert register(PLAN + one + other).findings[0].is_open
    later = a_check("1.1", "VERIFIED", made_for="1" * 12)
    assert register(PLAN + "".join(checks) + later).findings[0].status is Status.VERIFIED


# --- the numbers that a place shows ---


def with_number() -> str:
    return PLAN.replace("A last word.", f"{{value}}`{KEY}|percent1` remain.")


# a standard error of 0.0023: nearer than 0.0065 nothing is decided
_DRAWN = {"parts": (0.0731, 0.0651, 0.0731, 0.0651), "draws": "noise", "n": 4}
ROW = a_ledger().measurements[KEY].model_copy(update=_DRAWN)


def shown_with(value: float, plan: LessonPlan, row: Measurement = ROW) -> FindingsRegister:
    """Return the register of a plan whose page shows a number as it was measured anew."""
    ledger = a_ledger()
    rows = ledger.measurements | {KEY: row.model_copy(update={"value": value})}
    made_from = sources(ledger.model_copy(update={"measurements": rows}), strict=False)
    assert not row.parts or row_uncertainty(row).error == pytest.approx(0.0023, abs=1e-4)
    return render_anyhow(plan, made_from).findings


def verified_with_number(row: Measurement = ROW) -> str:
    """Return a plan whose first finding was verified where the page shows a number."""
    plan = lesson(with_number())
    name = "s-summary/paragraph-2"
    rows = a_ledger().measurements | {KEY: row}
    ledger = a_ledger().model_copy(update={"measurements": rows})
    shown = values_of(plan, sources(ledger, strict=False))
    assert set(shown) == {"s-summary", name}
    assert written(shown[name]) == "0.0691"
    return sealed(name, with_number(), "0.0691")


@pytest.mark.parametrize(
    ("value", "reopened"),
    [
        (0.0691, False),
        (0.06914, False),  # another last digit
        (0.0699999, False),  # 7.0 in place of 6.9 %, by less than its standard error
        (0.0649, False),
        (0.0791, True),
        (0.0591, True),
    ],
)
def test_a_number_reopens_what_chance_does_not_explain(value: float, reopened: bool) -> None:
    (first, *_) = shown_with(value, lesson(verified_with_number())).findings
    assert bool(first.reopened) is reopened and first.is_open is reopened
    if reopened:
        assert first.reopened.endswith(
            f"numbers of section 3, paragraph 2 have changed since: {value:.4g} in place of 0.0691"
        )


def test_a_number_of_unknown_error_is_held_to_what_the_page_shows() -> None:
    row = a_ledger().measurements[KEY]
    plan = lesson(verified_with_number(row))
    for value, reopened in ((0.0693, False), (0.0699, False), (0.0709, True)):
        (first, *_) = shown_with(value, plan, row).findings
        assert bool(first.reopened) is reopened


def test_words_reopen_whatever_their_numbers_do() -> None:
    text = verified_with_number().replace("remain.", "are left.")
    (first, *_) = shown_with(0.0691, lesson(text)).findings
    assert first.is_open and first.reopened.endswith("has changed since")


def test_numbers_of_a_trial_build_open_nothing() -> None:
    trial = a_ledger(publish=False)
    assert values_of(lesson(with_number()), sources(trial, strict=False)) == {}


def test_what_hangs_on_the_clock_opens_nothing() -> None:
    timed = "toy-cd/consistency@1/seconds_per_1000"
    plan = lesson(PLAN.replace("A last word.", f"{{value}}`{timed}` seconds."))
    assert values_of(plan, sources(a_ledger(0.25), strict=False)) == {}


def test_a_number_that_is_missing_opens_nothing() -> None:
    plan = lesson(PLAN.replace("A last word.", "{value}`toy-cd/consistency@9/off_manifold`."))
    assert values_of(plan, sources(strict=False)) == {}


def test_open_ones_stand_first() -> None:
    found = register(FRAME + ROUND.replace("**Status:** FIXED\n", ""))
    assert [one.severity for one in found.open] == [Severity.CRITICAL, Severity.POLISH]


def test_an_exported_round_is_a_round_like_others() -> None:
    plan = lesson(PLAN)
    text = merged(PLAN, "plan.md", a_round(plan, checks=[("1.1", "VERIFIED", "s-explain")]))
    found = register(text)
    assert found.findings[0].status is Status.VERIFIED
    assert found.rounds[1].made_for == contents_of(plan).version
