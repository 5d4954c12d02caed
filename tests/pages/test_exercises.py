"""The page of an exercise, what the lesson shows of it, and what reviewers see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from exercise_samples import double_run
from page_samples import a_plan, an_exercise, parsed, sources, t

from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.exercise import CellRun, Output
from pipelines.contracts.problems import InputProblems
from pipelines.pages.exercises import lesson_places, place_words, render_exercise
from pipelines.pages.render import render_lesson, render_review
from pipelines.pages.sources import RanExercise

from page_samples import SRC  # isort: skip

PNG = "iVBORw0KGgo="
HOSTILE = CellRun(
    kind="given",
    student="x = '<script>alert(1)</script>'",
    solution="x = '<script>alert(1)</script>'",
    outputs=(
        Output(kind="printed", text="<script>alert(2)</script>"),
        Output(kind="picture", png=PNG, width=4, height=3),
    ),
)


def a_lesson() -> object:
    misbelief = MisconceptionBlock(src=SRC, number=1, statement=t("Twice is a square"), nodes=())
    return a_plan(misbelief, an_exercise(notebook="double"))


def ran() -> dict[str, RanExercise]:
    run = double_run()
    return {"double": RanExercise(run.model_copy(update={"cells": (*run.cells, HOSTILE)}), 2.0)}


def test_places_are_named_as_the_page_names_them() -> None:
    places = lesson_places(a_lesson())
    assert places["misconception 1"].anchor == "misbelief-1"
    assert place_words(a_lesson())["misconception 1"] == "misconception 1 of the lesson"


def test_the_page_of_an_exercise_shows_its_cells_and_nothing_runs() -> None:
    page = render_exercise(a_lesson(), sources(), ran()["double"].run)
    tree = parsed(page)
    assert "<script>alert" not in page
    assert [one.get("href") for one in tree.iter("a") if one.get("download") is not None] == [
        "notebook.ipynb",
        "../../materials.zip",
        "solution.ipynb",
    ]
    hrefs = {one.get("href") for one in tree.iter("a")}
    assert "../../index.html#exercise-1" in hrefs
    assert not any(href.startswith(("http", "//")) for href in hrefs if href)
    solved = next(one for one in tree.iter("details") if one.get("class") == "solved")
    assert "number + number" in "".join(solved.itertext())


def test_the_lesson_links_what_there_is_to_run() -> None:
    page = render_lesson(a_lesson(), replace(sources(), exercises=ran()))
    assert 'href="exercises/double/notebook.ipynb"' in page and 'href="materials.zip"' in page
    assert 'src="exercises/double/picture.png" width="4" height="3"' in page
    assert "number + number" not in page


def test_an_exercise_that_did_not_run_is_missing() -> None:
    with pytest.raises(InputProblems, match="ML408"):
        render_lesson(a_lesson(), sources())


def test_reviewers_see_what_was_told_apart_and_where_it_leads() -> None:
    review = render_review(a_lesson(), replace(sources(), exercises=ran()))
    assert "Wrong solutions told apart: 3 of 3" in review
    assert '<a href="index.html#misbelief-1">misconception 1</a>' in review
    assert "[misconception 2]" in review  # of which this lesson has none


def test_all_that_may_scroll_sideways_is_a_stop_with_a_name() -> None:
    """The stylesheet lets these scroll; `boxes.js` takes the stop where nothing does."""
    made_from = replace(sources(), exercises=ran())
    for page in (
        render_lesson(a_lesson(), made_from),
        render_exercise(a_lesson(), sources(), ran()["double"].run),
    ):
        boxes = [one for one in parsed(page).iter() if one.get("class") in ("code", "printed")]
        assert boxes
        assert {one.get("tabindex") for one in boxes} == {"0"}
        assert {one.get("role") for one in boxes} == {"group"}
        assert all(one.get("aria-label") for one in boxes)
        assert "static/boxes.js" in page
