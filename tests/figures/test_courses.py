"""Curves in words: the lead, the turns and the flat ends are those of the numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.figures.courses import (
    Course,
    best_within,
    flat_from,
    lead,
    leaders,
    told,
)


def course(name: str, at: list[float], value: list[float]) -> Course:
    return Course(name, np.array(at), np.array(value))


@st.composite
def curves(draw) -> list[Course]:
    found = []
    for name in "ABC"[: draw(st.integers(1, 3))]:
        at = sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=5)))
        value = [draw(st.floats(0.001, 1)) for _ in at]
        found.append(course(name, at, value))
    return found


@given(curves(), st.booleans())
def test_a_leader_has_the_best_value_that_so_many_evaluations_buy(found: list, high: bool) -> None:
    turns = leaders(found, high)
    assert [one.at for one in turns] == sorted({one.at for one in turns})
    pick = max if high else min
    for turn in turns:
        bought = [
            v for one in found for a, v in zip(one.at, one.value, strict=True) if a <= turn.at
        ]
        assert turn.value == pick(bought)
    assert all(a.name != b.name for a, b in pairwise(turns))


@given(curves())
def test_between_turns_nobody_else_is_better(found: list) -> None:
    turns = leaders(found)
    for place in {int(a) for one in found for a in one.at}:
        best, last = best_within(found, place), [one for one in turns if one.at <= place][-1]
        assert best
        holder = best_within([one for one in found if one.name == last.name], place)
        assert holder and holder.value == best.value


def test_the_lead_says_where_it_changes() -> None:
    student = course("Student", [1, 2, 4], [0.1, 0.08, 0.07])
    teacher = course("Teacher, Euler", [1, 10, 50], [0.9, 0.05, 0.01])
    assert lead("sliced_w2", [student, teacher], "evaluation") == (
        "Sliced Wasserstein-2, lowest: with 1 evaluation Student (0.10), "
        "from 10 on “Teacher, Euler” (0.050), which comes to 0.010 with 50."
    )
    assert "the next is “Teacher, Euler”, 0.50 with 1." in lead(
        "sliced_w2", [student, course("Teacher, Euler", [1], [0.5])], "evaluation"
    )


def test_of_what_is_good_the_highest_leads() -> None:
    pair = [course("A", [1, 4], [0.2, 0.9]), course("B", [1, 4], [0.4, 0.6])]
    assert lead("all", pair, "step") == (
        "All attributes right, highest: with 1 step B (40.0 %), from 4 on A (90.0 %)."
    )


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_a_flat_end_hardly_moves(values: list[float]) -> None:
    one = course("A", list(range(1, len(values) + 1)), values)
    place, hardly = flat_from(one), 0.1 * min(values[-1], np.ptp(values))
    if place is None:
        assert abs(values[-2] - values[-1]) > hardly
        return
    rest = np.array(values[int(place) - 1 :])
    assert (np.abs(rest - values[-1]) <= hardly).all()
    if place > 1:
        assert abs(values[int(place) - 2] - values[-1]) > hardly


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.6, 0.1, 0.1], "A falls from 60.0 % to 10.0 %, flat from step 2"),
        ([0.1, 0.3, 0.6], "A rises from 10.0 % to 60.0 %"),
        ([0.5, 0.52, 0.51], "A hardly changes (50.0 % to 51.0 %)"),
    ],
)
def test_a_course_is_told_by_its_ends(values: list[float], text: str) -> None:
    assert told("off_manifold", course("A", [1, 2, 3], values), "step") == text
