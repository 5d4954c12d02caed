"""What alternative texts say is what the numbers say, whatever the numbers are."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.figures import guidance_grid, seen
from pipelines.figures.seen import Look, Scale

SCALES = {name: it for name, it in vars(seen).items() if isinstance(it, Scale)}
SHARES = st.integers(0, 1000).map(lambda count: count / 1000)  # of samples
AT_LEAST = {"more than half": 0.5, "most": 0.5, "nearly all": 0.5, "all": 1.0, "about half": 0.4}
AT_MOST = {"none": 0.0, "hardly any": 0.05, "few": 0.5, "less than half": 0.5, "about half": 0.6}


@pytest.mark.parametrize("name", SCALES)
@given(st.lists(st.floats(-1, 10), min_size=2, max_size=2))
def test_more_never_gets_the_word_for_less(name: str, values: list[float]) -> None:
    scale = SCALES[name]
    low, high = (scale.words.index(scale.word(value)) for value in sorted(values))
    assert low <= high


@pytest.mark.parametrize("name", SCALES)
def test_a_scale_has_a_word_on_each_side_of_its_rising_borders(name: str) -> None:
    scale = SCALES[name]
    assert list(scale.borders) == sorted(set(scale.borders))
    assert len(set(scale.words)) == len(scale.words) == len(scale.borders) + 1
    assert [scale.word(border) for border in scale.borders] == list(scale.words[:-1])


@given(SHARES)
def test_a_share_is_called_what_it_is(value: float) -> None:
    word = seen.of_all(value)
    assert AT_LEAST.get(word, 0.0) <= value <= AT_MOST.get(word, 1.0)
    assert (word == "all") == (value == 1)
    assert (word == "none") == (value == 0)


def test_mostly_beside_the_data_is_more_than_half() -> None:
    real = np.random.default_rng(0).normal(size=(500, 2))
    assert seen.cloud(real, real, 0.5) == "with many points beside the data"
    assert seen.cloud(real, real, 0.501) == "mostly beside the data"
    assert seen.cloud(real, real, 0.0) == "on the data"


@given(st.floats(0.01, 3))
def test_only_a_small_cloud_is_collapsed(factor: float) -> None:
    real = np.random.default_rng(0).normal(size=(300, 2))
    word = seen.cloud(factor * real + 5, real, 0.6)
    assert (word == "collapsed into one spot") == (factor <= 0.35)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look(0.35, 0.0, 0.06, 0.0), "blurred and pale, none right"),
        (Look(0.74, 0.006, 0.16, 0.9), "soft, most right"),
        (Look(1.04, 0.007, 0.16, 0.97), "sharp, nearly all right"),
        (Look(1.04, 0.2, 0.2, 0.5), "sharp and burnt, about half right"),
        (Look(5.5, 0.32, 0.2, 0.0), "noisy and burnt, none right"),
        (Look(0.0, 0.0, 0.0, 0.0), "blurred and nearly grey, none right"),
    ],
)
def test_pictures_look_as_measured(look: Look, words: str) -> None:
    """Averages of many pictures, renders a little blurred, other renders, and so on to grey."""
    assert look.told == words


def test_contrast_is_that_of_grey_within_a_picture() -> None:
    half = np.zeros((2, 4, 4, 3), np.uint8)
    half[:, :2] = 255
    assert seen.contrast(half) == pytest.approx(0.5)
    assert seen.contrast(np.full((1, 4, 4, 3), 90, np.uint8)) == 0


NAMES = st.lists(st.from_regex(r"[A-Z][a-z]{1,12}( [a-z]{2,8})?", fullmatch=True), unique=True)


@given(NAMES, st.data(), st.integers(0, 300))
def test_groups_say_of_each_name_what_was_said_of_it(names: list, data, room: int) -> None:
    said = [(name, data.draw(st.sampled_from(["sharp", "soft", "blurred"]))) for name in names]
    text = seen.grouped(said, room)
    parts = dict(part.split(": ", 1) for part in re.findall(r"(\w+: [^.]+)\.", text))
    assert set(parts) == {word.capitalize() for _, word in said}
    for word, listed in parts.items():
        told = [name for name in re.split(r", | and ", listed) if not name[0].isdigit()]
        left = re.search(r"(\d+) (?:more|of them)$", listed)
        of_word = [name for name, one in said if one.capitalize() == word]
        assert told == of_word[: len(told)]
        assert len(told) + (int(left[1]) if left else 0) == len(of_word)
    assert len(text) <= max(room, len(seen.grouped(said, 0)))


@given(st.lists(st.tuples(st.integers(0, 2), SHARES), min_size=1, max_size=8), st.integers(0, 400))
def test_turns_say_every_word_at_its_place(found: list, room: int) -> None:
    words = ["a", "b", "c"]
    said = [(f"{i} steps", words[word], f"{value:.3f}") for i, (word, value) in enumerate(found)]
    for part in seen.turns(said, room).split("; "):
        place, _, rest = part.partition(": ")
        word, number = next((w, n) for p, w, n in said if p == place)
        assert rest in (f"{word} ({number})", number)


def test_a_text_that_is_too_long_loses_its_last_sentences() -> None:
    assert seen.fitting("One.", "", "Two.") == "One. Two."
    assert seen.fitting("One.", "x" * seen.MOST, "Two.") == "One."


def cell(clipped: float, right: float, sharpness: float) -> guidance_grid.Cell:
    look = Look(sharpness, clipped, 0.16, right)
    return guidance_grid.Cell(
        np.zeros(1), {"all": right, "clipped": clipped, "frechet": 1.0}, look
    )


@given(st.lists(st.tuples(SHARES, SHARES, st.floats(0, 3)), min_size=3, max_size=3))
def test_a_grid_is_burnt_only_where_its_values_are_clipped(values: list) -> None:
    cells = {(4, float(w)): cell(*one) for w, one in enumerate(values, 1)}
    alt = guidance_grid.describe(
        guidance_grid.Picture("M", (4,), (1.0, 2.0, 3.0), cells, ("a circle",))
    ).alt
    worst = max(clipped for clipped, *_ in values)
    assert ("None is burnt" in alt) == (worst <= seen.CLIPPING.borders[0])
    assert len(alt) <= seen.MOST
    told = re.findall(r", ([\w ]+) \(([\d.]+) %\) right", alt)
    assert len(told) == 2
    for said, number in told:
        share = float(number) / 100
        assert AT_LEAST.get(said, 0) - 0.001 <= share <= AT_MOST.get(said, 1) + 0.001


def test_hardly_any_clipping_is_not_called_most() -> None:
    cells = {(1, 2.0): cell(0.008, 0.9, 0.9), (4, 2.0): cell(0.002, 0.95, 0.9)}
    alt = guidance_grid.describe(guidance_grid.Picture("M", (1, 4), (2.0,), cells, ("a",))).alt
    assert "None is burnt: at most 0.8 % of the values are clipped." in alt
    assert "Most values" not in alt
