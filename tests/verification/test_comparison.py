"""Two builds: what is the same, what may differ, what may not, and how it is told."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import html5lib
import pytest

from pipelines.cli import main
from pipelines.commands.reference import as_text, unfit, without_inputs
from pipelines.contracts.evidence import Evidence, Number, Origin, Product, Verdict, load_reference
from pipelines.contracts.files import write_json
from pipelines.contracts.problems import InputProblems
from pipelines.verification.comparison import Answer, compare
from pipelines.verification.numbers import Status
from pipelines.verification.reports import counted

KEY = "grid-cd/consistency@1/off_manifold"
CLAIM = "first:jump-helps"
WEIGHTS, MEASURED = "models/grid-cd.safetensors", "measurements/grid-cd.json"
LEDGER, FIGURE, PAGE = "ledgers/first.json", "draft/first/figures/a.png", "draft/first/index.html"
PLAN, EXPERIMENT = "lessons/first/plan.md", "lessons/experiments/grid-cd.yaml"
MADE_FROM = {
    WEIGHTS: (EXPERIMENT,),
    MEASURED: (WEIGHTS, EXPERIMENT),
    LEDGER: (MEASURED,),
    FIGURE: (LEDGER,),
    PAGE: (PLAN, LEDGER, FIGURE),
}


def evidence(**changes: Any) -> Evidence:
    products = {
        name: Product(sha256=f"{name} as it was", frame="frame", inputs=inputs)
        for name, inputs in MADE_FROM.items()
    }
    products["timings/plane/first.json"] = Product(sha256=None)
    made = {
        "origin": Origin(commit="c0ffee", clean=True),
        "made": "2026-11-30",
        "preset": "default",
        "processors": ("cpu, A, AVX512",),
        "numbers": {KEY: Number(value=0.1, error=0.01)},
        "verdicts": {CLAIM: Verdict(outcome="holds", margin=5.0)},
        "sources": {PLAN: "plan", EXPERIMENT: "experiment"},
        "products": products,
    }
    return Evidence.model_validate({**made, **changes})


def other(names: tuple[str, ...] = (), frame: str = "frame", **changes: Any) -> Evidence:
    """Return evidence in which the products of these names have other bytes."""
    made = evidence(**changes)
    altered = {
        name: made.products[name].model_copy(update={"sha256": "otherwise", "frame": frame})
        for name in names
    }
    return made.model_copy(update={"products": {**made.products, **altered}})


def moved(by: float) -> dict[str, Any]:
    return {"numbers": {KEY: Number(value=0.1 + by, error=0.01)}}


def turned(outcome: str, **more: Any) -> dict[str, Any]:
    return {"verdicts": {CLAIM: Verdict(outcome=outcome, margin=1.0, **more)}}


ALL = tuple(MADE_FROM)
REPRODUCED, NOT, CANNOT = Answer.REPRODUCED, Answer.NOT, Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        (evidence(), REPRODUCED),
        (other(ALL, **moved(0.02)), REPRODUCED),  # another processor
        (other(ALL, **moved(0.2)), NOT),
        (other((WEIGHTS,)), REPRODUCED),  # rounding that no number shows
        (evidence(**turned("fails-as-said")), NOT),
        (evidence(**turned("contradicted")), NOT),
        (evidence(**turned("undecided")), CANNOT),
        (evidence(**turned("fails-as-said", timed=True)), REPRODUCED),
        (evidence(verdicts={}), NOT),
        (evidence(numbers={}), NOT),
        (evidence(numbers={KEY: Number(value=0.2, error=None)}), CANNOT),
        (other((PAGE,)), NOT),  # made otherwise from the same files
        (other(ALL, frame="other words", **moved(0.02)), NOT),
        (other((FIGURE,)), NOT),
        (evidence(sources={PLAN: "edited", EXPERIMENT: "experiment"}), REPRODUCED),
        (other((PAGE,), sources={PLAN: "edited", EXPERIMENT: "experiment"}), NOT),
    ],
)
def test_the_answer(second: Evidence, answer: Answer) -> None:
    assert compare(evidence(), second).answer is answer
    assert compare(second, evidence()).answer is answer
    assert compare(without_inputs(evidence()), second).answer is answer


@pytest.mark.parametrize("name", ALL)
def test_a_product_that_is_missing_is_named(name: str) -> None:
    products = {one: product for one, product in evidence().products.items() if one != name}
    found = compare(evidence(), evidence(products=products))
    assert found.answer is NOT
    assert (found.changed_products[0].name, found.changed_products[0].status) == (
        name,
        Status.DIFFERENT,
    )


def test_what_hangs_on_the_clock_is_left_out() -> None:
    assert "timings/plane/first.json" not in compare(evidence(), evidence()).products


def test_nothing_but_timings_may_differ_if_asked_so() -> None:
    assert compare(evidence(), evidence(), exact=True).answer is REPRODUCED
    assert compare(evidence(), other(ALL, **moved(0.02)), exact=True).answer is NOT


def test_after_an_edit_what_both_have_is_judged_if_asked_so() -> None:
    added = evidence().numbers | {"toy-edm/euler@1/off_manifold": Number(value=0.5, error=0.01)}
    edited = other((PAGE,), "another sentence", numbers=added)
    assert compare(evidence(), edited).answer is NOT
    assert compare(evidence(), edited, shared=True).answer is REPRODUCED
    assert compare(evidence(), other((PAGE,), **moved(1.0)), shared=True).answer is NOT
    turned = evidence(verdicts={CLAIM: Verdict(outcome="fails", margin=-5.0)})
    assert compare(evidence(), turned, shared=True).answer is NOT
    assert compare(evidence(), edited, ("site/x.html: stray",), shared=True).answer is NOT
    assert counted(compare(evidence(), edited, shared=True))[-1].startswith("judged: only")
    assert compare(evidence(), evidence(verdicts={}), shared=True).answer is REPRODUCED
    removed = evidence(numbers={}, verdicts={})
    assert compare(evidence(), removed, shared=True).answer is NOT  # nothing was judged


def test_a_fault_within_a_build_is_one_of_the_answer() -> None:
    assert compare(evidence(), evidence(), ("site/x.html: stray",)).answer is NOT


def test_a_trained_file_without_numbers_cannot_be_told() -> None:
    hidden = {"models/base/unet.safetensors": Product(sha256="a", frame="f", inputs=())}
    here = {"models/base/unet.safetensors": Product(sha256="b", frame="f", inputs=())}
    found = compare(evidence(products=hidden), evidence(products=here))
    assert found.answer is CANNOT


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (Number(value=0.1, error=0.01), Status.WITHIN),
        (Number(value=0.12, error=0.01), Status.WITHIN),
        (Number(value=0.3, error=0.01), Status.DIFFERENT),
        (Number(value=0.12, error=None), Status.UNKNOWN),
    ],
)
def test_what_is_made_on_the_way_is_as_near_as_the_numbers_made_from_it(
    number: Number, status: Status
) -> None:
    cached, halfway, folder = "models/cached.safetensors", "models/halfway.json", "models/base/a/b"
    inputs = {cached: ("models/base",), halfway: (cached,), WEIGHTS: (halfway,), folder: ()}

    def build(bytes_: str) -> dict[str, Product]:
        return {
            name: Product(sha256=bytes_, frame="frame", inputs=made_from)
            for name, made_from in inputs.items()
        }

    one, second = (
        evidence(products=build("a")),
        evidence(products=build("b"), numbers={KEY: number}),
    )
    for pair in ((one, second), (second, one), (one, without_inputs(second))):
        found = compare(*pair).products
        assert {found[name].status for name in (cached, halfway, folder)} == {status}


@pytest.mark.parametrize(
    ("second", "status"),
    [(evidence(), 0), (evidence(**moved(0.2)), 1), (evidence(**turned("undecided")), 2)],
)
def test_the_command_reports_and_exits_so(
    tmp_path: Path, second: Evidence, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(tmp_path / "one.json", evidence())
    write_json(tmp_path / "other.json", second)
    reports = {kind: tmp_path / f"report.{kind}" for kind in ("html", "markdown", "json", "junit")}
    options = [word for kind, path in reports.items() for word in (f"--{kind}", str(path))]
    assert (
        main(["verify", str(tmp_path / "one.json"), str(tmp_path / "other.json"), *options])
        == status
    )
    words = Answer(status).words
    assert capsys.readouterr().out.startswith(words)
    assert reports["markdown"].read_text().startswith(f"## {words}")
    assert json.loads(reports["json"].read_text())["answer"] == Answer(status).name.lower()
    page = html5lib.parse(reports["html"].read_text(), namespaceHTMLElements=False)
    assert page.find(".//h1").text == words
    assert page.find(".//script") is None
    suites = ET.parse(reports["junit"]).getroot()
    failures = suites.findall(".//failure")
    assert bool(failures) is (status == 1)
    assert bool(suites.findall(".//skipped")) is (status == 2)
    if failures:
        assert "0.1, 0.3" in failures[0].get("message", "")


def test_a_reference_is_read_as_it_was_written(tmp_path: Path) -> None:
    kept = without_inputs(evidence())
    (tmp_path / "reference.json").write_text(as_text(kept), encoding="utf-8")
    assert load_reference(tmp_path / "reference.json") == kept


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"numbers": {"a": {"value": "nan"}}}', "[" * 99_999]
)
def test_what_is_no_reference_is_refused_with_a_remedy(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reference.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems, match="ML102"):
        load_reference(file)
    assert main(["verify", str(file), str(file)]) == 2
    assert main(["verify", str(tmp_path / "nothing"), str(file)]) == 2
    assert main(["verify", str(tmp_path), str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("remedy: ") == 3


def test_a_build_with_changes_or_a_turned_claim_is_no_reference() -> None:
    assert unfit(evidence()) == []
    assert len(unfit(evidence(origin=Origin(commit="c0ffee"), **turned("contradicted")))) == 2
