"""Mixtures, checkerboard and digits: deviation, modes, distances, parts that do not overlap."""

import math

import pytest
import torch
from sklearn.datasets import load_digits

from pipelines.diffusion.datasets import (
    DATASETS,
    SIDE,
    WIDTH,
    draw_checkerboard,
    grid_centres,
    nearer_moon,
    ring_centres,
)
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.randomness import rows, stream

PLANAR = [name for name, data in DATASETS.items() if data.dim == 2]


@pytest.mark.parametrize("name", PLANAR)
def test_every_axis_is_centred_with_unit_deviation(name: str) -> None:
    x = DATASETS[name].draw(400_000, stream(name))
    torch.testing.assert_close(x.mean(0), torch.zeros(2), rtol=0, atol=0.01)
    torch.testing.assert_close(x.std(0), torch.ones(2), rtol=0.005, atol=0)


@pytest.mark.parametrize("name", PLANAR)
def test_modes_are_equally_likely(name: str) -> None:
    data = DATASETS[name]
    shares = torch.bincount(data.mode(data.draw(100_000, stream(name))), minlength=data.modes)
    assert len(shares) == data.modes
    expected = 100_000 / data.modes
    torch.testing.assert_close(
        shares.double(),
        torch.full((data.modes,), expected).double(),
        rtol=0,
        atol=5 * expected**0.5,
    )


@pytest.mark.parametrize(("name", "modes"), [("grid25", 25), ("ring8", 8)])
def test_gaussians_reach_four_widths_as_they_must(name: str, modes: int) -> None:
    """In the plane |noise| > 4 has the probability exp(-8)."""
    data = DATASETS[name]
    assert data.modes == modes
    far = (data.distance(data.draw(1_000_000, stream(name))) > 4).double().mean().item()
    assert far == pytest.approx(math.exp(-8), rel=0.3)


def test_the_distance_of_a_mixture_is_to_its_nearest_centre() -> None:
    centres, x = grid_centres(), DATASETS["grid25"].draw(50, stream("x")) * 1.2
    nearest = torch.tensor([min(math.dist(p, c) for c in centres.tolist()) for p in x.tolist()])
    torch.testing.assert_close(DATASETS["grid25"].distance(x), nearest / WIDTH)
    assert DATASETS["grid25"].mode(centres).tolist() == list(range(25))


def test_the_ring_is_round() -> None:
    radii = ring_centres().norm(dim=1)
    torch.testing.assert_close(radii, radii[:1].expand(8))


def test_the_checkerboard_is_black_on_black_only() -> None:
    x = draw_checkerboard(10_000, stream("board"))
    cell = torch.floor(x / SIDE).long()
    assert (cell.sum(1) % 2 == 0).all()
    assert cell.unique(dim=0).shape == (8, 2)
    assert DATASETS["checkerboard"].distance(x).max() < 1e-4


def test_the_distance_to_a_square() -> None:
    """From the centre of a white square the next black one is half a side away: 40 margins."""
    white = torch.tensor(
        [[SIDE / 2, -SIDE / 2], [SIDE / 2, SIDE / 2], [2 * SIDE + 0.3, 1.5 * SIDE]]
    )
    distance = DATASETS["checkerboard"].distance(white)
    expected = torch.tensor([40.0, 0.0, 80 * 0.3 / SIDE])
    torch.testing.assert_close(distance, expected, rtol=1e-5, atol=1e-4)


def test_the_class_of_a_moon_is_its_half_circle() -> None:
    """The noise cannot lift a point over to the other half circle."""
    angle = torch.linspace(0, torch.pi, 500)
    centre, scale = torch.tensor([0.5, 0.25]), torch.tensor([0.8676, 0.4970])
    upper = torch.stack([angle.cos(), angle.sin()], dim=1)
    lower = torch.tensor([1.0, 0.5]) - upper
    for label, curve in enumerate((upper, lower)):
        noisy = curve + 0.05 * torch.randn(500, 2, generator=stream("noise", label))
        assert (nearer_moon((noisy - centre) / scale) == label).all()


def test_digits_are_those_of_scikit_learn() -> None:
    raw, label = load_digits(return_X_y=True)
    held, kept = held_out_digits(), training_digits()
    torch.testing.assert_close((held.x[3].double() + 1) * 8, torch.from_numpy(raw[15]))
    assert held.label[3] == label[15]
    assert (len(held.x), len(kept.x)) == (360, 1437)
    assert kept.x.min() == -1
    assert kept.x.max() == 1
    assert torch.cdist(held.x, kept.x).min() > 0


def test_drawn_digits_keep_their_label() -> None:
    data, known = DATASETS["digits"], training_digits()
    assert data.mode(known.x).equal(known.label)
    x = rows(2000, data.draw, stream("digits"))
    assert x.shape == (2000, data.dim)
    assert torch.equal(rows(300, data.draw, stream("digits")), x[:300])
    assert torch.bincount(data.mode(x), minlength=10).min() > 120
