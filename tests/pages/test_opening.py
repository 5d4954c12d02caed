"""What stands before the text of a lesson: what it gives, what it needs, how long it takes."""

import re
from dataclasses import replace
from html import unescape

import pytest
from markupsafe import Markup
from page_samples import SRC, a_plan, an_exercise, para, sources, t

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import DepthTarget, Prerequisite, Scope, Status
from pipelines.contracts.spans import Depth, DepthLevel
from pipelines.pages.opening import minutes_to_read
from pipelines.pages.render import render_lesson


def depth(level: DepthLevel) -> Depth:
    return Depth(level=level, raw=level.value.upper())


def target(name: str, level: DepthLevel) -> DepthTarget:
    return DepthTarget(src=SRC, concept=t(name), depth=depth(level))


def known(name: str, gap: bool = False) -> Prerequisite:
    level = depth(DepthLevel.DEVELOPED)
    status = Status.GAP if gap else Status.OK
    return Prerequisite(
        src=SRC, concept=t(name), required=level, actual=level, status=status,
        status_raw=status.value, computed_gap=gap,
    )  # fmt: skip


def a_lesson() -> LessonPlan:
    plan = a_plan(para(*t("Words.")), an_exercise(), an_exercise())
    targets = (
        target("Jumps", DepthLevel.DEVELOPED),
        target("Critics", DepthLevel.INTRODUCED),
        target("Relays", DepthLevel.APPLIED),
    )
    design = replace(plan.design, scope=Scope(depth_targets=targets))
    needs = (known("Paths"), known("Losses", gap=True), known("Paths"))
    return replace(plan, design=design, prerequisites=needs)


def opening(plan: LessonPlan) -> str:
    html = render_lesson(plan, sources())
    found = re.search(r'(?s)<section class="opening".*?</section>', html)
    words = unescape(re.sub("<[^>]+>", " ", found[0])) if found else ""
    return re.sub(r"\s+", " ", words).strip()


def test_a_lesson_begins_with_what_it_gives_and_what_it_needs() -> None:
    """What the lesson itself closes, a gap, is nothing that a reader has to bring."""
    assert opening(a_lesson()) == (
        "After this lesson you can work with Jumps Relays You will have met Critics"
        " You need Paths About 5 minutes to read, and 2 exercises; it builds on what you know."
    )


def test_a_plan_that_says_nothing_of_it_has_no_opening() -> None:
    assert opening(a_plan(para(*t("Words.")))) == ""


def test_a_page_beside_the_lessons_has_none() -> None:
    plan = a_lesson()
    assert opening(replace(plan, meta=replace(plan.meta, kind="Appendix"))) == ""


@pytest.mark.parametrize(
    ("words", "figures", "minutes"), [(10, 0, 5), (1000, 0, 5), (1001, 0, 10), (1000, 13, 15)]
)
def test_minutes_are_of_words_and_figures(words: int, figures: int, minutes: int) -> None:
    """200 words a minute, and 0.4 minutes a figure."""
    section = "<p>" + "word " * words + "</p>" + "<figure></figure>" * figures
    assert minutes_to_read([Markup(section)]) == minutes


def test_what_is_folded_does_not_count() -> None:
    long = "word " * 2000
    folded = f"<details>{long}<details>{long}</details>{long}</details>"
    assert minutes_to_read([Markup(folded + "<p>word</p>")]) == 5
