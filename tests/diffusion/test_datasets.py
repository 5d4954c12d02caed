"""Moons: unit deviation, and a distance that agrees with looking at every point of the curve."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_moons

from pipelines.diffusion.datasets import CENTRE, DATASETS, NOISE, SCALE, draw_moons, moons_distance
from pipelines.diffusion.randomness import stream
from pipelines.registry import DATASETS as REGISTERED

CURVE = torch.from_numpy(make_moons(20_001, noise=0.0)[0]).float()


def test_the_registry_names_every_dataset() -> None:
    assert set(REGISTERED) == set(DATASETS)


def test_axes_are_centred_with_unit_deviation() -> None:
    x = draw_moons(400_000, stream("moons"))
    torch.testing.assert_close(x.mean(0), torch.zeros(2), rtol=0, atol=0.01)
    torch.testing.assert_close(x.std(0), torch.ones(2), rtol=0.005, atol=0)


def test_the_curve_is_the_one_of_scikit_learn() -> None:
    assert moons_distance((CURVE - CENTRE) / SCALE).max().item() < 1e-3


@given(st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=200)
def test_distance_is_to_the_nearest_point_of_the_curve(x: float, y: float) -> None:
    point = torch.tensor([[x, y]])
    nearest = torch.cdist(point * SCALE + CENTRE, CURVE).min().item() / NOISE
    assert moons_distance(point).item() == pytest.approx(nearest, abs=0.01)


def test_few_real_points_lie_beyond_four_noise_widths() -> None:
    """Across the curve the noise is normal: P(|z| > 4) = 6.3e-5."""
    far = (moons_distance(draw_moons(1_000_000, stream("far"))) > 4).double().mean().item()
    assert far == pytest.approx(math.erfc(4 / 2**0.5), rel=0.5)


def test_half_of_the_points_lie_on_each_half_circle() -> None:
    x = draw_moons(100_000, stream("halves")) * SCALE + CENTRE
    upper = ((x.norm(dim=1) - 1).abs() < 0.15) & (x[:, 1] > 0.6)
    lower = (((x - torch.tensor([1.0, 0.5])).norm(dim=1) - 1).abs() < 0.15) & (x[:, 1] < -0.1)
    assert upper.double().mean().item() == pytest.approx(lower.double().mean().item(), abs=0.01)
