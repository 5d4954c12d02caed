"""Margins against closed forms, against redrawn worlds, and against what pairs must do."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_samples import SRC, a_ledger, a_plan, an_exercise, claim

from pipelines.blocks.callout import Callout
from pipelines.claims import (
    ClaimError,
    State,
    comparisons_of,
    evaluate,
    evaluate_claim,
    parse,
    row_uncertainty,
    uncertainty_of,
)
from pipelines.contracts.measurement import Fact, Ledger, Measurement, Producer
from pipelines.contracts.spans import Voice
from pipelines.planlint.check_claims import check_claims

MADE = Producer(rule="measure_plane")
A, B, C = "a/euler@1/share", "b/euler@1/share", "c/euler@1/share"


def row(key: str, value: float, **more: object) -> Measurement:
    return Measurement(key=key, value=value, produced_by=MADE, **more)


def ledger(*rows: Measurement) -> Ledger:
    fact = Fact(id="printed", value=1.0, what="a figure", source="someone2020")
    measured = {one.key: one for one in rows}
    return Ledger(preset="default", publish=True, measurements=measured, facts={"printed": fact})


def drawn(key: str, parts: list[float], draws: str = "noise", **more: object) -> Measurement:
    return row(key, statistics.fmean(parts), parts=tuple(parts), draws=draws, **more)


values = st.floats(-100, 100, allow_nan=False)
lists = st.lists(values, min_size=4, max_size=4)


# --- closed forms ---


@given(lists)
def test_a_mean_is_off_by_its_deviation_over_the_root_of_its_parts(
    parts: list[float],
) -> None:
    found = row_uncertainty(drawn(A, parts)).error
    assert found == pytest.approx(statistics.stdev(parts) / 2, abs=1e-9)


@given(lists, lists)
def test_rows_of_the_same_draws_are_compared_as_pairs(a: list[float], b: list[float]) -> None:
    found = uncertainty_of(parse(f"{A} - {B}"), ledger(drawn(A, a), drawn(B, b))).error
    gaps = [x - y for x, y in zip(a, b, strict=True)]
    assert found == pytest.approx(statistics.stdev(gaps) / 2, abs=1e-6)


@given(lists, lists)
def test_rows_of_other_draws_count_as_independent(a: list[float], b: list[float]) -> None:
    found = uncertainty_of(
        parse(f"{A} - {B}"), ledger(drawn(A, a), drawn(B, b, draws="other noise"))
    ).error
    alone = [statistics.stdev(each) / 2 for each in (a, b)]
    assert found == pytest.approx(math.hypot(*alone), abs=1e-6)


@pytest.mark.parametrize(("n", "m"), [(4, 4), (4, 12), (12, 4)])
def test_a_row_that_was_drawn_longer_shares_the_first_parts(n: int, m: int) -> None:
    chance = random.Random(5)
    a = [chance.gauss(0, 1) for _ in range(12)]
    b = [x + chance.gauss(0, 0.3) for x in a]
    both = statistics.covariance(a[: min(n, m)], b[: min(n, m)]) / max(n, m)
    wanted = statistics.variance(a[:n]) / n + statistics.variance(b[:m]) / m - 2 * both
    rows = ledger(drawn(A, a[:n]), drawn(B, b[:m]))
    found = uncertainty_of(parse(f"{A} - {B}"), rows).error
    assert found == pytest.approx(math.sqrt(max(0, wanted)), rel=1e-3)


def test_the_error_of_a_quotient_is_that_of_the_delta_method() -> None:
    a, b = [1.0, 1.2, 0.8, 1.0], [2.0, 2.4, 1.9, 2.1]
    rows = ledger(drawn(A, a), drawn(B, b, draws="other"))
    x, y = statistics.fmean(a), statistics.fmean(b)
    wanted = math.hypot(statistics.stdev(a) / 2 / y, statistics.stdev(b) / 2 * x / y**2)
    assert uncertainty_of(parse(f"{A} / {B}"), rows).error == pytest.approx(wanted, rel=1e-2)


def test_a_row_of_three_trainings_knows_their_mean_better_than_one() -> None:
    repeated = (1.0, 2.0, 3.0, 4.0, 5.0)
    one = drawn(A, [3.0] * 4, trainings=(3.0,), repeated=repeated)
    three = drawn(A, [3.0] * 4, trainings=(2.0, 3.0, 4.0), repeated=repeated)
    spread = statistics.stdev(repeated)
    assert row_uncertainty(one).error == pytest.approx(spread)
    assert row_uncertainty(three).error == pytest.approx(spread / math.sqrt(3))


def test_without_repetitions_the_trainings_of_the_build_tell_their_spread() -> None:
    three = drawn(A, [3.0] * 4, trainings=(2.0, 3.0, 4.0))
    assert row_uncertainty(three).error == pytest.approx(1 / math.sqrt(3))


def test_a_lent_spread_never_cancels() -> None:
    rows = ledger(*(drawn(key, [1.0] * 4, trainings=(1.0,), borrowed=0.3) for key in (A, B)))
    found = uncertainty_of(parse(f"{A} - {B}"), rows)
    assert found.error == pytest.approx(0.3 * math.sqrt(2)) and not found.unknown


def test_chance_in_drawing_and_in_training_add_up_in_squares() -> None:
    one = drawn(A, [1.0, 3.0], trainings=(2.0,), repeated=(1.0, 3.0))
    found = row_uncertainty(one)
    assert found.draws == pytest.approx(1) and found.trainings == pytest.approx(math.sqrt(2))
    assert found.error == pytest.approx(math.sqrt(3))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 3), (3, 1), (3, 3), (1, 5), (5, 5)])
def test_means_over_unlike_numbers_of_trainings_share_what_both_have(n: int, m: int) -> None:
    """Covariance of the means of the first n and the first m trainings: that of one by max."""
    a, b = (1.0, 2.0, 4.0, 3.0, 5.0), (1.0, 2.5, 3.5, 3.0, 6.0)
    rows = ledger(
        drawn(A, [3.0] * 4, trainings=a[:n], repeated=a),
        drawn(B, [3.0] * 4, trainings=b[:m], repeated=b),
    )
    both = statistics.covariance(a, b) / max(n, m)
    wanted = statistics.variance(a) / n + statistics.variance(b) / m - 2 * both
    assert uncertainty_of(parse(f"{A} - {B}"), rows).error == pytest.approx(math.sqrt(wanted))


def test_trainings_of_unlike_repetitions_never_pair() -> None:
    values = (1.0, 2.0, 3.0, 4.0, 5.0)
    rows = [
        drawn(key, [3.0] * 4, trainings=(3.0,), repeated=values, repeated_in=made)
        for key, made in ((A, "here"), (B, "there"))
    ]
    spread = statistics.stdev(values)
    found = uncertainty_of(parse(f"{A} - {B}"), ledger(*rows)).error
    assert found == pytest.approx(math.sqrt(2) * spread)
    alike = [row.model_copy(update={"repeated_in": "here"}) for row in rows]
    assert uncertainty_of(parse(f"{A} - {B}"), ledger(*alike)).error == pytest.approx(0)


def test_a_lent_spread_is_that_of_one_training() -> None:
    three = drawn(A, [1.0] * 4, trainings=(1.0,), borrowed=0.3)
    assert row_uncertainty(three).error == pytest.approx(0.3)
    own = drawn(A, [3.0] * 4, trainings=(2.0, 3.0, 4.0), borrowed=9.0)
    assert row_uncertainty(own).error == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize(
    "check", [f"abs({A} - {B}) < 0.01", f"min({A}, 1) > 0.9", f"max({A}, 1) < 1.1"]
)
def test_chance_leads_across_a_kink(check: str) -> None:
    rows = (drawn(A, around(1.0, 0.3)), drawn(B, around(1.0, 0.3), draws="other"))
    assert verdict(check, *rows) == "undecided"


def test_a_small_difference_of_large_numbers_keeps_its_error() -> None:
    assert verdict(f"{A} + 1000 > 999.99", drawn(A, around(2e-11, 1.0))) == "undecided"


def test_an_expression_that_cannot_be_computed_a_little_away_is_computed_here() -> None:
    rows = ledger(drawn(A, around(1.0, 0.1)), row(B, 1.0, exact=True))
    assert uncertainty_of(parse(f"{A} / ({B} - 0.99999)"), rows).error > 0


# --- an oracle: worlds drawn anew ---


def test_the_error_is_how_far_redrawn_worlds_scatter() -> None:
    """Two systems share noise; a check on their ratio scatters as the error says, within 10 %."""
    chance = random.Random(0)

    def world() -> Ledger:
        shared = [chance.gauss(0, 0.3) for _ in range(10)]
        a = [1 + s + chance.gauss(0, 0.1) for s in shared]
        b = [2 + 2 * s + chance.gauss(0, 0.1) for s in shared]
        return ledger(drawn(A, a), drawn(B, b))

    expression = parse(f"{A} / {B}")
    worlds = [world() for _ in range(2000)]
    scatter = statistics.stdev(float(evaluate(expression, one)) for one in worlds)
    errors = [uncertainty_of(expression, one).error for one in worlds]
    assert statistics.fmean(errors) == pytest.approx(scatter, rel=0.1)


# --- verdicts ---


def verdict(check: str, *rows: Measurement) -> State | None:
    return evaluate_claim(check, ledger(*rows)).state


def around(value: float, error: float) -> list[float]:
    """Return four parts with this mean, whose standard error is `error`."""
    step = error * math.sqrt(3)
    return [value - step, value - step, value + step, value + step]


@pytest.mark.parametrize(
    ("value", "state"),
    [(1.5, "holds"), (1.19, "undecided"), (1.21, "holds"), (0.81, "undecided"), (0.79, "fails")],
)
def test_a_check_is_decided_beyond_two_standard_errors(value: float, state: str) -> None:
    assert verdict(f"{A} > 1", drawn(A, around(value, 0.1))) == state
    contrary = {"holds": "fails", "fails": "holds"}.get(state, state)
    assert verdict(f"{A} < 1", drawn(A, around(value, 0.1))) == contrary
    assert verdict(f"not {A} > 1", drawn(A, around(value, 0.1))) == contrary


def test_of_two_the_thinner_decides_and_of_alternatives_the_wider() -> None:
    wide, thin = drawn(A, around(2, 0.1)), drawn(B, around(1.1, 0.1))
    assert verdict(f"{A} > 1 and {B} > 1", wide, thin) == "undecided"
    assert verdict(f"{A} > 1 or {B} > 1", wide, thin) == "holds"
    assert verdict(f"{A} < 1 and {B} > 1", wide, thin) == "fails"
    assert verdict(f"{A} < 1 or {B} > 1", wide, thin) == "undecided"


def test_counts_compare_exactly() -> None:
    count = row(A, 25.0, exact=True)
    assert verdict(f"{A} >= 25", count) == verdict(f"{A} == 25", count) == "holds"
    assert verdict(f"{A} > 25", count) == verdict(f"{A} == 24", count) == "fails"
    assert verdict(f"not {A} == 24", count) == "holds"


def test_a_row_at_its_bound_in_every_training_holds_and_one_that_slips_does_not() -> None:
    firm = drawn(A, [25.0] * 4, trainings=(25.0,), repeated=(25.0,) * 5)
    loose = drawn(A, [25.0] * 4, trainings=(25.0,), repeated=(25.0, 25.0, 24.0, 25.0, 25.0))
    assert verdict(f"{A} >= 25", firm) == "holds"
    assert verdict(f"{A} >= 25", loose) == "undecided"


def test_a_row_without_a_spread_says_so() -> None:
    bare, plain = row(A, 2.0), row(B, 2.0, no_spread="one worked example", parts=(2.0, 2.1))
    untold = drawn(C, [2.0, 2.1], trainings=(2.05,))
    for one in (bare, plain, untold):
        margin = evaluate_claim(f"{one.key} > 1", ledger(one)).margin
        assert margin and margin.uncertainty.unknown == (one.key,) and margin.state == "holds"
    assert not row_uncertainty(drawn(A, [1.0, 2.0])).unknown


def test_what_is_known_of_a_spread_counts_even_if_not_all_is() -> None:
    assert verdict(f"{A} > 1", drawn(A, around(1.1, 0.1), trainings=(1.1,))) == "undecided"


def test_printed_figures_have_no_margin() -> None:
    (margin,) = comparisons_of(parse("fact(printed) < 2"), ledger())
    assert margin.sigmas == math.inf and not margin.uncertainty.unknown


@given(lists, lists, values)
def test_a_check_and_its_contrary_never_both_hold(
    a: list[float], b: list[float], bound: float
) -> None:
    rows = (drawn(A, a), drawn(B, b))
    check = f"{A} < {B} and {A} - {B} <= {abs(bound):.3f}"
    states = {verdict(check, *rows), verdict(f"not ({check})", *rows)}
    assert states in ({State.HOLDS, State.FAILS}, {State.UNDECIDED})


# --- extremes of trainings ---


def test_the_lowest_and_the_highest_training_can_be_quoted_and_not_compared() -> None:
    rows = ledger(row(A, 0.8, trainings=(0.6, 0.97, 0.83)))
    assert evaluate(parse(f"lowest({A})"), rows) == 0.6
    assert evaluate(parse(f"highest({A})"), rows) == 0.97
    with pytest.raises(ClaimError, match="no standard error"):
        evaluate_claim(f"lowest({A}) > 0.5", rows)
    with pytest.raises(ClaimError, match="one measured key"):
        parse("lowest(1 + 1)")


# --- what a build makes of them ---

KEY = "toy-cd/consistency@1/off_manifold"


def with_row(**more: object) -> Ledger:
    before = a_ledger()
    one = before.measurements[KEY].model_copy(update=more)
    return before.model_copy(update={"measurements": before.measurements | {KEY: one}})


def test_an_undecided_claim_is_told_and_stops_nothing() -> None:
    near = with_row(parts=tuple(around(0.0691, 0.01)), draws="noise")
    for strict in (False, True):
        (problem,) = check_claims(a_plan(claim(f"{KEY} < 0.08")), near, strict)
        assert problem.code == "ML409" and problem.severity == "warning"
        assert "1.1 standard errors" in problem.message


def test_an_undecided_denial_and_an_undecided_half_stop_nothing_either() -> None:
    near = with_row(parts=tuple(around(0.0691, 0.01)), draws="noise")
    half = claim(f"{KEY} < 0.2", fails=f"{KEY} > 0.08", because=())
    for one in (claim(f"{KEY} > 0.08", holds=False), half):
        (problem,) = check_claims(a_plan(one), near, strict=True)
        assert (problem.code, problem.severity) == ("ML409", "warning")


def test_a_claim_counts_wherever_students_see_it_and_not_in_a_builder_s_note() -> None:
    turned = claim(f"{KEY} > 0.5")
    hint = an_exercise(hints=(turned,))
    note = Callout(src=SRC, kind="note", nodes=(turned,), voice=Voice.BUILDER)
    rows = with_row(no_spread="one example")
    assert [one.code for one in check_claims(a_plan(hint), rows, strict=True)] == ["ML402"]
    assert check_claims(a_plan(note), rows, strict=True) == []


def test_a_claim_that_turned_is_an_error_only_where_the_build_is_strict() -> None:
    turned = a_plan(claim(f"{KEY} > 0.08"))
    rows = with_row(no_spread="one example")
    (lenient,) = check_claims(turned, rows)
    (strict,) = check_claims(turned, rows, strict=True)
    assert (lenient.code, lenient.severity) == ("ML402", "warning")
    assert (strict.code, strict.severity) == ("ML402", "error")


def test_a_claim_over_rows_that_share_no_pairs_is_told() -> None:
    other = "toy-edm/euler@1/off_manifold"
    before = with_row(parts=(0.06, 0.07), draws="moons noise")
    rows = before.measurements | {other: drawn(other, [0.5, 0.6], draws="grid noise")}
    found = check_claims(
        a_plan(claim(f"{KEY} < {other}")), before.model_copy(update={"measurements": rows})
    )
    assert [problem.code for problem in found] == ["ML410"]
