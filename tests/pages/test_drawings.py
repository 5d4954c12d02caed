"""Which form of a figure a page shows: narrow on a narrow screen, wide on paper."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from page_samples import SRC, a_plan, sources

from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.figure import FORM_NAMES, DataTable, Description
from pipelines.pages.render import render_lesson
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
