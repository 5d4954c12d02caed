"""What depends on the clock is marked, and nothing else is."""

from __future__ import annotations

import pytest
from page_samples import a_ledger, a_plan, claim, full_plan, numbers_page, pages, sources

from pipelines.pages.render import render_lesson
from pipelines.pages.timing_mask import blank_timings


@pytest.mark.parametrize("seconds", [0.1, 0.4])
def test_in_the_lists_of_numbers_too(seconds: float) -> None:
    one = numbers_page(full_plan(), sources(a_ledger(0.25), strict=False))
    other = numbers_page(full_plan(), sources(a_ledger(seconds), strict=False))
    assert one != other
    assert blank_timings(one) == blank_timings(other)


@pytest.mark.parametrize("seconds", [0.1, 0.4])
def test_only_marked_elements_depend_on_the_clock(seconds: float) -> None:
    one = pages(full_plan(), sources(a_ledger(0.25), strict=False))
    other = pages(full_plan(), sources(a_ledger(seconds), strict=False))
    assert one[0] != other[0]
    assert [blank_timings(page) for page in one] == [blank_timings(page) for page in other]


def test_a_verdict_on_seconds_is_marked() -> None:
    plan = a_plan(claim("toy-cd/consistency@1/seconds_per_1000 < 0.5"))
    fast, slow = (render_lesson(plan, sources(a_ledger(x))) for x in (0.1, 2.0))
    assert "Not as the text says" in slow
    assert blank_timings(fast) == blank_timings(slow)


def test_blanking_keeps_everything_else() -> None:
    page = (
        '<!DOCTYPE html><p a="<b>">x &amp; y &#8239;<br><i data-timed title="3 s">3<b>s</b></i>z'
    )
    assert blank_timings(page) == page.replace(' title="3 s">3<b>s</b>', ">")


def test_pages_of_a_preset_that_does_not_publish_are_stamped() -> None:
    for page in pages(a_plan(), sources(a_ledger(publish=False))):
        assert "Not for publication" in page
    for page in pages(a_plan(), sources()):
        assert "Not for publication" not in page
