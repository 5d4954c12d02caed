"""What teachers get: answers, slides, figures to take along, and heads that say what it is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from page_samples import (
    EVIL,
    SRC,
    a_ledger,
    a_plan,
    an_exercise,
    full_plan,
    pages,
    para,
    parsed,
    role,
    sources,
    t,
)

from pipelines.blocks.callout import Callout, CalloutKind
from pipelines.blocks.exercise import Prediction
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.question import Part, Question
from pipelines.contracts.blocks import Formula
from pipelines.contracts.figure import DataTable, Description
from pipelines.contracts.names import LESSON_PAGES
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Math, Voice
from pipelines.pages.render import render_answers, render_lesson, render_pages, render_slides
from pipelines.pages.sources import DrawnFigure, Sources
from pipelines.pages.timing_mask import blank_timings


def text(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


def with_class(tree: ET.Element, name: str) -> list[ET.Element]:
    return [node for node in tree.iter() if name in (node.get("class") or "").split()]


def asking() -> LessonPlan:
    inner = Question(src=SRC, prompt=(para(*t("Inside?")),), answer=(para(*t("Within.")),))
    hidden = Callout(
        src=SRC, voice=Voice.BUILDER, kind=CalloutKind.NOTE, nodes=(para(*t("Builder only")),)
    )
    return a_plan(
        Question(
            src=SRC,
            prompt=(para(*t("Why?")), hidden),
            parts=(Part(label="a", spans=t("How?"), answer=(para(*t("Thus.")),)),),
            answer=(para(*t("Because."), role("ref", "fig")),),
        ),
        an_exercise(
            predictions=(Prediction(question=t("More?"), answer=t("Less.")),),
            tests=t("it runs"),
            expected=t("a half"),
            hints=(para(*t("Look twice.")), inner),
        ),
        FigureRequest(src=SRC, id="fig", figure="three-levels", caption=t("What one sees.")),
    )


def test_all_pages_of_a_lesson_have_a_name() -> None:
    assert set(render_pages(asking(), sources(), ()).pages) == set(LESSON_PAGES)


def test_the_answers_are_numbered_as_in_the_lesson_and_lead_there() -> None:
    made = parsed(render_answers(asking(), sources()))
    ids = {node.get("id") for node in parsed(render_lesson(asking(), sources())).iter()}
    solutions = with_class(made, "solution")
    assert [text(one.find("h3")) for one in solutions] == [
        "Question 1",
        "Exercise 1 E Guided",
        "Question 2",
    ]
    for one in solutions:
        page, _, anchor = one.find("h3/a").get("href").partition("#")
        assert (page, anchor) == ("index.html", one.get("id"))
        assert anchor in ids
    first, exercise, last = map(text, solutions)
    for said in ("Why?", "How?", "Thus.", "Because."):
        assert said in first
    for said in ("More?", "Less.", "It is right if: it runs", "Expect: a half", "Look twice."):
        assert said in exercise
    assert "Question 2" in exercise  # where it stands there
    assert "Within." in last
    assert not list(made.iter("details"))  # nothing is folded
    assert "Builder only" not in text(made)


def test_only_a_lesson_that_asks_links_its_answers() -> None:
    for plan, linked in ((asking(), True), (a_plan(para(*t("Text."))), False)):
        lesson, _, index, *_ = pages(plan, sources(strict=False))
        for page, address in ((lesson, "answers.html"), (index, "one/answers.html")):
            assert (f'href="{address}"' in page) == linked
            assert address.replace("answers", "slides") in page
    assert "It asks nothing" in render_answers(a_plan(), sources())


def drawn(width: int, height: int, caption: str = "Seen.", timed: bool = False) -> tuple:
    table = DataTable(columns=("a",), rows=(("1",),))
    told = Description(alt=EVIL, table=table, wide=(width, height), timed=timed)
    request = FigureRequest(src=SRC, id="fig", figure="three-levels", caption=t(caption))
    return request, replace(sources(), figures={"fig": DrawnFigure(told, "figures/fig")})


def test_each_figure_is_a_slide_after_the_title_of_its_section() -> None:
    inside = Callout(
        src=SRC,
        kind=CalloutKind.TIP,
        nodes=(FigureRequest(src=SRC, id="no", figure="three-levels", caption=t("Missing.")),),
    )
    request, made_from = drawn(760, 300)
    plan = a_plan(request, inside)
    made = parsed(render_slides(plan, replace(made_from, strict=False)))
    slides = with_class(made, "slide")
    assert [text(one) for tag in ("h1", "h2") for one in made.iter(tag)] == ["Lesson", "Title"]
    assert text(slides[1].find("p")) == "1 Explain"
    images = [one.find(".//img") for one in slides]
    assert [one.get("src") for one in images if one is not None] == ["figures/fig.light.svg"]
    assert images[2].get("alt") == EVIL
    assert "Figure 1 Seen." in text(slides[2])
    assert "missing: Figure 2" in text(slides[3])


def test_slides_are_turned_by_links_alone() -> None:
    request, made_from = drawn(760, 300)
    made = parsed(render_slides(a_plan(request), made_from))
    slides = with_class(made, "slide")
    ids = [one.get("id") for one in slides]
    turns = [
        {text(link): link.get("href") for link in one.find("nav").iter("a")} for one in slides
    ]
    assert [turn.get("Next") for turn in turns] == [*(f"#{name}" for name in ids[1:]), None]
    assert [turn.get("Back") for turn in turns] == [None, *(f"#{name}" for name in ids[:-1])]
    assert turns[-1]["In words"] == "index.html#figure-fig"
    assert not list(made.iter("script"))


@pytest.mark.parametrize(
    ("size", "caption", "form"),
    [
        ((760, 300), "Short.", "slide-figure"),
        ((760, 500), "Short.", "slide-figure tall"),
        ((760, 700), "Short.", "slide-figure tall upright"),
        ((760, 300), "Long. " * 70, "slide-figure long"),
    ],
)
def test_a_slide_has_room_for_its_caption(size: tuple, caption: str, form: str) -> None:
    request, made_from = drawn(*size, caption)
    made = parsed(render_slides(a_plan(request), made_from))
    assert with_class(made, "slide-figure")[0].get("class") == f"slide {form}"


def test_numbers_of_a_caption_lead_nowhere_on_a_slide() -> None:
    request, made_from = drawn(760, 300)
    caption = (role("value", "toy-cd/consistency@1/off_manifold", "percent1"),)
    made = parsed(render_slides(a_plan(replace(request, caption=caption)), made_from))
    assert [text(one) for one in made.iter("data")] == ["6.9 %"]
    assert not any("#m-" in (link.get("href") or "") for link in made.iter("a"))


def test_a_figure_can_be_taken_along_from_its_numbers() -> None:
    request, made_from = drawn(760, 300)
    page = parsed(render_lesson(a_plan(request), made_from))
    (details,) = (one for one in page.iter("details") if "behind this figure" in text(one))
    links = [link for link in details.iter("a") if link.get("download") is not None]
    endings = (".light.svg", ".dark.svg", ".png", ".csv")
    assert [link.get("href") for link in links] == [f"figures/fig{end}" for end in endings]


def test_csv_is_what_programs_read_and_no_formula() -> None:
    rows = (("−0.5", "1,5 a"), ("=HYPERLINK()", "-2e-3"), ("+ adapter", "a − b"))
    table = DataTable(columns=("x", 'a "b"'), rows=rows)
    assert table.as_csv == ('x,"a ""b"""\n-0.5,"1,5 a"\n\'=HYPERLINK(),-2e-3\n\'+ adapter,a − b\n')


