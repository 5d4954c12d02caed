"""Closed forms behind the figures, and what makes them readable."""

from __future__ import annotations

import base64
import io
import re
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from synthetic_build import make, module, options
from synthetic_laboratory import PLANE

from pipelines.contracts.figure import FigureData
from pipelines.figures import charts, labels, plane, steps_and_jump, three_levels, wording
from pipelines.figures.contrast import contrast
from pipelines.figures.lighter import lighter
from pipelines.figures.style import FAMILIES, LIGHT, METHOD_ROLES, THEMES, Theme


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


@pytest.fixture(scope="module")
def pictures(data: FigureData) -> dict[str, Any]:
    return {name: module(name).prepare(data, options(name)) for name in PLANE}


@pytest.mark.parametrize(
    ("name", "signal", "level"), [("toy-edm", 1.0, 3.0), ("toy-flow", 0.7, 0.3)]
)
def test_drawn_states_have_unit_variance(
    data: FigureData, name: str, signal: float, level: float
) -> None:
    x0, noise = np.random.default_rng(0).normal(size=(2, 100_000, 2))
    drawn = plane.rescaled(data.experiments[name], signal * x0 + level * noise, level)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert plane.rescaled(data.experiments[name], x0, 0.0) == pytest.approx(x0)


def test_bend_of_a_line_and_of_a_right_angle() -> None:
    line = np.array([[0.0, 0], [1, 1], [3, 3]])[:, None]
    corner = np.array([[0.0, 0], [1, 0], [1, 1]])[:, None]
    assert three_levels.bend(line) == pytest.approx(1)
    assert three_levels.bend(corner) == pytest.approx(np.sqrt(2))


