"""Numbers that were verified, and whether those of another build are still the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.claims import Uncertainty, format_number
from pipelines.contracts.figure import DataTable
from pipelines.contracts.measurement import Fact
from pipelines.pages.register import Quoted
from pipelines.pages.review.shown import drawn_numbers, shown_number
from pipelines.rounds.register import Seal
from pipelines.rounds.shown import MOST, Shown, moved, written

TEXT = "5f0c2a9be1d4"


def quoted(value: float, error: float) -> Quoted:
    unknown = () if error else ("a/b@1/c",)
    return Quoted(
        "m", "a/b@1/c", value, None, False, uncertainty=Uncertainty(error, 0, 0, unknown)
    )


SIZES = st.floats(1e-6, 1e6).flatmap(lambda size: st.sampled_from((size, -size)))


@given(st.lists(st.tuples(SIZES, st.floats(1e-3, 0.5), st.floats(-0.99, 0.99)), min_size=1))
def test_what_moves_within_its_error_is_the_same(
    numbers: list[tuple[float, float, float]],
) -> None:
    """However many numbers a place has, and wherever they lie: there are no edges."""
    then = [shown_number(quoted(value, error * abs(value)), "") for value, error, _ in numbers]
    now = [
        shown_number(quoted(value + by * error * abs(value), error * abs(value)), "")
        for value, error, by in numbers
    ]
    assert moved(written(then), now) == ""


@given(
    SIZES, st.floats(1e-3, 0.2), st.floats(3, 50).flatmap(lambda by: st.sampled_from((by, -by)))
)
def test_what_moves_by_more_is_another(value: float, error: float, by: float) -> None:
    error *= abs(value)
    now = shown_number(quoted(value + by * error, error), "")
    assert moved(written([Shown(value)]), [now])


@pytest.mark.parametrize(
    ("value", "form", "least"),
    [(0.0691, "percent1", 0.001), (0.0691, "2f", 0.01), (12.3, "ratio", 1), (0.0691, "3g", 1e-4)],
)
def test_less_than_the_page_shows_is_no_change(value: float, form: str, least: float) -> None:
    shown = shown_number(quoted(value, 0.0), format_number(value, form))
    assert shown.within == pytest.approx(least)


def test_a_cited_figure_is_as_it_is_written() -> None:
    fact = Fact(id="fid", value=3.55, what="FID", source="song2023", place="Table 1")
    assert shown_number(fact, "3.55") == Shown(3.55)
    assert moved("3.55", [Shown(3.55)]) == ""
    assert moved("3.55", [Shown(3.56)]) == "3.56 in place of 3.55"


def test_the_numbers_of_a_figure() -> None:
    rows = (("Euler", "100.0 % ± 3 %", "\N{MINUS SIGN}1.5"), ("Heun", "0.4 % ± 0.1 %", "0.5"))
    table = DataTable(columns=("system", "misses", "x"), rows=rows)
    numbers = list(drawn_numbers(table))
    assert [one.value for one in numbers] == [100.0, 0.4, -1.5, 0.5]
    assert [one.within for one in numbers] == pytest.approx([3.0, 1.992, 0.1, 0.1])
    assert list(drawn_numbers(DataTable(columns=("a",), rows=()))) == []


def test_another_count_is_a_change_and_nonsense_too() -> None:
    assert moved("1;2", [Shown(1)]) == "1 in place of 2"
    assert moved("1;;2", [Shown(1), Shown(2)])
    assert moved("nan", [Shown(1)]) and moved("1", [Shown(math.nan)])


def test_a_place_with_too_many_numbers_is_watched_by_its_words() -> None:
    assert written([Shown(1.0)] * MOST).count(";") == MOST - 1
    assert written([Shown(1.0)] * (MOST + 1)) == ""
    assert written([]) == ""


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_a_seal_is_read_as_it_was_written(values: list[float]) -> None:
    seal = Seal(TEXT, written([Shown(one) for one in values]))
    assert Seal.read(f"`{seal}`") == seal


@pytest.mark.parametrize("text", [f"{TEXT}+88aa01bc33d2", TEXT, f"{TEXT}+", f"{TEXT}+x"])
def test_what_holds_no_numbers_watches_none(text: str) -> None:
    assert Seal.read(text) == Seal(TEXT)
