"""Tolerances: measured, symmetric, and so wide that sound builds rarely miss one."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.evidence import Number
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.verification.evidence import number_of
from pipelines.verification.numbers import (
    WORST,
    Status,
    allowed_sigmas,
    compare_numbers,
    worst,
)

values = st.floats(-1e6, 1e6)
numbers = st.builds(
    Number,
    value=values,
    error=st.one_of(st.none(), st.floats(0, 1e3)),
    step=st.sampled_from((0.0, 0.01, 1.0)),
)


def status(one: Number, other: Number) -> Status:
    return compare_numbers({"a": one}, {"a": other})["a"].status


@given(numbers, numbers)
def test_neither_side_is_the_better_one(one: Number, other: Number) -> None:
    assert status(one, other) is status(other, one)
    assert status(one, one) is Status.IDENTICAL


@given(numbers, values, st.floats(0.1, 1))
def test_what_is_nearer_is_no_worse(one: Number, other: float, part: float) -> None:
    far = one.model_copy(update={"value": other})
    near = one.model_copy(update={"value": one.value + part * (other - one.value)})
    assert WORST.index(status(one, near)) <= WORST.index(status(one, far))


@pytest.mark.parametrize(
    ("error", "step", "apart", "wanted"),
    [
        (1.0, 0.0, 2.7, Status.WITHIN),  # 1.96 * sqrt(2) = 2.77
        (1.0, 0.0, 2.8, Status.DIFFERENT),
        (0.0, 0.0, 1e-9, Status.DIFFERENT),
        (0.0, 1.0, 1.0, Status.WITHIN),
        (None, 1.0, 1e-9, Status.UNKNOWN),
        (None, 1.0, 0.0, Status.IDENTICAL),
    ],
)
def test_a_single_number(error: float | None, step: float, apart: float, wanted: Status) -> None:
    one, other = (Number(value=value, error=error, step=step) for value in (5.0, 5.0 + apart))
    assert status(one, other) is wanted


def test_a_number_that_is_not_there_is_different_and_counts_as_farthest() -> None:
    pairs = compare_numbers({"a": Number(value=1, error=1)}, {})
    assert pairs["a"].status is Status.DIFFERENT
    assert pairs["a"].distance == math.inf


def test_two_sound_builds_differ_by_chance_once_in_twenty() -> None:
    """An oracle: builds of 200 numbers that nothing but other noise tells apart."""
    rng = random.Random(0)
    noise = lambda: {str(i): Number(value=rng.gauss(0, 0.3), error=0.3) for i in range(200)}  # noqa: E731
    alarms = sum(
        any(pair.status is Status.DIFFERENT for pair in compare_numbers(noise(), noise()).values())
        for _ in range(1000)
    )
    assert 30 <= alarms <= 72  # 50 ± 3 standard deviations


def test_the_bound_grows_slowly_with_their_number() -> None:
    assert allowed_sigmas(1) == pytest.approx(1.95996, abs=1e-4)
    assert 4.2 < allowed_sigmas(3000) < 4.4


def row(metric: str, value: float, **changes: object) -> Measurement:
    key = f"grid-cd/consistency@1/{metric}"
    made = {"key": key, "value": value, "n": 300, "produced_by": Producer(rule="measure_plane")}
    return Measurement.model_validate({**made, **changes})


def test_counts_may_move_by_one_and_shares_by_three_in_n() -> None:
    several = {"parts": (25.0, 25.0), "trainings": (25.0, 25.0), "draws": "noise"}
    assert number_of(row("modes_reached", 25.0, **several)) == Number(value=25, error=0, step=1)
    assert number_of(row("off_manifold", 0.0, **several)).step == 0.01
    assert number_of(row("sliced_w2", 0.1, **several)).step == 0
    assert number_of(row("off_manifold", 0.0, exact=True)).step == 0


def test_what_was_never_repeated_has_no_tolerance() -> None:
    assert number_of(row("off_manifold", 0.1, parts=(0.1, 0.2), trainings=(0.1,))).error is None


def test_the_error_is_that_which_claims_are_decided_by() -> None:
    made = number_of(row("sliced_w2", 0.2, trainings=(0.1, 0.2, 0.3), parts=(0.2, 0.2)))
    assert made.error == pytest.approx(0.1 / math.sqrt(3), rel=1e-3)


def test_the_worst_of_several() -> None:
    assert worst([]) is Status.IDENTICAL
    assert worst([Status.WITHIN, Status.UNKNOWN, Status.IDENTICAL]) is Status.UNKNOWN
    assert worst([Status.UNKNOWN, Status.DIFFERENT]) is Status.DIFFERENT
