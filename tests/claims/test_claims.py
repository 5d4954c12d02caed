"""The grammar of claims against Python's own arithmetic, and numbers as text."""

import math

import pytest
from claim_samples import make_ledger
from hypothesis import given
from hypothesis import strategies as st

from pipelines.claims import (
    ClaimError,
    MissingValues,
    evaluate,
    evaluate_claim,
    format_number,
    parse,
)

EMPTY = make_ledger({})
KEYS = ("toy-cd/consistency@1/off_manifold", "a/b@2,w=7.5/c", "lcm-2/dpmpp_2m@10/sliced_w2")


# --- an oracle: the same text, read by Python ------------------------------------------------

numbers = st.floats(0, 1e6, allow_nan=False).map(lambda x: f"{x:.6f}")


def sums(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"abs({text})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        inner.map(lambda text: f"-({text})"),
    )


arithmetic = st.recursive(numbers, sums, max_leaves=12)
relations = st.lists(arithmetic, min_size=2, max_size=3).flatmap(
    lambda parts: st.sampled_from(["<", "<=", ">", ">="]).map(lambda op: f" {op} ".join(parts))
)
logic = st.recursive(
    relations,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)


@given(arithmetic)
def test_arithmetic_agrees_with_python(text: str) -> None:
    expected = eval(text, {"abs": abs, "min": min})  # the oracle; the project never evals
    assert math.isclose(evaluate(parse(text), EMPTY), expected, rel_tol=1e-12, abs_tol=1e-9)


@given(logic)
def test_logic_agrees_with_python(text: str) -> None:
    assert evaluate(parse(text), EMPTY) == eval(text, {"abs": abs, "min": min})


@given(st.text(max_size=200))
def test_any_text_parses_or_is_a_named_error(text: str) -> None:
    try:
        parse(text)
    except ClaimError as error:
        assert 0 <= error.column <= len(text)


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_not_divisions(key: str) -> None:
    expression = parse(f"{key} / {key} - 1 < 0.5")
    assert expression.keys == [key]
    assert evaluate(expression, make_ledger({key: 0.25})) is True


def test_division_needs_spaces_and_a_key_does_not() -> None:
    ledger = make_ledger({KEYS[0]: 6.0, KEYS[2]: 3.0}, {"teacher-fid": 2.0})
    text = f"{KEYS[0]} / {KEYS[2]} == fact(teacher-fid)"
    assert evaluate_claim(text, ledger).state == "holds"


def test_chains_compare_neighbours() -> None:
    assert evaluate(parse("1 < 2 < 3"), EMPTY) is True
    assert evaluate(parse("1 < 3 < 2"), EMPTY) is False


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1 <", 3),
        ("(1 < 2", 6),
        ("1 < 2 3", 6),
        ("__import__('os')", 0),
        ("a.b < 2", 0),
        ("1 <> 2", 3),
        ("abs(1, 2) < 3", 10),
        ("fact() > 1", 0),
    ],
)
def test_mistakes_are_named_with_their_column(text: str, column: int) -> None:
    with pytest.raises(ClaimError) as error:
        parse(text)
    assert error.value.column == column


def test_nesting_is_bounded() -> None:
    with pytest.raises(ClaimError, match="nested"):
        parse("(" * 50 + "1" + ")" * 50)


def test_a_check_must_compare() -> None:
    with pytest.raises(ClaimError, match="comparison"):
        evaluate_claim("1 + 1", EMPTY)


def test_missing_values_are_named_and_nothing_is_invented() -> None:
    text = f"{KEYS[0]} < fact(nowhere)"
    with pytest.raises(MissingValues, match="nowhere"):
        evaluate(parse(text), EMPTY)
    verdict = evaluate_claim(text, EMPTY)
    assert verdict.state is None
    assert verdict.missing == (KEYS[0], "fact(nowhere)")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.0691, "percent1", "6.9\N{NARROW NO-BREAK SPACE}%"),
        (12.34, "ratio", "12×"),
        (1.84, "ratio1", "1.8×"),
        (0.0691, "", "0.0691"),
        (-0.5, "1f", "\N{MINUS SIGN}0.5"),
        (-0.04, "1f", "0.0"),
        (0.0000123, "2g", "0.000012"),
        (3000, "int", "3000"),
    ],
)
def test_formats(value: float, form: str, text: str) -> None:
    assert format_number(value, form) == text


def test_a_spread_is_set_in_the_unit_of_its_value() -> None:
    assert format_number(0.0691, "percent1+", 0.0012) == "6.9 ± 0.1\N{NARROW NO-BREAK SPACE}%"
    assert format_number(0.9412, "percent0+", 0.0036) == "94.1 ± 0.4\N{NARROW NO-BREAK SPACE}%"
    assert format_number(18.9, "1f+", 0.002) == "18.900 ± 0.002"
    assert format_number(0.94, "percent0+", 0.0) == "94 ± 0\N{NARROW NO-BREAK SPACE}%"
    assert format_number(1.0, "0f+", 1e-12) == "1.000000 ± 1e-12"
    assert format_number(12.0, "ratio+", 0.3) == "12 ± 0.3×"
    assert format_number(5.0, "int+", 0.02) == "5 ± 0.02"
    with pytest.raises(ValueError, match="no spread"):
        format_number(0.0691, "percent1+")
    with pytest.raises(ValueError, match="unknown format"):
        format_number(1.0, "3q")


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_three_digits_are_within_half_a_unit_of_the_third(value: float) -> None:
    text = format_number(value).replace("\N{MINUS SIGN}", "-")
    assert math.isclose(float(text), value, rel_tol=5.1e-3, abs_tol=1e-300)
