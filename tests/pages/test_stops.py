"""What the tabulator stops at: links that say something new, boxes that can be scrolled."""

import re
import shutil
import subprocess

import pytest
from markupsafe import Markup
from page_samples import a_lesson, a_section, para, parsed, role, sources, t

from pipelines.pages.environment import STATIC
from pipelines.pages.render import render_lesson
from pipelines.pages.stops import once

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or ""
CITED = para(*t("As "), role("cite", "song2023"), *t(" say."))


def unstopped(html: str) -> list[str]:
    return re.findall(r'<a[^>]* href="([^"]*)"[^>]* tabindex="-1"', html)


def test_the_second_link_to_a_place_is_no_stop_and_stays_a_link():
    html = Markup('<a href="#a">A</a> <a class="ref" href="#b">B</a> <a href="#a">A</a>')
    assert unstopped(once(html)) == ["#a"]
    assert once(html).count("<a ") == 3
    assert once(once(html)) == once(html)


def test_what_is_folded_takes_no_stop_from_what_is_seen():
    html = Markup(
        '<details><summary>Open</summary><details><a href="#a">A</a></details>'
        '<a href="#a">A</a></details><p><a href="#a">A</a></p>'
        '<details><a href="#a">A</a></details>'
    )
    assert unstopped(once(html)) == []


def test_a_work_cited_twice_in_a_section_is_one_stop_there():
    both = a_lesson(a_section(1, CITED, CITED), a_section(2, CITED))
    tree = parsed(render_lesson(both, sources()))
    works = [cite.find("a") for cite in tree.iter("cite") if cite.find("a") is not None]
    assert [work.get("tabindex") for work in works] == [None, "-1", None]
    assert len({work.get("href") for work in works}) == 1


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="no Chromium here to lay pages out")
def test_boxes_are_stops_while_they_have_something_to_scroll(tmp_path):
    box = '<div style="width: {}px; overflow-x: auto" tabindex="0" role="group">{}</div>'
    wide = '<div style="width: 300px; height: 20px"></div>'
    folded = f"<details>{box.format(100, wide)}</details>"
    script = f"<script>{(STATIC / 'boxes.js').read_text(encoding='utf-8')}</script>"
    file = tmp_path / "page.html"
    file.write_text(f"{box.format(100, wide)}{box.format(400, wide)}{folded}{script}")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000")
    options += ("--run-all-compositor-stages-before-draw",)  # else a busy machine shows no frame
    words = [BROWSER, *options, "--dump-dom", file.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    stops = ["tabindex" in tag for tag in re.findall(r"<div[^>]*role=[^>]*>", done.stdout)]
    assert stops[:2] == [True, False]
