"""Promise against page: on our lessons everything planned is there, or left out with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_samples import parsed, words
from review_samples import DATA, LESSON, a_build, made_from, read, reviewed

from pipelines.any_plan import read_plan
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.page import new_page
from pipelines.pages.places import find_places
from pipelines.pages.render import render_anyhow, render_review, student_pages
from pipelines.pages.review.checklist import Result, items
from pipelines.pages.review.coverage import Coverage, Status, coverage
from pipelines.pages.review.load import loads, reading_grade
from pipelines.pages.review.page_map import map_page
from pipelines.pages.review.soundness import faults
from pipelines.planlint.rules import lint

MODULE = Path("lessons/fast-generation")
LESSONS = ("consistency-models", "latent-consistency-and-turbo", "the-speed-landscape")
EMPTY = Ledger(preset="default", publish=True, measurements={}, facts={})


def held(plan: LessonPlan, ledger: Ledger = EMPTY) -> Coverage:
    """Hold a plan against its page; what was measured does not matter here."""
    made = made_from(plan, ledger)
    page = new_page(plan.file, made, find_places(plan))
    return coverage(plan, page, map_page(student_pages(plan, made)["index"]))


def a_plan(path: Path) -> LessonPlan:
    plan, _ = read_plan(path)
    assert isinstance(plan, LessonPlan)
    return plan


@pytest.mark.parametrize("name", (*LESSONS, "laboratory"))
def test_our_lessons_keep_what_they_promise(name: str) -> None:
    plan = a_plan(MODULE / name / "plan.md")
    found = held(plan)
    others = [one for one in found.deliveries if one.status not in (Status.THERE, Status.OMITTED)]
    assert not others and found.kept == len(found.deliveries)
    assert all(one.remark for one in found.of(Status.OMITTED))
    assert not [one for one in found.deliveries if one.contradicts]
    assert found.lost == () and found.blocks > 40
    assert all(told for _, _, told in found.asked)
    assert bool(found.deliveries) is (name != "laboratory")


@pytest.mark.parametrize("name", LESSONS)
def test_no_ticked_box_of_our_lessons_is_contradicted(name: str) -> None:
    plan = a_plan(MODULE / name / "plan.md")
    checked = items(plan, held(plan))
    assert not [one.text for one in checked if one.contradicts]
    assert not [one.text for one in checked if one.computed and one.computed.result is Result.NO]


def test_a_visual_modality_of_cards_is_in_words_only() -> None:
    """Both plans that others wrote promise a picture and describe it."""
    for name in ("seed-001", "seed-002"):
        found = held(a_plan(DATA / f"{name}.md"))
        (one,) = [one for one in found.deliveries if one.promise.pictured and one.promise.family]
        assert one.status in (Status.WORDS, Status.MISSING)


def test_both_directions() -> None:
    text = LESSON.read_text(encoding="utf-8")
    assert held(read(text)).unplanned == ()
    more = "#### 5. Elaborate: A Curiosity\n\nNobody planned this paragraph about nothing.\n\n"
    plan = read(text.replace("## Checklists", f"{more}## Checklists"))
    (one,) = held(plan).unplanned
    assert one.kind == "section" and one.place.label == "section 5"


def test_the_review_shows_it_and_leads_there() -> None:
    plan = read(LESSON.read_text(encoding="utf-8"))
    pages = render_anyhow(plan, made_from(plan, a_build())).pages
    html = pages["review"]
    parsed(html), parsed(pages["numbers"])
    for anchor in ("misbelief-1", "figure-path-and-end", "s-the-jump", "question-1"):
        assert f'href="index.html#{anchor}"' in html and f'id="{anchor}"' in pages["index"]
    said = words(html)
    assert "left out: one image is enough" in said and "inferred" in said
    maps = {name: map_page(text) for name, text in pages.items()}
    assert faults(maps, ()) == []


def test_a_claim_and_its_numbers_lead_to_each_other() -> None:
    plan = read(LESSON.read_text(encoding="utf-8"))
    pages = render_anyhow(plan, made_from(plan, a_build())).pages
    anchor = "m-toy-cd-consistency-2-off-manifold"
    assert f'href="numbers.html#{anchor}"' in pages["review"]
    row = pages["numbers"].split(f'<tr id="{anchor}">')[1].split("</tr>")[0]
    assert "Claim 1" in row and "0, 1" in row
    assert "snakemake" not in pages["numbers"]  # these rows name no experiment of their own


def test_scripts_only_add() -> None:
    """Registers are complete without script, and their script may reach nothing."""
    plan = read(LESSON.read_text(encoding="utf-8"))
    html = render_review(plan, made_from(plan, a_build()))
    assert html.count("register.js") == 1 and "connect-src" not in html
    assert "default-src 'none'" in html and '<input type="search"' not in html


@pytest.mark.parametrize(
    ("instead", "message"),
    [
        ("{omitted}` `", "left out without a reason"),
        ("{omitted}`so` {ref}`the-jump`", "left out, and yet with a place"),
    ],
)
def test_an_omission_without_a_reason_is_an_error(instead: str, message: str) -> None:
    text = LESSON.read_text(encoding="utf-8")
    wrong = text.replace("{omitted}`one image is enough for a short lesson`", instead)
    found = lint(read(wrong), facts={}, citations={}, experiments={})
    assert [one.message for one in found if one.code == "ML525"] == [message]
    assert not [one for one in lint(read(text), facts={}, citations={}, experiments={})
                if one.code == "ML525"]  # fmt: skip


def test_students_do_not_read_what_is_left_out() -> None:
    text = LESSON.read_text(encoding="utf-8")
    wrong = text.replace("you have seen in flow matching.", "you know. {omitted}`so`")
    found = lint(read(wrong), facts={}, citations={}, experiments={})
    assert "ML525" in [one.code for one in found]


def test_a_renamed_place_is_said_with_what_was_promised() -> None:
    text = LESSON.read_text(encoding="utf-8").replace("##### The limits", "##### Its limits")
    assert reviewed(text) == [
        "missing: scope: the limits of one jump (the page has no the-limits)"
    ]


def test_the_reading_grade_follows_its_formula() -> None:
    text = "The cat sat on the mat. " * 10  # six words and syllables a sentence
    grade = reading_grade(text)
    assert grade == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert reading_grade("Too short.") is None


def test_the_load_of_a_section_counts_what_is_new() -> None:
    recap, explain, *_ = loads(read(LESSON.read_text(encoding="utf-8")))
    assert recap.new == 0
    assert (explain.terms, explain.formulas, explain.claims, explain.figures) == (1, 1, 2, 2)


def test_a_page_is_read_as_it_is() -> None:
    page = map_page(
        '<p id="a">One <b>two</b></p><div id="a"><img src="x"></div><a href="#b">b</a>'
    )
    assert page.ids == ["a", "a"] and page.pictured == {"a"} and page.says("one two")
    said = [one.what for one in faults({"index": page}, ())]
    assert said == [
        "2 elements are called #a",
        "the picture x says nothing in words",
        "the link #b leads nowhere",
    ]
    assert map_page("<p>open").unbalanced == ["<p>"]
