"""The printed lesson is the handout: legible, as wide as the paper, and without answers.

A browser lays the pages out with the rules for paper and says what it made of them.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from page_samples import (
    SRC,
    a_lesson,
    a_module,
    a_plan,
    a_section,
    an_exercise,
    claim,
    full_plan,
    para,
    sources,
    t,
)

from pipelines.blocks.exercise import Prediction
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.question import Part, Question
from pipelines.contracts.blocks import Code, Formula, Table
from pipelines.contracts.card import LeadPicture, LessonCard
from pipelines.contracts.figure import NARROW, TALLEST, WIDE, DataTable, Description
from pipelines.contracts.plan import LessonPlan, ModuleLesson
from pipelines.contracts.spans import CodeSpan, Link
from pipelines.figures.style import SMALL
from pipelines.pages.environment import STYLE
from pipelines.pages.index import Shown, render_index
from pipelines.pages.render import render_answers, render_lesson, render_slides
from pipelines.pages.sources import DrawnFigure

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PAPER = 794  # CSS pixels of A4, 210 mm
A4, LETTER = (760, 1039), (782, 972)  # width and height within the page's margins
PAGE = 900  # of A4 within its margins, less a caption
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="3000" viewBox="0 0 760 3000"/>'
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {TALLEST}"/>'  # as all are
NINE_POINTS = 12  # CSS pixels
LONG = "lessons/fast-generation/experiments/" + "a-very-long-name-of-a-file-" * 3 + ".yaml"
_LOOK = """
const seen = (node) => node.checkVisibility({visibilityProperty: true, opacityProperty: true});
const letters = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const sizes = {};
for (let node; (node = letters.nextNode()); ) {
  const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
  if (node.data.trim() && seen(node.parentElement)) sizes[size] = node.data.trim();
}
const found = {
  sizes,
  text: document.body.innerText,
  width: document.documentElement.scrollWidth,
  controls: [...document.querySelectorAll("button, input, select, summary, .anchor, nav")]
    .filter(seen).map((one) => one.outerHTML),
  ruled: [...document.querySelectorAll("details")].filter(seen).map((one) => one.offsetHeight),
  after: [...document.links].map((one) => getComputedStyle(one, "::after").content),
  figures: [...document.querySelectorAll("figure")]
    .map((one) => getComputedStyle(one).breakInside),
  tallest: Math.max(0, ...[...document.images].map((one) => one.offsetHeight)),
  widths: [...document.images].map((one) => one.offsetWidth),
  figure: Math.max(0, ...[...document.querySelectorAll("figure")].map((one) => one.offsetHeight)),
};
document.body.outerHTML = "<body><pre></pre></body>";
document.querySelector("pre").textContent = JSON.stringify(found);
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no Chromium here to lay pages out"),
]


