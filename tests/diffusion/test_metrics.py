"""Metrics against scipy and against values worked out by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import energy_distance as scipy_energy

from pipelines.diffusion.datasets import DATASETS, draw_moons
from pipelines.diffusion.metrics import (
    energy_distance,
    off_manifold,
    paired_rmse,
    sliced_w2,
    spread,
)
from pipelines.diffusion.randomness import normal, stream

MOONS = DATASETS["moons"]


def on_a_line(values: torch.Tensor) -> torch.Tensor:
    return torch.stack([values, torch.zeros_like(values)], dim=1)


def test_sliced_w2_of_a_shift() -> None:
    """Mean over directions of (shift · direction)² is |shift|² / 2."""
    x = normal(500, stream("x"))
    shift = torch.tensor([3.0, -4.0])
    assert sliced_w2(x, x + shift) == pytest.approx(5 / 2**0.5, rel=1e-4)


def test_sliced_w2_of_two_normals() -> None:
    """Of N(0, 1) and N(0, 4) in every direction: |1 - 2|."""
    x, y = normal(200_000, stream("x")), 2 * normal(200_000, stream("y"))
    assert sliced_w2(x, y) == pytest.approx(1, abs=0.01)


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_sliced_w2_is_symmetric_and_blind_to_order(seed: int) -> None:
    x, y = normal(64, stream("x", seed)), normal(64, stream("y", seed))
    shuffled = y[torch.randperm(64, generator=stream("order", seed))]
    assert sliced_w2(x, y) == pytest.approx(sliced_w2(shuffled, x), rel=1e-5)
    assert sliced_w2(x, x[torch.randperm(64, generator=stream("order", seed))]) < 1e-6


def test_sliced_w2_pairs_sorted_values() -> None:
    """On one axis, in one direction: root mean squared gap of the sorted values."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=99), rng.exponential(size=99)
    expected = np.sqrt(np.mean((np.sort(a) - np.sort(b)) ** 2))
    x, y = on_a_line(torch.from_numpy(a)), on_a_line(torch.from_numpy(b))
    assert sliced_w2(x, y, directions=1) == pytest.approx(expected, rel=1e-9)


def test_sliced_w2_wants_clouds_of_one_size() -> None:
    with pytest.raises(ValueError, match="3 and 4"):
        sliced_w2(torch.zeros(3, 2), torch.zeros(4, 2))


def test_energy_distance_of_points_on_a_line_is_that_of_scipy() -> None:
    """scipy gives the biased root of it: with n/(n-1) its mean gaps become ours."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=300), rng.normal(0.7, 1.3, size=200)
    gaps = [np.abs(v[:, None] - v[None]).mean() for v in (a, b)]
    expected = scipy_energy(a, b) ** 2 - gaps[0] / 299 - gaps[1] / 199
    x, y = on_a_line(torch.from_numpy(a)), on_a_line(torch.from_numpy(b))
    assert energy_distance(x, y) == pytest.approx(expected, rel=1e-6)


def test_energy_distance_has_no_bias() -> None:
    """Between two small samples of one distribution it is zero on average, often negative."""
    values = [
        energy_distance(normal(20, stream("x", i)), normal(20, stream("y", i))) for i in range(400)
    ]
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / 20)
    assert min(values) < 0


def test_paired_rmse_and_spread_by_hand() -> None:
    x = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    assert paired_rmse(x, x + torch.tensor([3.0, 4.0])) == pytest.approx(5)
    assert spread(torch.tensor([[1.0, 0.0], [-1.0, 0.0]])) == pytest.approx(0.5**0.5)
    assert spread(torch.ones(10, 2)) == 0


def test_off_manifold_of_real_data_and_of_their_mean() -> None:
    assert off_manifold(draw_moons(20_000, stream("real")), MOONS) < 0.001
    assert off_manifold(torch.zeros(10, 2), MOONS) == 1


def test_what_is_not_a_number_is_off() -> None:
    assert off_manifold(torch.full((4, 2), torch.nan), MOONS) == 1
