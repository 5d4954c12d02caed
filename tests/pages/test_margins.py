"""What pages and reviews show of margins: verdicts, turned claims, thin ice, each training."""

import re
from html import unescape

import pytest
from page_samples import (
    SRC,
    a_ledger,
    a_plan,
    an_exercise,
    claim,
    numbers_page,
    para,
    role,
    sources,
    t,
)

from pipelines.blocks.table import TableRequest
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.metrics import METRICS
from pipelines.contracts.problems import InputProblems
from pipelines.pages.claims_table import claim_records
from pipelines.pages.render import render_lesson, render_review

KEY, TWO = (f"toy-cd/consistency@{n}/off_manifold" for n in (1, 2))
AROUND = tuple(0.0691 + step for step in (-0.0173, -0.0173, 0.0173, 0.0173))  # error 0.01


def a_measured_ledger(**more: object) -> Ledger:
    before = a_ledger()
    told = {"parts": AROUND, "draws": "noise"} | more
    row = before.measurements[KEY].model_copy(update=told)
    return before.model_copy(update={"measurements": before.measurements | {KEY: row}})


def page(check: str, holds: bool = True) -> str:
    return render_lesson(a_plan(claim(check, holds=holds)), sources(a_measured_ledger()))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", "", html)))


@pytest.mark.parametrize(
    ("check", "holds", "outcome", "said"),
    [
        (f"{KEY} < 0.1", True, "holds", "3.1 standard errors"),
        (f"{KEY} > 0.1", False, "fails-as-said", "3.1 standard errors"),
        (f"{KEY} < 0.08", True, "undecided", "1.1 standard errors for it, within 2"),
        (f"{KEY} > 0.08", False, "undecided", "1.1 standard errors against it, within 2"),
        (f"{KEY} > 0.1", True, "contradicted", "The text says that it holds; in this build it"),
        (f"{KEY} < 0.1", False, "contradicted", "it does not hold; in this build it does."),
        (f"{TWO} < 0.1", True, "holds", "how far chance moves it was not measured"),
        ("fact(fid-one) < 4", True, "holds", "cited, as printed"),
    ],
)  # fmt: skip
def test_a_claim_shows_its_verdict_and_its_margin(
    check: str, holds: bool, outcome: str, said: str
) -> None:
    html = page(check, holds)
    assert f"verdict-{outcome}" in html and said in words(html)


def test_the_halves_of_a_claim_have_a_margin_each() -> None:
    text = words(page(f"{KEY} < 0.1 and {KEY} > 0.03"))
    assert "holds, 3.1 standard errors" in text and "holds, 3.9 standard errors" in text


def test_what_was_found_stands_before_what_was_expected() -> None:
    found = (*t("It leaves "), role("value", KEY, "percent0"))
    refuted = claim(f"{KEY} > 0.1", id="no", holds=False, because=t("so"), found=found)
    text = words(render_lesson(a_plan(refuted), sources(a_measured_ledger())))
    order = [text.index(one) for one in ("Found: It leaves 7", "Expected:", "It helps.")]
    assert order == sorted(order)
    assert "Found: It leaves 7" in words(
        render_review(a_plan(refuted), sources(a_measured_ledger()))
    )


def test_without_a_sentence_the_numbers_say_what_was_found() -> None:
    assert "Found: 0.0691 > 0.1 does not hold." in words(page(f"{KEY} > 0.1", holds=False))


def test_each_half_of_a_claim_has_its_mark() -> None:
    half = claim(f"{KEY} < 0.1", id="half", fails=f"{KEY} < 0.04", because=t("so"))
    html = render_lesson(a_plan(half), sources(a_measured_ledger()))
    assert re.findall(r'class="sign (yes|no)">(.)</span> ([^<]*)', html) == [
        ("yes", "✓", "0.0691 &lt; 0.1 "),
        ("no", "✗", "0.0691 &lt; 0.04 "),
    ]
    assert "Expected, and true in part:" in words(html)


def test_a_claim_that_turned_does_not_say_what_the_plan_had_found() -> None:
    turned = claim(f"{KEY} < 0.1", id="t", holds=False, because=t("so"), found=t("More."))
    text = words(render_lesson(a_plan(turned), sources(a_measured_ledger())))
    assert "Found:" not in text and "Expected" not in text and "Not as the text says" in text


def test_a_claim_that_turned_is_on_the_page_with_its_values() -> None:
    text = words(page(f"{KEY} > 0.1"))
    assert "Not as the text says" in text
    assert "0.0691 > 0.1 (3.1 standard errors against the text)" in text


def test_what_was_never_measured_still_stops_its_page() -> None:
    with pytest.raises(InputProblems, match="ML401"):
        page("toy-cd/consistency@9/off_manifold < 1")


def test_the_review_lists_the_ten_thinnest_claims_thinnest_first() -> None:
    bounds = [0.075 + k / 100 for k in range(12)]
    claims = [claim(f"{KEY} < {bound:.3f}", id=f"c{k}") for k, bound in enumerate(bounds)]
    wide = claim("fact(fid-one) < 4", id="printed")
    html = render_review(a_plan(*claims[::-1], wide), sources(a_measured_ledger()))
    (section,) = re.findall(r'(?s)<section id="next-to-turn">.*?</section>', html)
    assert re.findall(r"<code>(\w+)</code>", section) == [f"c{k}" for k in range(10)]
    assert "0.6" in section.partition("</li>")[0]


def test_a_computed_number_quotes_its_own_standard_error() -> None:
    plan = a_plan(para(role("value", f"{KEY} / 2", "4f+")))
    html = render_lesson(plan, sources(a_measured_ledger()))
    assert "0.0345 ± 0.0050" in words(html) and "standard error 0.005" in html


