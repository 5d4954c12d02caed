"""Numbers are plain text; each block says where its numbers come from; every row leads back."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from checkout import ROOT
from numbers_of_pages import Blocks, dead_ends, numbers, tab_stops, text_of, unexplained
from page_samples import (
    SRC,
    a_ledger,
    a_plan,
    claim,
    full_plan,
    para,
    parsed,
    role,
    sources,
    t,
)

from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block, Item, List, Table
from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.keys import SystemKey
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.references import Reference
from pipelines.pages.naming import row_words, system_words
from pipelines.pages.opening import minutes_to_read
from pipelines.pages.render import render_anyhow

KEY, TWO = (f"toy-cd/consistency@{n}/off_manifold" for n in (1, 2))
QUOTED = para(*t("It leaves "), role("value", KEY, "percent1+"), *t(" off the data."))


def made(plan: LessonPlan, ledger: Ledger | None = None) -> dict[str, str]:
    return render_anyhow(plan, sources(ledger, strict=False)).pages


def lesson(*nodes: Block) -> ET.Element:
    return parsed(made(a_plan(*nodes))["index"])


def controls(tree: ET.Element) -> list[ET.Element]:
    return [node for node in tree.iter("button") if node.get("class") == "whence"]


def second_hand() -> Ledger:
    ledger = a_ledger()
    fact = ledger.facts["fid-one"].model_copy(update={"confidence": "secondary"})
    return ledger.model_copy(update={"facts": {"fid-one": fact}})


@pytest.fixture(scope="module")
def full() -> dict[str, ET.Element]:
    return {name: parsed(page) for name, page in made(full_plan()).items()}


def test_every_number_is_explained_in_its_block(full: dict[str, ET.Element]) -> None:
    assert len(numbers(full["index"])) > 5
    assert unexplained(full["index"], full["numbers"]) == []


def test_every_row_leads_back_to_where_it_is_used(full: dict[str, ET.Element]) -> None:
    assert dead_ends(full["index"], full["numbers"]) == []


def test_links_between_the_pages_of_a_lesson_lead_somewhere(full: dict[str, ET.Element]) -> None:
    ids = {name: {node.get("id") for node in tree.iter()} for name, tree in full.items()}
    found = 0
    for page, tree in full.items():
        for link in (node.get("href", "") for node in tree.iter("a")):
            if match := re.fullmatch(r"(?:(\w+)\.html)?#(.+)", link):
                found += 1
                assert match[2] in ids[match[1] or page], f"{page}: {link}"
    assert found > 40


def test_a_number_is_no_stop_of_the_tabulator() -> None:
    plain, quoted = lesson(para(*t("It leaves some."))), lesson(QUOTED)
    (number,) = numbers(quoted)
    assert number.find("a") is None and number.get("value") == "0.0691"
    assert tab_stops(quoted) == tab_stops(plain) + 1


def test_a_control_opens_a_list_without_a_script() -> None:
    tree = lesson(QUOTED)
    (button,) = controls(tree)
    opened = next(node for node in tree.iter() if node.get("id") == button.get("popovertarget"))
    assert opened.get("popover") is not None
    assert opened.find("button").get("popovertargetaction") == "hide"
    said = text_of(opened).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert said.startswith(
        "6.9 ± 0.1 % Off the data: toy-cd, 1 step; 0.0691 ± 0.001 over 3 seeds;"
    )
    assert opened.find("a").get("href", "").startswith("numbers.html#m-toy-cd")
    scripts = [node.get("src", "") for node in tree.iter("script")]
    assert {one.rpartition("/")[2] for one in scripts} <= {"contents.js", "boxes.js"}


def test_a_block_has_one_control_however_many_numbers_it_has() -> None:
    both = (role("value", KEY, "3f"), *t(" and "), role("value", TWO, "3f"))
    item = Item(src=SRC, nodes=(para(*both),))
    table = Table(src=SRC, columns=(t("a"), t("b")), rows=((both, both),))
    tree = lesson(para(*both), List(src=SRC, ordered=False, items=(item, item)), table)
    assert len(controls(tree)) == 3
    assert {node.get("aria-label") for node in controls(tree)} == {
        "Where these 2 numbers come from"
    }


def test_a_claim_lists_its_numbers_where_its_check_is() -> None:
    tree = lesson(claim(f"{KEY} < 0.1"))
    assert controls(tree) == []
    (listed,) = Blocks(tree).lists
    assert "0.0691 Off the data: toy-cd, 1 step" in text_of(listed)
    assert Blocks(tree).place(listed) == "claim-help"


def test_the_sources_of_an_answer_stay_in_the_answer() -> None:
    tree = lesson(Question(src=SRC, prompt=(para(*t("How much?")),), answer=(QUOTED,)))
    (button,) = controls(tree)
    assert any(node.tag == "details" for node in Blocks(tree).above(button))


def test_a_computed_number_names_what_it_is_computed_from_and_their_rows_lead_here() -> None:
    plan = a_plan(para(role("value", f"{KEY} / {TWO}", "ratio1")))
    pages = {name: parsed(page) for name, page in made(plan).items()}
    (listed,) = Blocks(pages["index"]).lists
    assert "computed: Off the data: (toy-cd, 1 step) / (toy-cd, 2 steps); 2.229" in text_of(listed)
    uses = [node for node in pages["numbers"].iter("td") if node.get("class") == "uses"]
    links = [[a.get("href") for a in use.iter("a")] for use in uses]
    assert links == [["index.html#numbers"]] * 3


def test_what_only_the_review_quotes_leads_back_to_the_review() -> None:
    plan = a_plan(para(*t("No number.")), target_concept=(QUOTED,))
    pages = made(plan)
    assert KEY in pages["numbers"]
    assert 'class="uses"><a href="review.html">review</a>' in pages["numbers"]


def test_second_hand_figures_say_so_at_the_number_and_once_why() -> None:
    cited = a_plan(para(role("fact", "fid-one")), para(role("fact", "fid-one")))
    primary, secondary = made(cited)["index"], made(cited, second_hand())["index"]
    assert "second-hand" not in primary and "read in the work, Table 1" in primary
    assert secondary.count(">[1, second-hand]</a>") == 2
    assert secondary.count("with the mark <i>second-hand</i>") == 1
    assert "second-hand, not read in the work; its place there: Table 1" in secondary


@pytest.mark.parametrize(("count", "unfolded"), [(2, True), (20, False)])
def test_many_references_are_folded_and_few_are_not(count: int, unfolded: bool) -> None:
    works = {str(n): Reference(key=str(n), authors=("A",), title="T") for n in range(count)}
    known = replace(sources(), references=works)
    plan = a_plan(para(*(role("cite", key) for key in works)))
    tree = parsed(render_anyhow(plan, known).pages["index"])
    (folding,) = [node for node in tree.iter("details") if node.get("class") == "works"]
    assert (folding.get("open") is not None) == unfolded


def test_sources_take_no_time_to_read() -> None:
    words = " ".join(["word"] * 900)
    from_there = f'<p>short<small popover class="sources"><a>1</a> {words}</small></p>'
    assert minutes_to_read([from_there]) == minutes_to_read(["<p>short</p>"])


def test_a_schedule_is_told_by_its_levels_and_not_by_its_code() -> None:
    system = SystemKey.parse("toy-cd/consistency-e08@8")
    experiment = load_experiment(ROOT / "lessons/fast-generation/experiments/toy-cd.yaml")
    known = replace(sources(), experiments={"toy-cd": experiment}, titles={"toy-cd": "A student"})
    first, *_, last = experiment.evaluate.schedules["e08"]
    told = f"A student, 8 steps, noised again at levels {first:g} to {last:g}"
    assert system_words(known, system) == told
    assert row_words(known, system.key("off_manifold")) == f"Off the data: {told}"
    assert "e08" in system_words(sources(), system)  # an experiment that is not known
