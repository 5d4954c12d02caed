"""The short way through a lesson: what it has of each section, its links, and its ten minutes."""

import re
from dataclasses import replace

import pytest
from page_samples import (
    SRC,
    a_ledger,
    a_lesson,
    a_plan,
    a_section,
    all_blocks,
    claim,
    para,
    parsed,
    role,
    sources,
    t,
    words,
)

from pipelines.blocks.callout import Callout, CalloutKind
from pipelines.blocks.cards import Card, Cards
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block, Subheading
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Text, Voice
from pipelines.pages.render import student_pages
from pipelines.pages.timing_mask import blank_timings

KEY = "toy-cd/consistency@1/off_manifold"


def figure(name: str) -> FigureRequest:
    return FigureRequest(src=SRC, id=name, figure="three-levels", caption=t(f"Caption {name}."))


def heading(name: str) -> Subheading:
    return Subheading(src=SRC, spans=t(name), slug=name.lower())


def question(asked: str) -> Question:
    return Question(src=SRC, prompt=(para(*t(asked)),), answer=(para(*t("Because.")),))


def short(plan: LessonPlan) -> str:
    return student_pages(plan, sources(strict=False))["short"]


def told(*nodes: Block, kind: SectionKind = SectionKind.EXPLAIN) -> str:
    """Return what the short way says of a section, without its title and the way back."""
    html = short(a_lesson(a_section(1, *nodes, kind=kind)))
    (one,) = re.findall(r'(?s)<section class="part".*?</h2>(.*?)<p class="in-full">', html)
    return words(one)


def test_a_section_is_told_by_its_beginning_its_pictures_and_what_leads_it() -> None:
    aside = Callout(src=SRC, kind=CalloutKind.TIP, aside=True, nodes=(para(*t("Aside.")),))
    found = told(
        aside,
        para(*t("It begins.")),
        para(*t("It goes on.")),
        *(claim("1 < 2", id=f"c{at}") for at in range(4)),
        heading("Empty"),
        para(*t("Nothing to see.")),
        heading("Shown"),
        para(*t("Look:")),
        *(figure(f"f{at}") for at in range(3)),
    )
    looked_for = r"It begins\.|It goes on\.|Claim \d|Empty|Shown|Look|Caption f\d"
    assert re.findall(looked_for, found) == [
        "It begins.", "Claim 1", "Claim 2", "Shown", "Caption f0", "Caption f1",
    ]  # fmt: skip
    assert "The check and its numbers" not in found


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        (t("First this. Then that:"), "First this."),
        ((*t("Is it so? See "), role("ref", "f"), *t(":")), "Is it so?"),
        (t("So:"), ""),
        (t("First this. Then that."), "First this. Then that."),
    ],
)
def test_a_beginning_does_not_lead_to_what_is_left_out(spans: tuple[Text, ...], text: str) -> None:
    assert told(para(*spans), figure("f")).partition("missing")[0].strip() == text


def test_cards_can_be_a_beginning_and_other_boxes_cannot() -> None:
    card = Card(src=SRC, title=t("Card"), colour="violet", nodes=(para(*t("Idea.")),))
    assert told(Cards(src=SRC, cards=(card,)), figure("f")).startswith("CardIdea.")
    box = Callout(src=SRC, kind=CalloutKind.TIP, nodes=(para(*t("Box.")),))
    later = para(*t("Of the box."))
    assert told(box, later, figure("f")).startswith("missing")


def test_questions_keep_their_answers_folded() -> None:
    html = short(a_lesson(a_section(1, question("Why?"), kind=SectionKind.CHECK)))
    (box,) = parsed(html).iter("details")
    assert "Because." in "".join(box.itertext())


def test_it_begins_as_the_lesson_does() -> None:
    plan = a_lesson(a_section(1, figure("fig")))
    outline = replace(plan.design.outline, intro=(para(*t("How can it be?")), figure("lead")))
    html = short(replace(plan, design=replace(plan.design, outline=outline)))
    order = [html.index(one) for one in ("How can it be?", "Caption lead.", "Caption fig.")]
    assert order == sorted(order)
    assert "The numbers behind" not in html


def test_what_a_question_holds_is_shown_once() -> None:
    asked = Question(src=SRC, prompt=(para(*t("Why?")), figure("f")), answer=(para(*t("So.")),))
    assert told(asked).count("Caption f") == 1


