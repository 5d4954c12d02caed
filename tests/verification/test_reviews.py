"""What became of findings and promises between two builds."""

from __future__ import annotations

import pytest
from page_samples import sources
from plan_samples import lesson
from reviewed_plan import PLAN, a_check

from pipelines.contracts.reviewed import KeptFinding, KeptPromise, Reviewed
from pipelines.pages.render import render_anyhow
from pipelines.rounds.contents import contents_of
from pipelines.verification.reviews import ReviewChanges, changed_reviews

THERE, PERHAPS, MISSING = "on the page", "perhaps here", "MISSING"


def finding(status: str, name: str = "1.1") -> KeptFinding:
    return KeptFinding(id=name, severity="critical", title="No law", status=status)


def promise(status: str, what: str = "a crowbar") -> KeptPromise:
    return KeptPromise(kind="example", what=what, status=status)


def became(one: Reviewed, other: Reviewed) -> ReviewChanges:
    (found,) = changed_reviews({"levers": one}, {"levers": other})
    return found


@pytest.mark.parametrize(
    ("was", "now", "word"),
    [
        (None, "open", "opened"),
        (None, "verified", "verified"),
        ("open", "fixed", "resolved"),
        ("open", "won't fix", "resolved"),
        ("fixed", "verified", "verified"),
        ("verified", "reopened", "reopened"),
        ("reopened", "verified", "verified"),
        ("fixed", "open", "opened again"),
        ("fixed", "retracted", "settled otherwise"),
        ("open", None, "removed"),
    ],
)
def test_what_becomes_of_a_finding(was: str | None, now: str | None, word: str) -> None:
    sides = [
        Reviewed(lesson="levers", findings=tuple(finding(one) for one in (status,) if one))
        for status in (was, now)
    ]
    (change,) = became(*sides).findings
    assert change.word == word
    assert change.finding.title == "No law"


@pytest.mark.parametrize(
    ("was", "now", "word"),
    [
        (MISSING, THERE, "delivered"),
        (THERE, MISSING, "no longer delivered"),
        (THERE, "in words only", "no longer delivered"),
        (THERE, PERHAPS, "to be confirmed"),
        (MISSING, "left out", "delivered"),
        (None, THERE, "newly promised"),
        (THERE, None, "no longer promised"),
    ],
)
def test_what_becomes_of_a_promise(was: str | None, now: str | None, word: str) -> None:
    kept = promise(THERE, "a see-saw")
    sides = [
        Reviewed(lesson="levers", promises=(*(promise(one) for one in (status,) if one), kept))
        for status in (was, now)
    ]
    found = became(*sides)
    (change,) = found.promises
    assert (change.word, change.promise.what) == (word, "a crowbar")
    assert [of for _, of in found.kept] == [1 + (was is not None), 1 + (now is not None)]


def test_what_stands_as_it_did_is_not_told() -> None:
    same = Reviewed(lesson="levers", findings=(finding("open"),), promises=(promise(THERE),))
    assert changed_reviews({"levers": same}, {"levers": same}) == []
    assert changed_reviews({}, {"levers": same}) == []
    twice = Reviewed(lesson="levers", findings=(finding("open"), finding("fixed")))
    assert [one.word for one in became(same, twice).findings] == ["resolved"]


def reviewed(text: str) -> Reviewed:
    return render_anyhow(lesson(text), sources(strict=False)).reviewed


def test_a_build_keeps_what_its_review_says() -> None:
    digest = contents_of(lesson(PLAN)).spots["s-explain"].digest
    verified = PLAN + a_check("1.1", "VERIFIED", digest)
    edited = verified.replace("moves farther.", "moves nearer.").replace("a crowbar", "a wheel")
    before, then, now = map(reviewed, (PLAN, verified, edited))
    assert before.lesson == "levers"
    assert [one.status for one in before.findings] == ["fixed", "won't fix", "fixed"]
    assert [one.word for one in became(before, then).findings] == ["verified"]
    (change,) = became(then, now).findings
    assert change.word == "reopened" and "changed since" in change.finding.why
    assert [one.kind for one in before.promises] == ["misconception"]
