"""How often the review finds the place of a promise by its words: precision and recall.

`places.tsv` holds what a person found: for each promise of a plan, the sections and passages of
the page that deliver it, `-` where none does. The plans are those of our lessons and of two that
others wrote; a page was also searched for promises of another lesson, which it does not keep.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from review_samples import DATA

from pipelines.any_plan import read_plan
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.review.matching import PERHAPS, SURE, Inference, Match
from pipelines.pages.review.passages import Passage, passages
from pipelines.pages.review.promises import Promise, promises
from pipelines.plan.inline import plain

MODULE = Path("lessons/fast-generation")
PRECISION, RECALL = 0.86, 0.45  # of what is sure; measured: 0.873 and 0.464
PLACED = 0.7  # recall with what a person is asked to confirm; measured: 0.715
FALSELY_SURE = 0.05  # of what is not there; measured: 3 of 101


@cache
def plan(name: str) -> LessonPlan:
    lesson = MODULE / name / "plan.md"
    found, _ = read_plan(lesson if lesson.is_file() else DATA / f"{name}.md")
    assert isinstance(found, LessonPlan)
    return found


@cache
def inference(name: str) -> Inference:
    return Inference(passages(plan(name)))


@cache
def by_words(name: str) -> dict[tuple[str, str], Promise]:
    return {(one.kind.value, begins(one)): one for one in promises(plan(name))}


def begins(promise: Promise) -> str:
    return " ".join(plain(promise.what).split())[:60].rstrip()


def is_right(passage: Passage, places: list[str]) -> bool:
    slug = getattr(passage.named, "slug", "")
    return passage.section.number.rstrip(".") in places or slug in places


@pytest.fixture(scope="module")
def found() -> list[tuple[Match | None, list[str]]]:
    """Return what is inferred for each labelled promise, beside its label."""
    with (DATA / "places.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    made = []
    for page, of, kind, words, places in rows:
        promise = by_words(of).get((kind, words))
        if promise:  # a lesson's author may have changed it since
            made.append((inference(page).best(promise), places.split()))
    return made


def test_the_labelled_set_is_large(found: list[tuple[Match | None, list[str]]]) -> None:
    absent = [places for _, places in found if places == ["-"]]
    assert len(found) >= 150 and len(absent) >= 50


def shares(found: list[tuple[Match | None, list[str]]], least: float) -> tuple[float, float]:
    """Return precision and recall of what has a score of `least`."""
    said = [(match, places) for match, places in found if match and match.score >= least]
    right = sum(is_right(match.passage, places) for match, places in said)
    return right / len(said), right / sum(places != ["-"] for _, places in found)


def test_what_is_sure_is_right(found: list[tuple[Match | None, list[str]]]) -> None:
    precision, recall = shares(found, SURE)
    print(f"sure: precision {precision:.3f}, recall {recall:.3f}, {len(found)} labels")
    assert precision >= PRECISION and recall >= RECALL


def test_what_a_person_is_shown_is_mostly_the_place(
    found: list[tuple[Match | None, list[str]]],
) -> None:
    precision, recall = shares(found, PERHAPS)
    print(f"with what is to be confirmed: precision {precision:.3f}, recall {recall:.3f}")
    assert recall >= PLACED


def test_what_is_not_there_is_seldom_called_sure(
    found: list[tuple[Match | None, list[str]]],
) -> None:
    absent = [match for match, places in found if places == ["-"]]
    wrong = sum(match is not None and match.score >= SURE for match in absent)
    missing = sum(match is None for match in absent)
    print(f"absent: {wrong} of {len(absent)} called sure, {missing} called missing")
    assert wrong <= FALSELY_SURE * len(absent) and missing >= 0.7 * len(absent)
