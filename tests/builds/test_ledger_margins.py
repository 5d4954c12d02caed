"""How well the claims of a default build are founded: spreads, reasons, verdicts."""

import os
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.any_plan import read_plan
from pipelines.blocks.claim import Claim
from pipelines.claims import Margin, comparisons_of, parse_check
from pipelines.contracts.blocks import walk
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Ledger, load_ledger
from pipelines.contracts.plan import LessonPlan

BUILD = Path(os.environ.get("MEASURED_LESSONS_BUILD", ROOT / "build"))
LESSONS = sorted((ROOT / "lessons/fast-generation").glob("*/plan.md"))

if "MEASURED_LESSONS_BUILD" not in os.environ and not (BUILD / "manifest.json").is_file():
    pytest.skip("no default build here: make site", allow_module_level=True)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger(BUILD / "ledger.json")


def claims(file: Path) -> list[Claim]:
    plan, _ = read_plan(file)
    assert isinstance(plan, LessonPlan) and plan.design.outline
    return [node for node in walk(plan.design.outline) if isinstance(node, Claim)]


@pytest.fixture(scope="module")
def margins(ledger: Ledger) -> list[Margin]:
    """Every comparison over measured rows; those on the clock stand in files of their own."""
    checks = [c for file in LESSONS for one in claims(file) for c in (one.check, one.fails) if c]
    parsed = [parse_check(check) for check in checks]
    measured = [one for one in parsed if all(ledger.row(key) for key in one.keys)]
    assert len(measured) > 0.9 * len(parsed)
    return [margin for one in measured for margin in comparisons_of(one, ledger)]


def test_at_most_a_twentieth_rests_on_a_row_without_a_spread_and_each_says_why(
    ledger: Ledger, margins: list[Margin]
) -> None:
    unknown = [margin for margin in margins if margin.uncertainty.unknown]
    assert len(margins) > 200
    assert len(unknown) <= 0.05 * len(margins)
    for key in {key for margin in unknown for key in margin.uncertainty.unknown}:
        row = ledger.row(key)
        assert row is not None and row.no_spread, f"{key} has neither a spread nor a reason"


def test_no_verdict_is_against_its_text() -> None:
    records = [r for file in BUILD.glob("draft/*/claims.json") for r in read_json(file)]
    assert len(records) == sum(len(claims(file)) for file in LESSONS)
    turned = [record["text"] for record in records if record["outcome"] == "contradicted"]
    assert turned == []
