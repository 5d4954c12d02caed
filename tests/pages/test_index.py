"""The module's index: pictures, effort and words for readers."""

import re
from dataclasses import replace
from html import unescape

import pytest
from page_samples import SRC, a_module, a_plan, para, role, sources, t

from pipelines.contracts.card import LeadPicture, LessonCard
from pipelines.contracts.plan import ModuleLesson
from pipelines.pages.index import Shown, render_index

TWO = ("folding-paper", "unfolding")
CARDS = {
    "folding-paper": LessonCard(minutes=50, exercises=4, short=9),
    "unfolding": LessonCard(
        minutes=75,
        exercises=1,
        lead=LeadPicture(
            base="figures/cranes", alt="Cranes <fly>", wide=(672, 400), narrow=(340, 600)
        ),
    ),
}


def index(cards: dict[str, LessonCard], **changes: object) -> str:
    rows = tuple(ModuleLesson(src=SRC, slug=slug, core=t("Paper"), load="STRETCH") for slug in TWO)
    module = replace(a_module("Paper", *rows), load_trajectory=rows, **changes)
    plans = {slug: replace(a_plan(para(*t("Words."))), id=slug, title="Cranes") for slug in TWO}
    return render_index(module, Shown(plans, cards=cards), sources())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_first_picture_that_a_lesson_has_stands_first_and_once():
    html = index(CARDS)
    assert html.count("unfolding/figures/cranes.light.svg") == 1
    assert html.index("cranes.light.svg") < html.index('id="lessons"')
    assert 'width="672" height="400"' in html and 'alt="Cranes &lt;fly&gt;"' in html
    assert "<img" not in index({})


def test_the_effort_of_a_module_is_told_when_that_of_each_lesson_is_known():
    assert "About 2 h 05 min to read, and 5 exercises" in words(index(CARDS))
    assert "2 h 05" not in words(index({"unfolding": CARDS["unfolding"]}))
    assert "About 75 minutes to read, and 1 exercise;" in words(index(CARDS))


def test_a_card_links_the_short_way_of_a_lesson_that_has_one():
    html = index(CARDS)
    assert '<a href="folding-paper/short.html">the short way: 9 minutes</a>' in html
    assert "unfolding/short.html" not in html
    assert "short.html" not in index({})


def test_readers_are_welcomed_in_words_for_them_if_the_plan_has_any():
    plain = index({}, goal=(para(*t("The student can fold.")),))
    assert "The student can fold." in plain
    kind = index({}, goal=(para(*t("The student can fold.")),), welcome=(para(*t("Fold!")),))
    assert "Fold!" in kind and "The student can fold." not in kind


@pytest.mark.parametrize("cards", [{}, CARDS])
def test_no_load_and_no_slug_is_left_to_be_guessed(cards):
    said = words(index(cards))
    assert "much in it is new" in said
    assert not re.search(r"(?i)\bstretch\b|folding-paper|unfolding/", said)


def test_lessons_are_linked_from_where_the_index_lies():
    slug = "one"
    html = index({}, arc=(para(role("lesson", slug)),))
    assert f'<a class="lesson" href="{slug}/index.html">' in html
