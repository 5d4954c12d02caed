"""On a telephone: drawings of the index have letters that can be read, and nothing is wider."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import CHROMIUM, browser
from page_samples import SRC, a_module, a_plan, sources, t

from pipelines.contracts.card import LeadPicture, LessonCard
from pipelines.contracts.figure import NARROW, WIDE
from pipelines.contracts.plan import ModuleLesson
from pipelines.figures.style import SMALL
from pipelines.pages.environment import STATIC
from pipelines.pages.index import Shown, render_index

PHONE = 375  # CSS pixels
LEAST = 11 * 72 / 96  # of letters, in points
TALL = 2500  # of a drawing with many panels
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {NARROW} {TALL}"/>'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here to lay pages out"),
]


def test_the_drawings_of_the_index_fill_a_telephone(tmp_path: Path) -> None:
    lead = LeadPicture(base="fig", alt="A figure", wide=(WIDE, 400), narrow=(NARROW, TALL))
    plans = {slug: replace(a_plan(), id=slug) for slug in ("one", "two")}
    shutil.copytree(STATIC, tmp_path / "static")
    for slug in plans:
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "fig.light-narrow.svg").write_text(DRAWING)
    rows = tuple(ModuleLesson(src=SRC, slug=slug, core=t("A"), load="CORE") for slug in plans)
    cards = {slug: LessonCard(minutes=9, exercises=0, lead=lead) for slug in plans}
    page = tmp_path / "index.html"
    page.write_text(render_index(a_module("A", *rows), Shown(plans, cards=cards), sources()))
    with browser(tmp_path / "browser") as tab:
        tab.call(
            "Emulation.setDeviceMetricsOverride",
            width=PHONE,
            height=812,
            deviceScaleFactor=1,
            mobile=True,
        )
        tab.open(page)
        widths = tab.run("[...document.images].map((one) => one.offsetWidth)")
        heights = tab.run("[...document.images].map((one) => one.offsetHeight)")
        page_width = tab.run("document.documentElement.scrollWidth")
    assert len(widths) == 2
    assert max(heights) > min(heights)  # the first stands whole, that of a card begins
    assert min(heights) < 812
    assert min(widths) / NARROW * SMALL >= LEAST
    assert page_width == PHONE