def test_the_list_of_numbers_says_how_far_chance_moves_each_or_why_not() -> None:
    both = a_plan(para(role("value", KEY, "3f"), role("value", TWO, "3f")))
    html = numbers_page(both, sources(a_measured_ledger()))
    assert "<td>0.01</td>" in html and "one training, never repeated" in html
    example = a_measured_ledger(no_spread="one worked example of one network")
    text = words(numbers_page(a_plan(para(role("value", KEY, "3f"))), sources(example)))
    assert "at least 0.01; one worked example of one network" in text


def test_each_training_of_a_system_can_be_shown() -> None:
    request = TableRequest(
        src=SRC,
        id="luck",
        table="trainings",
        options={"systems": "toy-cd/consistency@1", "metrics": "off_manifold"},
        caption=t("Luck"),
    )
    ledger = a_measured_ledger(trainings=(0.97, 0.6, 0.83))
    text = words(render_lesson(a_plan(request), sources(ledger)))
    assert re.search(r"60\.0.%, 83\.0.%, 97\.0.%", text)


@pytest.mark.parametrize("table", ["quality", "trainings"])
def test_a_plan_gives_a_row_of_a_table_another_name(table: str) -> None:
    """The key stays with the name: what is called otherwise is still the same system."""
    options = {"systems": "toy-cd/consistency@1 = Lower levels", "metrics": "off_manifold"}
    request = TableRequest(src=SRC, id="named", table=table, options=options)
    html = render_lesson(a_plan(request), sources(a_measured_ledger(trainings=(0.5, 0.9))))
    assert '<span title="toy-cd/consistency@1">Lower levels</span>' in html


def test_a_table_says_what_each_of_its_numbers_does_not_see() -> None:
    options = {"systems": "toy-cd/consistency@1", "metrics": "off_manifold"}
    request = TableRequest(src=SRC, id="named", table="quality", options=options)
    html = render_lesson(a_plan(request), sources(a_measured_ledger()))
    assert f"<li>Off the data: {METRICS['off_manifold'].blind}.</li>" in html


def a_comparison(against: str) -> TableRequest:
    options = {
        "systems": "toy-cd/consistency@1, toy-cd/consistency@2",
        "metrics": "off_manifold",
        "against": against,
    }
    return TableRequest(src=SRC, id="pair", table="quality", options=options)


def a_pair_of_rows() -> Ledger:
    """Rows that move together from part to part, so that their difference hardly moves at all."""
    first = {"value": 0.30, "parts": (0.2, 0.4, 0.3, 0.3), "draws": "noise", "trainings": ()}
    second = first | {"value": 0.25, "parts": (0.16, 0.34, 0.25, 0.25)}
    before = a_ledger()
    rows = {
        key: before.measurements[key].model_copy(update=told)
        for key, told in ((KEY, first), (TWO, second))
    }
    return before.model_copy(update={"measurements": before.measurements | rows})


def test_a_table_says_how_far_a_row_lies_from_another_with_the_error_of_the_pair() -> None:
    """Differences of -4, -6, -5 and -5 points: a deviation of 0.82, half of it for their mean."""
    html = render_lesson(a_plan(a_comparison("toy-cd/consistency@1")), sources(a_pair_of_rows()))
    (below,) = re.findall(r'(?s)<data class="against"[^>]*>(.*?)</data>', html)
    assert "".join(words(below).split()) == "−5.0±0.4points"
    assert "the difference from toy-cd" in words(html)


def test_a_table_held_against_what_was_never_measured_is_an_error() -> None:
    plan = a_plan(a_comparison("toy-edm/heun@10"))
    with pytest.raises(InputProblems, match="ML401"):
        render_lesson(plan, sources(a_pair_of_rows()))


def test_the_baseline_of_a_table_of_times_has_its_row_s_name() -> None:
    options = {"systems": "toy-cd/consistency@1 = The quick one"}
    request = TableRequest(src=SRC, id="clock", table="timing", options=options)
    html = render_lesson(a_plan(request), sources(strict=False))
    assert html.count('<span title="toy-cd/consistency@1">The quick one</span>') == 2


def test_a_claim_leaves_a_record_for_the_end_of_the_build() -> None:
    plan = a_plan(claim(f"{KEY} > 0.1", id="turned"), claim("fact(fid-one) < 4", id="printed"))
    turned, printed = claim_records(plan, sources(a_measured_ledger()))
    assert (turned["id"], turned["outcome"], turned["margin"]) == (
        "turned",
        "contradicted",
        -3.094,
    )
    assert f"{KEY} = 0.0691" in turned["text"] and turned["line"] == 7
    assert printed["margin"] is None and printed["outcome"] == "holds"
    trial = a_measured_ledger().model_copy(update={"publish": False})
    assert claim_records(plan, sources(trial)) == []


def test_an_undecided_half_is_no_holding_in_part_and_a_turned_half_counts_most() -> None:
    plan = a_plan(
        claim(f"{KEY} < 0.2", id="half", fails=f"{KEY} > 0.08"),
        claim(f"{KEY} < 0.08", id="both", fails=f"{KEY} < 0.2"),
    )
    half, both = claim_records(plan, sources(a_measured_ledger()))
    assert half["outcome"] == "undecided" and half["margin"] == 1.091
    assert both["outcome"] == "contradicted" and both["margin"] < -10


def test_a_claim_in_a_hint_has_a_record_and_a_place_like_any_other() -> None:
    hint = an_exercise(hints=(claim(f"{KEY} > 0.1", id="hidden"),))
    plan = a_plan(hint)
    (record,) = claim_records(plan, sources(a_measured_ledger()))
    assert record["outcome"] == "contradicted"
    assert "hidden" in render_review(plan, sources(a_measured_ledger()))