def on_paper(folder: Path, page: str, width: int = PAPER) -> dict[str, Any]:
    """Return what a browser makes of a page whose rules for paper count on the screen."""
    style = STYLE.read_text(encoding="utf-8").replace("@media print", "@media all")
    page = re.sub(r"<meta http-equiv=[^>]*>|<script [^>]*></script>", "", page)
    page = re.sub(r"<link [^>]*>", lambda _: f"<style>{style}</style>", page)
    page = page.replace(' loading="lazy"', "")  # browsers load all pictures before they print
    file = folder / "page.html"
    look = f'addEventListener("load", () => {{{_LOOK}}})'  # when pictures are there
    file.write_text(f"{page}<script>{look}</script>", encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    words = [BROWSER, *options, f"--window-size={width},1123", "--dump-dom", file.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    match = re.search(r"<pre>(.*)</pre>", done.stdout, re.DOTALL)
    assert match, done.stdout
    found: dict[str, Any] = json.loads(html.unescape(match[1]))
    return found


def asking() -> LessonPlan:
    return a_plan(
        Question(
            src=SRC,
            prompt=(para(*t("Why?")),),
            parts=(Part(label="a", spans=t("How?"), answer=(para(*t("Secret one.")),)),),
            answer=(para(*t("Secret two.")),),
        ),
        an_exercise(
            predictions=(Prediction(question=t("More?"), answer=t("Secret three.")),),
            tests=t("it runs"),
            expected=t("secret four"),
            key_insight=t("secret five"),
            hints=(para(*t("Secret six.")),),
        ),
    )


def test_a_handout_asks_leaves_room_and_answers_nothing(tmp_path: Path) -> None:
    found = on_paper(tmp_path, render_lesson(asking(), sources()))
    for said in ("Why?", "How?", "More?", "it runs"):
        assert said in found["text"]
    assert "secret" not in found["text"].lower()
    assert len(found["ruled"]) == 3  # the question, its part, the prediction
    assert min(found["ruled"]) > 60


def test_folded_claims_and_the_second_sitting_print_in_full_and_large_enough(
    tmp_path: Path,
) -> None:
    claims = [
        replace(claim("1 < 2", id=f"c{at}"), nodes=(para(*t(f"Said {at}.")),)) for at in range(5)
    ]
    plan = a_lesson(a_section(1, *claims), a_section(2, para(*t("Later."))))
    plan = replace(plan, meta=replace(plan.meta, second_sitting="2"))
    page = render_lesson(plan, sources())
    assert page.count('<details class="claim folded">') == 2
    assert '<details class="sitting">' in page
    found = on_paper(tmp_path, page)
    for said in (*(f"Said {at}." for at in range(5)), "Later."):
        assert said in found["text"]
    assert "The check and its numbers" not in found["text"]
    assert min(map(float, found["sizes"])) >= NINE_POINTS - 0.01


def test_the_sheet_of_answers_prints_them_all(tmp_path: Path) -> None:
    found = on_paper(tmp_path, render_answers(asking(), sources()))
    assert len(re.findall("secret", found["text"].lower())) == 6


@pytest.mark.parametrize("render", [render_lesson, render_answers, render_slides])
def test_nothing_on_paper_is_small_or_a_control(tmp_path: Path, render: Any) -> None:
    found = on_paper(tmp_path, render(full_plan(), sources(strict=False)))
    sizes = {float(size): text for size, text in found["sizes"].items()}
    assert sizes
    assert {size: text for size, text in sizes.items() if size < NINE_POINTS - 0.01} == {}
    # what authors ticked in a list stays a tick
    assert [one for one in found["controls"] if "disabled" not in one] == []


def test_nothing_is_wider_than_the_paper_and_no_figure_is_cut(tmp_path: Path) -> None:
    wide = a_plan(
        Table(
            src=SRC,
            columns=tuple(t(f"A column {i}") for i in range(8)),
            rows=(tuple((CodeSpan(text=LONG),) for _ in range(8)),),
        ),
        Code(src=SRC, language="python", text=f"name = '{LONG * 2}'"),
        Formula(src=SRC, latex=r"f(x) = a + b", label="sum"),
        FigureRequest(src=SRC, id="fig", figure="three-levels", caption=t("Wide.")),
    )
    table = DataTable(columns=(LONG,) * 5, rows=((LONG,) * 5,))
    told = Description(alt="A figure", table=table, wide=(760, 3000))
    (tmp_path / "fig.light.svg").write_text(SVG)
    made_from = replace(sources(), figures={"fig": DrawnFigure(told, "fig", LONG * 3)})
    found = on_paper(tmp_path, render_lesson(wide, made_from))
    assert found["width"] <= PAPER
    assert set(found["figures"]) == {"avoid"}
    assert 700 < found["tallest"] < PAGE


@pytest.mark.parametrize("paper", [A4, LETTER], ids=["A4", "letter"])
def test_the_highest_drawing_prints_with_a_caption_and_large_letters(
    tmp_path: Path, paper: tuple[int, int]
) -> None:
    plan = a_plan(FigureRequest(src=SRC, id="fig", figure="three-levels", caption=t(LONG)))
    table = DataTable(columns=("A",), rows=(("1",),))
    told = Description(alt="A figure", table=table, wide=(WIDE, TALLEST))
    (tmp_path / "fig.light.svg").write_text(DRAWING)
    made_from = replace(sources(), figures={"fig": DrawnFigure(told, "fig", "")})
    found = on_paper(tmp_path, render_lesson(plan, made_from), paper[0])
    assert found["tallest"] / TALLEST * SMALL >= 9
    assert found["figure"] < paper[1]


def test_the_first_figures_of_lessons_print_on_the_index_as_large(tmp_path: Path) -> None:
    lead = LeadPicture(base="fig", alt="A figure", wide=(WIDE, TALLEST), narrow=(NARROW, 900))
    plans = {slug: replace(a_plan(), id=slug) for slug in ("one", "two")}
    for slug in plans:
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "fig.light.svg").write_text(DRAWING)
    rows = tuple(ModuleLesson(src=SRC, slug=slug, core=t("A"), load="CORE") for slug in plans)
    cards = dict.fromkeys(plans, LessonCard(minutes=9, exercises=0, lead=lead))
    page = render_index(a_module("A", *rows), Shown(plans, cards=cards), sources())
    found = on_paper(tmp_path, page, A4[0])
    assert len(found["widths"]) == 2
    assert min(found["widths"]) / WIDE * SMALL >= 9
    assert found["tallest"] < A4[1]


def test_links_to_elsewhere_show_their_address(tmp_path: Path) -> None:
    link = Link(href="https://example.org/x", spans=t("there"))
    found = on_paper(tmp_path, render_lesson(a_plan(para(link)), sources()))
    assert any("https://example.org/x" in one or "attr(href)" in one for one in found["after"])
