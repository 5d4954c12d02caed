"""Problems that pages, claims and figures raise: each under its code, with its remedy."""

import re

import numpy as np
import pytest
from checkout import ROOT
from page_samples import SRC, a_ledger, a_plan, claim, para, role, row, sources, t

from pipelines.contracts.blocks import Block, Unknown
from pipelines.contracts.codes import TITLES
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.figure import FigureData
from pipelines.contracts.keys import MeasurementKey, SystemKey
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Link
from pipelines.figures import reading
from pipelines.pages.render import render_lesson
from pipelines.planlint.check_claims import check_claims

KEY = "toy-cd/consistency@1/off_manifold"


def test_every_code_has_a_test_that_names_it() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    assert set(TITLES) == set(re.findall(r"ML\d{3}", tests)) & set(TITLES)


def page_problem(*blocks: Block) -> str:
    """Return the code of the one problem of a page."""
    with pytest.raises(InputProblems) as caught:
        render_lesson(a_plan(*blocks), sources())
    (problem,) = caught.value.problems
    assert problem.remedy and problem.line in (7, 9)
    return problem.code


def test_a_quotient_by_a_measured_zero_is_no_number() -> None:
    ledger = a_ledger()
    rows = ledger.measurements | {KEY: row(KEY, 0.0)}
    zero = ledger.model_copy(update={"measurements": rows})
    plan = a_plan(para(role("value", f"1 / {KEY}", "ratio")))
    with pytest.raises(InputProblems, match="ML404"):
        render_lesson(plan, sources(zero))
    render_lesson(plan, sources(ledger))


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x"])
def test_an_address_that_a_page_may_not_link_to(href: str) -> None:
    assert page_problem(para(Link(href=href, spans=t("here")))) == "ML405"


def test_a_block_that_the_page_cannot_show() -> None:
    assert page_problem(Unknown(src=SRC, name="hologram", raw=":::{hologram}")) == "ML407"


@pytest.mark.parametrize(("holds", "check"), [(True, f"{KEY} > 0.5"), (False, f"{KEY} < 0.5")])
def test_a_claim_that_the_measurements_contradict(holds: bool, check: str) -> None:
    problem, _ = check_claims(a_plan(claim(check, holds=holds)), a_ledger())
    assert problem.code == "ML402" and problem.remedy and f"{KEY} = 0.0691" in problem.message
    (other,) = check_claims(a_plan(claim(check, holds=not holds)), a_ledger())
    assert other.code == "ML412"  # a row without parts


@pytest.fixture
def experiment() -> Experiment:
    return Experiment(
        name="toy-cd", file="toy-cd.yaml", title="Toy", method="edm", data="moons",
        train=Train(steps=1, batch=1, lr=0.1), evaluate=Evaluate(samplers={}),
    )  # fmt: skip


def test_what_a_figure_lacks_is_named(experiment: Experiment) -> None:
    data = FigureData({"toy-cd": experiment}, {"toy-cd": {"x": np.zeros(1)}}, {}, a_ledger())
    assert reading.array(data, experiment, "x").shape == (1,)
    key = MeasurementKey.parse(KEY)
    assert reading.row(data, key.system, key.metric).value == 0.0691
    with pytest.raises(InputProblems, match="ML602"):
        reading.array(data, experiment, "consistency@1/seed0")
    with pytest.raises(InputProblems, match="ML603"):
        reading.row(data, SystemKey.parse("toy-cd/consistency@9"), "off_manifold")
    with pytest.raises(InputProblems, match="ML604"):
        reading.histories(data, experiment)
