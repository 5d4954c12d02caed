"""What a long page folds and how one finds one's way: claims, contents, captions, mistakes."""

import re
from dataclasses import replace

import pytest
from page_samples import (
    EVIL,
    SRC,
    a_ledger,
    a_lesson,
    a_module,
    a_plan,
    a_section,
    claim,
    full_plan,
    pages,
    para,
    parsed,
    role,
    sources,
    t,
    words,
)

from pipelines.contracts.blocks import Subheading
from pipelines.contracts.names import title_from_slug
from pipelines.contracts.planning import Named
from pipelines.contracts.spans import Role, Text
from pipelines.pages.environment import STATIC, STYLE
from pipelines.pages.index import Shown, render_index
from pipelines.pages.render import render_lesson
from pipelines.pages.sources import LessonLink, ModuleInfo
from pipelines.pages.timing_mask import blank_timings

KEY = "toy-cd/consistency@1/off_manifold"
FAST = "toy-cd/consistency@1/seconds_per_1000"


def summaries(html: str) -> list[str]:
    found = re.findall(r'(?s)<details class="claim folded">\s*<summary>(.*?)</summary>', html)
    assert not any("<a" in one for one in found)
    return [words(one) for one in found]


# --- claims ---


def test_the_fourth_claim_of_a_section_is_folded_to_its_verdict_and_a_line() -> None:
    refuted = {"holds": False, "because": t("so"), "found": (*t("It leaves "), role("value", KEY))}
    few = [claim("1 < 2", id=f"c{at}") for at in range(3)]
    html = render_lesson(
        a_plan(
            *few,
            claim("1 < 2", id="plain"),
            claim("1 < 2", id="brief", short=t("it helps")),
            claim("1 > 2", id="no", **refuted),
        ),
        sources(),
    )
    assert summaries(html) == [
        "✓ Holds Claim 4 It helps.",
        "✓ Holds Claim 5 it helps",
        "✗ Does not hold Claim 6 Found: It leaves 0.0691",
    ]
    assert html.count('<div class="claim" id=') == 3


def test_the_anchor_of_a_folded_claim_stands_inside_its_box() -> None:
    """A browser opens the box that holds the target of a link, not one that is the target."""
    html = render_lesson(a_plan(*(claim("1 < 2", id=f"c{at}") for at in range(4))), sources())
    (box,) = (one for one in parsed(html).iter("details") if one.get("class") == "claim folded")
    assert box.get("id") is None
    assert box.find("div").get("id") == "claim-c3"


def test_a_claim_on_the_clock_is_folded_alike_on_every_machine() -> None:
    said = {"holds": False, "because": t("so"), "found": (*t("It takes "), role("value", FAST))}
    plan = a_plan(*(claim(f"{FAST} > 0.5", id=f"c{at}", **said) for at in range(4)))
    fast, slow = (render_lesson(plan, sources(a_ledger(seconds))) for seconds in (0.1, 2.0))
    assert summaries(fast) != summaries(slow)
    assert blank_timings(fast) == blank_timings(slow)


def test_paper_shows_what_is_folded() -> None:
    paper = re.findall(r"(?s)@media print \{([^@]*)", STYLE.read_text(encoding="utf-8"))
    for name in (".folded", ".sitting"):
        shown = (
            rf"(?s){re.escape(name)}::details-content[^{{]*\{{[^}}]*content-visibility: visible"
        )
        assert any(re.search(shown, rules) for rules in paper), name


# --- sittings ---


def test_a_second_sitting_is_a_box_with_the_sections_that_wait() -> None:
    one, two, three = (a_section(at, para(*t("word " * 900))) for at in (1, 2, 3))
    plan = a_lesson(one, two, three)
    meta = replace(plan.meta, second_sitting="2")
    html = render_lesson(replace(plan, meta=meta), sources())
    (box,) = (one for one in parsed(html).iter("details") if one.get("class") == "sitting")
    said = words("".join(box.find("summary").itertext()))
    assert said == "A good place to rest. The second sitting: sections 2 to 3, about 10 minutes"
    assert [one.get("id") for one in box.iter("section")] == ["s-title-2", "s-title-3"]
    assert "sitting" not in render_lesson(plan, sources())


# --- contents ---


def test_contents_list_the_parts_of_a_section_and_need_no_script_for_it() -> None:
    part = Subheading(src=SRC, spans=(*t("Part "), role("ref", "part")), slug="part")
    html = render_lesson(a_plan(para(*t("Text.")), part), sources())
    (nav,) = (one for one in parsed(html).iter("nav") if one.get("aria-label") == "Contents")
    links = [(a.get("href"), words("".join(a.itertext()))) for a in nav.iter("a")]
    assert links == [("#s-title", "1 Title"), ("#s-part", "Part “Part part”")]
    script = (STATIC / "contents.js").read_text(encoding="utf-8")
    assert "aria-current" in script and "hidden" not in script
    assert '<script src="../static/contents.js" defer></script>' in html


# --- figures ---


def test_a_caption_is_the_first_or_the_last_of_its_figure() -> None:
    """HTML allows it nowhere else; parsers do not complain."""
    for page in pages(full_plan(), sources(strict=False)):
        for figure in parsed(page).iter("figure"):
            tags = [child.tag for child in figure]
            assert tags.count("figcaption") <= 1
            assert "figcaption" not in tags[1:-1], tags


# --- words ---


@pytest.mark.parametrize(
    ("before", "named", "text"),
    [
        ("see section ", role("ref", "title"), "see section 1"),
        ("Section ", role("ref", "title"), "Section 1"),
        ("see ", role("ref", "title"), "see section 1"),
        ("the ", role("lesson", "lab"), "the 2D Laboratory"),
        ("page ", role("lesson", "lab"), "page The 2D Laboratory"),
        ("The ", role("lesson", "one"), "The One"),
    ],
)
def test_a_name_does_not_repeat_the_word_before_it(before: str, named: Role, text: str) -> None:
    lab = LessonLink("lab", "The 2D Laboratory", exists=True)
    info = ModuleInfo("M", (LessonLink("one", "One", exists=True), lab))
    html = render_lesson(a_plan(para(Text(text=before), named)), replace(sources(), module=info))
    assert f"<p>{text}</p>" in re.sub(r"</?(?:a|i|span)\b[^>]*>", "", html)


def test_acronyms_of_other_lessons_keep_their_capitals() -> None:
    assert title_from_slug("lora-for-llms") == "LoRA for LLMs"


# --- mistakes ---


def test_the_index_marks_what_the_module_puts_right() -> None:
    wrong = Named(src=SRC, name='"A" and its opposite, "B"', spans=t("Neither."))
    mistakes = (wrong, Named(src=SRC, name=EVIL, spans=t("No.")))
    module = replace(a_module("M"), misconceptions=mistakes)
    html = render_index(module, Shown({}), sources())
    (listed,) = re.findall(r'(?s)<ul class="mistakes">.*?</ul>', html)
    assert [words(one) for one in re.findall("(?s)<li>.*?</li>", listed)] == [
        '✗ "A" and its opposite, "B" Neither.',
        f"✗ {EVIL} No.",
    ]
    assert listed.count('aria-label="Mistaken:"') == 2