def test_everything_with_a_name_shows_it_and_no_tab_stops_there() -> None:
    plan = full_plan()
    page = parsed(render_lesson(plan, sources(strict=False)))
    signs = with_class(page, "anchor")
    named = {sign.get("href").removeprefix("#") for sign in signs}
    ids = {node.get("id") for node in page.iter() if node.get("id")}
    assert named <= ids
    kinds = ("s-", "figure-", "table-", "claim-", "eq-", "question-", "exercise-", "misbelief-")
    assert {one for one in ids if one.startswith((*kinds, "listing-"))} <= named
    assert {"references", "cite"} <= named
    assert all(sign.get("tabindex") == "-1" for sign in signs)
    assert all(sign.get("aria-hidden") == "true" and not text(sign) for sign in signs)


def test_formulas_and_listings_are_copied_by_a_script_and_other_pages_have_none() -> None:
    script = '<script src="../static/copy.js" defer></script>'
    assert script in render_lesson(a_plan(Formula(src=SRC, latex="x_t")), sources())
    inline = render_lesson(a_plan(para(Math(latex="x_t"))), sources())
    assert script in inline
    assert '<annotation encoding="application/x-tex">x_t</annotation>' in inline
    assert script not in render_lesson(a_plan(para(*t("Text."))), sources())


# --- the head ---


def meta(page: str) -> dict[str, str]:
    return {
        node.get("name") or node.get("property"): node.get("content")
        for node in parsed(page).iter("meta")
        if node.get("content")
    }


def told(core: str = "") -> Sources:
    _, made_from = drawn(760, 300)
    module = made_from.module
    first = replace(module.lessons[0], core=core)
    module = replace(module, lessons=(first, *module.lessons[1:]), author="Jane Doe", number="7.3")
    return replace(made_from, module=module, date="2026-11-30")


def test_a_head_says_whom_a_page_is_by_and_what_it_is_about() -> None:
    request, _ = drawn(760, 300)
    found = meta(render_lesson(a_plan(request), told(f"One path {EVIL}")))
    assert found["author"] == "Jane Doe"
    assert found["description"] == found["og:description"] == f"One path {EVIL}"
    assert found["og:title"] == "Lesson · Fast"
    assert found["og:image"] == "figures/fig.png"
    assert found["og:image:alt"] == EVIL
    assert found["date"] == "2026-11-30"


def test_a_lesson_without_a_core_is_told_by_its_first_bare_sentence() -> None:
    plan = a_plan()
    intro = (
        para(*t("It takes "), role("value", "toy-cd/consistency@1/off_manifold"), *t(".")),
        para(*t("Images take\nlong. Why?")),
    )
    outline = replace(plan.design.outline, intro=intro)
    plan = replace(plan, design=replace(plan.design, outline=outline))
    found = meta(render_lesson(plan, told()))
    assert found["description"] == "Images take long."
    assert "og:image" not in found  # no figure was drawn for it


def test_the_date_is_masked_wherever_it_stands() -> None:
    ledger = a_ledger()
    one, other = (
        pages(full_plan(), replace(sources(ledger, strict=False), date=date))
        for date in ("2026-11-30", "2027-01-01")
    )
    assert all("2026-11-30" in page for page in one)
    assert list(map(blank_timings, one)) == list(map(blank_timings, other))


def test_lessons_and_modules_say_how_to_cite_them() -> None:
    lesson, _, index, *_ = pages(a_plan(), told())
    for page, title in ((lesson, "Lesson, lesson 1 of Fast"), (index, "Fast")):
        (cite,) = (node for node in parsed(page).iter("section") if node.get("id") == "cite")
        assert f"Jane Doe: {title}, module 7.3, made on 2026-11-30. " in text(cite)
