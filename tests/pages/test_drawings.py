"""Which form of a figure a page shows: narrow on a narrow screen, wide on paper."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from page_samples import SRC, a_plan, sources

from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.figure import FORM_NAMES, DataTable, Description
from pipelines.pages.render import render_anyhow, render_lesson
from pipelines.pages.sources import DrawnFigure

SIZES = {"wide": (672, 400), "narrow": (340, 610)}


@pytest.fixture(scope="module")
def figure() -> Element:
    table = DataTable(columns=("a",), rows=(("1",),))
    drawn = DrawnFigure(Description(alt="A line.", table=table, **SIZES), "figures/line")
    plan = a_plan(FigureRequest(src=SRC, id="line", figure="worked-example"))
    html = render_lesson(plan, replace(sources(), figures={"line": drawn}))
    found = html5lib.parse(html, namespaceHTMLElements=False).find(".//figure")
    assert found is not None
    return found


def chosen(figure: Element, kind: str, rem: float, dark: bool) -> Element:
    """Return what a browser takes: the first source whose media fit, or else the image."""
    for source in figure.iter("source"):
        media = source.get("media", "")
        narrow = re.search(r"max-width: (\d+)rem", media)
        if (
            kind in media
            and (not narrow or rem <= float(narrow[1]))
            and (dark or "prefers-color-scheme: dark" not in media)
        ):
            return source
    return next(figure.iter("img"))


@pytest.mark.parametrize(
    ("kind", "rem", "dark", "form"),
    [
        ("screen", 80, False, "light"),
        ("screen", 80, True, "dark"),
        ("screen", 23.4, False, "light-narrow"),
        ("screen", 23.4, True, "dark-narrow"),
        ("screen", 48, False, "light"),
        ("print", 40, True, "light"),
    ],
)
def test_every_screen_gets_its_form_with_its_size(
    figure: Element, kind: str, rem: float, dark: bool, form: str
) -> None:
    taken = chosen(figure, kind, rem, dark)
    assert form in FORM_NAMES
    assert (taken.get("srcset") or taken.get("src")) == f"figures/line.{form}.svg"
    size = SIZES["narrow" if "narrow" in form else "wide"]
    own = taken if taken.get("width") else next(figure.iter("img"))
    assert (own.get("width"), own.get("height")) == tuple(map(str, size))


def test_a_drawing_is_never_scrolled_and_opens_by_itself(figure: Element) -> None:
    link = next(one for one in figure.iter("a") if one.find(".//img") is not None)
    assert link.get("href") == "figures/line.light.svg"
    around = [one for one in figure.iter() if one.find(".//img") is not None]
    assert not any("scroll" in one.get("class", "") for one in around)


@pytest.mark.parametrize(("rows", "apart"), [(74, False), (75, True)])
def test_numbers_too_many_for_a_figure_stand_among_the_lists(rows: int, apart: bool) -> None:
    table = DataTable(columns=tuple("abcd"), rows=(("cell",) * 4,) * rows, note="A note.")
    drawn = DrawnFigure(Description(alt="A line.", table=table, **SIZES), "figures/line")
    plan = a_plan(FigureRequest(src=SRC, id="line", figure="worked-example"))
    made_from = replace(sources(), figures={"line": drawn})
    pages = render_anyhow(plan, made_from).pages
    trees = {
        name: html5lib.parse(page, namespaceHTMLElements=False) for name, page in pages.items()
    }
    told = {name: tree.findall(".//table[@class='register']") for name, tree in trees.items()}
    links = [one.get("href") for one in trees["index"].iter("a")]
    assert ("numbers.html#numbers-figure-line" in links) is apart
    where, elsewhere = ("numbers", "index") if apart else ("index", "numbers")
    (behind,) = told[where]
    assert len(behind.findall(".//td") + behind.findall(".//th")) == 4 * (rows + 1)
    assert told[elsewhere] == []
    if apart:
        back = trees["numbers"].find(".//h3[@id='numbers-figure-line']/a")
        assert back is not None
        assert back.get("href") == "index.html#figure-line"
