"""The module's index while a build runs, and the pages that stand in for those to come."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest
from tiny_module import write_module

from pipelines.contracts.card import LessonCard
from pipelines.contracts.files import write_json
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.states import Progress, write_progress


@pytest.fixture
def page(tmp_path: Path) -> FrontPage:
    write_module(tmp_path)
    return FrontPage(tmp_path / "lessons/tiny/module.md", tmp_path / "build", "smoke")


def written(page: FrontPage, site: Path) -> dict[str, str]:
    page.write(site)
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


def publish(site: Path, lesson: str) -> None:
    (site / lesson).mkdir(parents=True)
    for name in ("index.html", "review.html"):
        (site / lesson / name).write_text("a page")


def test_before_the_first_lesson_every_link_leads_to_a_page_that_says_so(page, tmp_path):
    write_progress(page.build, Progress(jobs=9, pending={"first": 130.0, "second": None}))
    pages = written(page, tmp_path / "site")
    assert pages.keys() == {"index.html", "first/index.html", "second/index.html"}
    assert "being measured; took 2 min last time" in pages["index.html"]
    assert 'href="first/index.html"' not in pages["index.html"]
    assert "This page is being measured" in pages["second/index.html"]
    assert "not for publication" in pages["second/index.html"].lower()
    for text in pages.values():
        html5lib.HTMLParser(strict=True).parse(text)


def test_lessons_that_are_there_are_linked_and_keep_their_pages(page, tmp_path):
    site = tmp_path / "site"
    publish(site, "first")
    publish(site, "second")
    write_progress(page.build, Progress(jobs=3, pending={"second": None}))
    pages = written(page, site)
    assert pages["second/index.html"] == "a page"
    assert 'href="first/index.html"' in pages["index.html"]
    assert "being measured; this page is from the last good build" in pages["index.html"]
    assert "took" not in pages["index.html"]  # nothing is invented


def test_the_cards_of_lessons_with_pages_are_shown(page, tmp_path):
    """One whose draft is not there at this moment is shown without its effort."""
    site = tmp_path / "site"
    publish(site, "first")
    for lesson in ("first", "second"):
        card = LessonCard(minutes=35, exercises=2)
        write_json(page.build / f"draft/{lesson}/card.json", card.model_dump())
    assert written(page, site)["index.html"].count("About 35 minutes to read") == 1
    (page.build / "draft/first/card.json").unlink()
    assert "to read" not in written(page, site)["index.html"]


def test_what_was_pending_when_a_build_failed_has_failed(page, tmp_path):
    site = tmp_path / "site"
    publish(site, "first")
    write_progress(page.build, Progress(jobs=3, pending={"first": None, "second": None}))
    failed = FrontPage(page.module, page.build, page.preset, failed=True)
    pages = written(failed, site)
    assert "failed; this page is from the last good build" in pages["index.html"]
    assert "This page is failed: no page yet" not in pages["second/index.html"]
    assert "failed" in pages["second/index.html"]


def test_the_author_of_the_module_s_plan_stands_in_the_head_of_its_pages(page, tmp_path):
    plan = page.module.read_text()
    page.module.write_text(plan.replace("## Module Goal", "**Author:** Jo Doe\n\n## Module Goal"))
    assert page.index_sources.module.lesson("first").core == "A diffusion model"
    pages = written(page, tmp_path / "site")
    for text in pages.values():
        assert '<meta name="author" content="Jo Doe">' in text
    assert '<meta name="description" content="Two lessons, to see' in pages["index.html"]
