"""Closed forms behind the figures, and what makes them readable."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_figures_synthetic import make, module, options

from pipelines.contracts.figure import FigureData
from pipelines.figures import plane, steps_and_jump, three_levels, wording
from pipelines.figures.style import LIGHT, METHOD_ROLES, THEMES, Theme
from pipelines.registry import FIGURES


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


@pytest.fixture(scope="module")
def pictures(data: FigureData) -> dict[str, Any]:
    return {name: module(name).prepare(data, options(name)) for name in FIGURES}


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
    heights = plane.spaced(np.sort(wanted), 0.12)
    assert all(b - a >= 0.12 - 1e-9 for a, b in pairwise(heights))
    assert min(heights) >= 0
    assert max(heights) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wording.percent(0.0691), "6.9 %"),
        (wording.percent(0.00005), "0.005 %"),
        (wording.percent(0.0), "0 %"),
        (wording.number(-0.001), "0.00"),
        (wording.number(-1.234), "−1.23"),
        (wording.significant(0.000983), "0.00098"),
        (wording.significant(99.6), "100"),
        (wording.significant(10.0), "10"),
        (wording.significant(0.00998), "0.010"),
        (wording.point(np.array([0.254, -0.611])), "(0.25, −0.61)"),
        (wording.listed(["a", "b", "c"]), "a, b and c"),
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


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_only_bundled_fonts_are_used(pictures: dict) -> None:
    from matplotlib import font_manager, get_data_path

    module("worked-example").draw(pictures["worked-example"], LIGHT)
    assert font_manager.findfont("DejaVu Sans").startswith(get_data_path())
    assert all(f.fname.startswith(get_data_path()) for f in font_manager.fontManager.ttflist)