def test_the_summary_and_the_opening_are_whole_and_the_rest_is_named() -> None:
    why = (para(*t("Why. So:")), para(*t("Thus.")), figure("f"))
    keep = (para(*t("Keep.")), para(*t("And this:")), heading("All of it"), para(*t("Long.")))
    html = short(
        a_lesson(
            a_section(1, *why, kind=SectionKind.CONTEXT),
            a_section(2, para(*t("You know.")), kind=SectionKind.RECAP),
            a_section(3, *keep, kind=SectionKind.SUMMARY),
        )
    )
    text = words(html)
    assert "Why. Thus." in text and "Keep. And this:" in text
    assert "You know" not in text and "Long" not in text
    assert "Only in the whole lesson: 2 Title 2." in text


def test_each_section_leads_back_to_itself_and_all_links_to_the_lesson() -> None:
    quoted = para(role("value", KEY), role("ref", "c"), role("cite", "song2023"))
    plan = a_lesson(
        a_section(1, quoted, figure("fig")),
        a_section(2, claim("fact(fid-one) < 4", id="c")),
    )
    made = student_pages(plan, sources())
    ids = {node.get("id") for node in parsed(made["index"]).iter()}
    links = [node.get("href") for node in parsed(made["short"]).iter("a")]
    inner = [one.removeprefix("index.html#") for one in links if one.startswith("index.html#")]
    assert {"s-title-1", "s-title-2", "claim-c"} <= set(inner) <= ids
    assert any(one.startswith("numbers.html#m-") for one in links)
    assert not any(one.startswith("#") for one in links if one != "#content")
    assert 'href="short.html"' in made["index"]


def test_a_page_of_all_blocks_has_a_valid_short_way() -> None:
    html = short(a_plan(*all_blocks(), heading("Ä"), figure("fig")))
    ids = [node.get("id") for node in parsed(html).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_notes_to_the_builder_are_not_on_it() -> None:
    secret = para(*t("Secret."))
    note = Callout(src=SRC, voice=Voice.BUILDER, kind=CalloutKind.NOTE, nodes=(secret,))
    hidden = replace(secret, voice=Voice.BUILDER)
    assert "Secret" not in told(note, hidden, para(*t("Text.")), figure("f"))
    assert "Secret" not in told(note, para(*t("Text.")), kind=SectionKind.SUMMARY)


def test_a_lesson_without_sections_has_none() -> None:
    assert "short.html" not in student_pages(a_plan(), sources())["index"]


# --- ten minutes ---


def a_long_lesson(sections: int, words: int) -> LessonPlan:
    """Return a lesson whose sections have four claims, four figures and four questions each."""
    text = para(*t("word " * words + "."))
    return a_lesson(
        *(
            a_section(
                at, text,
                *(figure(f"f{at}-{i}") for i in range(4)),
                *(claim("1 < 2", id=f"c{at}-{i}") for i in range(4)),
                *(question(f"Why {i}?") for i in range(4)),
            )
            for at in range(1, sections + 1)
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sections", "words", "figures", "claims", "questions"),
    [
        (1, 1, 2, 2, 4),
        (8, 1, 16, 16, 32),
        (10, 1, 20, 20, 20),
        (10, 90, 10, 20, 20),
        (10, 96, 10, 10, 20),
        (10, 101, 10, 10, 10),
    ],
)
def test_as_much_is_taken_as_can_be_read_in_ten_minutes(
    sections: int, words: int, figures: int, claims: int, questions: int
) -> None:
    html = short(a_long_lesson(sections, words))
    kinds = ("<figure", 'class="claim"', 'class="question"')
    assert tuple(map(html.count, kinds)) == (figures, claims, questions)
    assert re.search(r"About (5|10) minutes", html)


def test_minutes_are_told_as_they_are_where_a_lesson_is_too_long() -> None:
    made = student_pages(a_long_lesson(10, 200), sources(strict=False))
    assert "About 15 minutes" in made["short"]
    assert "The short way: about 15 minutes" in made["index"]


def test_a_clock_does_not_change_what_is_taken() -> None:
    late = [claim("toy-cd/consistency@1/seconds_per_1000 > 0.5", id=f"c{at}") for at in range(2)]
    plan = a_lesson(a_section(1, para(*t("word " * 990)), *late, figure("fig")))
    made = (student_pages(plan, sources(a_ledger(seconds)))["short"] for seconds in (0.1, 2.0))
    fast, slow = map(blank_timings, made)
    assert fast == slow
