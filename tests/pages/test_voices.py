"""Notes to the builder stay off the page, wherever they stand."""

import pytest
from page_samples import sources
from plan_samples import FRAME, lesson

from pipelines.pages.render import render_anyhow

NOTES = {
    "item": "- Two ropes.\n- > builder: bring a wet one\n",
    "numbered": "1. Two ropes.\n2. > builder: bring a wet one\n3. A knot.\n",
    "inner": "- Two ropes.\n    - One.\n    - > builder: bring a wet one\n",
    "quotation": "> Two ropes.\n>\n> - One.\n> - > builder: bring a wet one\n",
    "question": "::::{question}\n- Two ropes?\n- > builder: bring a wet one\n\n"
    ":::{answer}\nNo.\n:::\n::::\n",
    "handwritten": "- Two ropes.\n- Visual: bring a wet one\n",
}  # fmt: skip


@pytest.mark.parametrize("place", NOTES)
def test_a_note_among_what_is_shown_is_not_shown(place: str) -> None:
    voice = "" if place == "handwritten" else "**Voice:** explicit\n"
    plan = lesson(
        FRAME.replace("\n\n", f"\n\n**Slug:** `x`\n{voice}\n", 1)
        + "#### 1. Hook\n\n"
        + NOTES[place]
    )
    pages = render_anyhow(plan, sources(), []).pages
    assert "wet one" not in pages["index"] and "Two ropes" in pages["index"]
    assert "wet one" in pages["review"]
