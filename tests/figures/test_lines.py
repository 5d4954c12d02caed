"""Lengths of texts and where they break."""

import pytest
from matplotlib.figure import Figure

from pipelines.figures import labels
from pipelines.figures.lines import line_height, width_of, wrapped
from pipelines.figures.style import LIGHT, PIXELS_PER_INCH, SMALL, applied

SHARP = 960  # dots per inch at which hinting moves nothing


@pytest.mark.parametrize("bold", [False, True])
def test_a_text_is_as_wide_as_it_is_drawn(bold):
    with applied(LIGHT):
        figure = Figure(dpi=SHARP)
        weight = "bold" if bold else "normal"
        text = figure.text(0, 0, "Base: four steps of Euler", fontsize=SMALL, fontweight=weight)
        drawn = text.get_window_extent().width * PIXELS_PER_INCH / SHARP
    assert width_of(text.get_text(), SMALL, bold) == pytest.approx(drawn, abs=1)


def test_lines_are_as_far_apart_as_they_are_drawn():
    with applied(LIGHT):
        figure = Figure(dpi=SHARP)
        one, three = (figure.text(0, 0, text, fontsize=SMALL) for text in ("a", "a\na\na"))
        gap = (three.get_window_extent().height - one.get_window_extent().height) / 2
    assert line_height() == pytest.approx(gap * PIXELS_PER_INCH / SHARP, abs=0.3)


def test_lines_fit_their_room_and_lose_no_word():
    text = "The preview noised part of the way and finished by the base"
    lines = wrapped(text, 150)
    assert " ".join(lines) == text and len(lines) > 2
    assert all(width_of(line) <= 150 for line in lines)


def test_some_spaces_do_not_break():
    assert wrapped("a NFE\xa08", width_of("a NFE")) == ["a", "NFE\xa08"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The base, DDIM, leading, 50 steps, guidance 5", ("50 steps", "guidance 5")),
        ("Night fine-tune without the adapter: 4 steps", ("4 steps",)),
        ("The base, DDIM, trailing, 1 step, guidance 7.5", ("1 step", "guidance 7.5")),
        ("real data: 0.02 % ↓", ("0.02 % ↓",)),
        ("LCM-LoRA and 0.7 of the style LoRA, 4 steps", ("4 steps",)),
    ],
)
def test_a_number_stays_with_what_it_counts(text, kept):
    for room in range(60, 400, 7):
        lines = [line.replace("\xa0", " ") for line in wrapped(text, room)]
        assert " ".join(lines) == text
        assert all(any(part in line for line in lines) for part in kept)
    for letters in range(8, 40):
        (name,) = labels.wrapped([text], LIGHT, letters)
        lines = [line.replace("\xa0", " ") for line in name.split("\n")]
        assert all(any(part in line for line in lines) for part in kept)