def test_spread_out_takes_the_corners() -> None:
    points = np.array([[0, 0], [0.1, 0], [9, 9], [9, -9], [-9, 9], [-9, -9], [1, 0]])
    assert sorted(steps_and_jump.spread_out(points, 5)[1:]) == [2, 3, 4, 5]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_callouts_never_cover_each_other(wanted: list[float]) -> None:
    heights = labels.spaced(np.sort(wanted), 0.12)
    assert all(b - a >= 0.12 - 1e-9 for a, b in pairwise(heights))
    assert min(heights) >= 0
    assert max(heights) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wording.percent(0.0691), "6.9 %"),
        (wording.percent(0.00005), "0.005 %"),
        (wording.percent(0.9994), "99.9 %"),
        (wording.percent(1.0), "100 %"),
        (wording.percent(0.0), "0 %"),
        (wording.number(-0.001), "0.00"),
        (wording.number(-1.234), "−1.23"),
        (wording.significant(0.000983), "0.00098"),
        (wording.significant(99.6), "100"),
        (wording.significant(10.0), "10"),
        (wording.significant(0.00998), "0.010"),
        (wording.point(np.array([0.254, -0.611])), "(0.25, −0.61)"),
        (wording.enumerated(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_wording(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", [*METHOD_ROLES.values(), "text", "muted"])
def test_colours_stand_out_from_the_paper(theme: Theme, role: str) -> None:
    """Contrast of WCAG 2.2: 3 for graphics (1.4.11), 4.5 for text (1.4.3)."""
    levels = sorted(luminance(getattr(theme, part)) for part in (role, "paper"))
    assert (levels[1] + 0.05) / (levels[0] + 0.05) >= (4.5 if role in ("text", "muted") else 3)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", [*FAMILIES, "other", "real", "muted"])
def test_names_in_the_colour_of_a_family_can_be_read(theme: Theme, role: str) -> None:
    colour = theme.letters(role)
    levels = sorted(luminance(one) for one in (colour, theme.paper))
    assert (levels[1] + 0.05) / (levels[0] + 0.05) >= 4.5
    assert contrast(theme.role(role), theme.paper) >= 4.5 or colour != theme.role(role)
    gaps = [np.abs(np.subtract(channels(colour), channels(theme.role(one)))).sum()
            for one in FAMILIES]  # fmt: skip
    assert role not in FAMILIES or [*FAMILIES][int(np.argmin(gaps))] == role


def luminance(colour: str) -> float:
    red, green, blue = channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_only_bundled_fonts_are_used(pictures: dict) -> None:
    from matplotlib import font_manager, get_data_path

    module("worked-example").draw(pictures["worked-example"], LIGHT)
    assert font_manager.findfont("DejaVu Sans").startswith(get_data_path())
    assert all(f.fname.startswith(get_data_path()) for f in font_manager.fontManager.ttflist)


# Machado, Oliveira and Fernandes 2009, Table 1, full severity; columns: red, green, blue (linear)
SEEN_BY = {
    "protanopes": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopes": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopes": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    "everybody else": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
CONES = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
OKLAB = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_families_differ_in_colour_for_all_eyes(theme: Theme, eyes: str) -> None:
    """Distances in Oklab (Ottosson 2020); 0.02 is one just noticeable difference."""
    linear = [np.array(channels(theme.role(role))) for role in FAMILIES]
    seen = [np.clip(np.array(SEEN_BY[eyes]) @ colour, 0, 1) for colour in linear]
    places = [np.array(OKLAB) @ np.cbrt(np.array(CONES) @ colour) for colour in seen]
    gaps = [np.linalg.norm(a - b) for a, b in combinations(places, 2)]
    assert min(gaps) >= 0.08


def channels(colour: str) -> list[float]:
    """Return the linear red, green and blue of a colour."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_labels_with_room_stay_where_they_are_wanted(wanted: list[float]) -> None:
    rising = np.sort(wanted)
    apart = 0.15 + 0.7 * (rising + np.arange(len(rising))) / (len(rising) + 1)
    room = 0.7 / (len(rising) + 1)
    assert labels.spaced(apart, 0.5 * room) == pytest.approx(list(apart))


def test_crowded_labels_move_as_little_as_possible() -> None:
    assert labels.spaced(np.array([0.5, 0.5]), 0.1) == pytest.approx([0.45, 0.55])
    assert labels.spaced(np.array([0.2, 0.5, 0.5]), 0.1) == pytest.approx([0.2, 0.45, 0.55])


@given(st.integers(1, 60), st.integers(1, 6))
def test_rows_of_panels_are_even(count: int, most: int) -> None:
    across = charts.evenly(count, most)
    rows = charts.rows_of(count, across)
    assert across <= most
    assert rows == charts.rows_of(count, most)  # none more than needed
    assert rows * across - count < rows  # as few empty places as that allows


def test_what_lies_below_the_scale_is_named_without_a_line() -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    axes.set(xlim=(0, 1), ylim=(1, 2))
    labels.column(axes, np.array([[1, 1.5], [1, 1.0]]), ["drawn", "below ↓"], LIGHT)
    lines = {text.get_text(): text.arrow_patch for text in axes.texts}
    assert lines["drawn"] is not None
    assert lines["below ↓"] is None


def test_a_lighter_drawing_looks_the_same() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    line = np.random.default_rng(0).normal(size=(40, 2))
    axes.plot(*line.T)
    plane.point_set(axes, line, "#d55e00", size=9)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    heavy = buffer.getvalue().decode()
    light = lighter(heavy)
    assert len(light) < 0.8 * len(heavy)
    for one, other in zip(coordinates(heavy), coordinates(light), strict=True):
        assert abs(one - other) <= 0.0051
    for one, other in zip(outlines(heavy), outlines(light), strict=True):
        assert abs(one - other) <= 0.04  # of letters a hundred points high
    before, after = (picture(text) for text in (heavy, light))
    assert before.size == after.size
    gaps = np.abs(np.asarray(before, dtype=int) - np.asarray(after, dtype=int))[..., 3]
    assert gaps.mean() < 3  # of 255: how opaque


def coordinates(drawing: str) -> list[float]:
    """Return the numbers of all paths but those of letters, in points."""
    paths = re.findall(r'(?<= )d="([^"]*)"(?! transform)', drawing)
    return [float(number) for path in paths for number in re.findall(r"-?[\d.]+", path)]


def outlines(drawing: str) -> list[float]:
    """Return the numbers of all letters, in hundredths of their size."""
    paths = re.findall(r'(?<= )d="([^"]*)" transform="scale\(([\d.]+)\)"', drawing)
    return [
        float(number) * float(scale)
        for path, scale in paths
        for number in re.findall(r"-?[\d.]+", path)
    ]


def picture(drawing: str) -> Image.Image:
    found = re.search(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)", drawing)
    assert found
    return Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGBA")
