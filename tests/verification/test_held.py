"""What a lesson says of itself and the module's reference."""

from __future__ import annotations

from dataclasses import replace

import pytest
from page_samples import a_ledger, a_lesson, a_section, para, role, sources

from pipelines.contracts.evidence import Evidence, Number, Origin, Verdict
from pipelines.contracts.measurement import Ledger
from pipelines.pages.render import render_pages
from pipelines.pages.timing_mask import blank_timings
from pipelines.verification.evidence import number_of
from pipelines.verification.held import held_against

HELD = {"first:jump-helps": Verdict(outcome="holds", margin=4.0)}


def reference(ledger: Ledger, **numbers: float) -> Evidence:
    """Return the evidence of a ledger, its first numbers at other values."""
    kept = {key: number_of(row) for key, row in ledger.measurements.items()}
    for key, value in numbers.items():
        kept[key] = Number(value=value, error=kept[key].error)
    origin = Origin(commit="c0ffee0123", clean=True)
    made = {"origin": origin, "made": "2026-11-30", "preset": ledger.preset}
    return Evidence(**made, processors=("cpu, A",), numbers=kept, verdicts=HELD)


def test_the_same_build_says_so() -> None:
    ledger = a_ledger()
    count = len(ledger.measurements)
    said = held_against(reference(ledger), ledger, HELD)
    assert said == (
        "Held against the reference of 2026-11-30 (c0ffee01, cpu, A): of"
        f" {count} measured numbers {count} are identical; all 1 verdicts are the same."
    )


def test_what_is_beyond_newer_or_turned_is_counted_and_named() -> None:
    ledger = a_ledger()
    first, second = list(ledger.measurements)[:2]
    held = reference(ledger, **{first: 99.0})
    numbers = {key: one for key, one in held.numbers.items() if key != second}
    held = held.model_copy(update={"numbers": numbers})
    said = held_against(held, ledger, {"first:jump-helps": Verdict(outcome="undecided")})
    assert "1 beyond their tolerances" in said or "1 changed without a known tolerance" in said
    assert "1 newer than it" in said
    assert "1 of 1 verdicts are not the same: jump-helps" in said


@pytest.mark.parametrize("preset", ["smoke", "full"])
def test_nothing_is_said_of_another_presets_reference(preset: str) -> None:
    ledger = a_ledger()
    other = ledger.model_copy(update={"preset": preset})
    assert held_against(reference(ledger), other, HELD) == ""


def test_pages_have_one_frame_with_and_without_a_reference() -> None:
    """Otherwise no build that knows a reference would reproduce the one that made it."""
    key = next(iter(a_ledger().measurements))
    plan = a_lesson(a_section(1, para(role("value", key))))
    made = [
        render_pages(plan, replace(sources(), made_on="Made here.", held=held), []).pages[
            "numbers"
        ]
        for held in ("", "Held against the reference: all identical.")
    ]
    assert made[0] != made[1]
    assert blank_timings(made[0]) == blank_timings(made[1])
