"""Scalings at their ends, and exact denoisers against closed forms."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipelines.diffusion.denoisers import (
    Counted,
    Denoiser,
    edm_scalings,
    gaussian_denoiser,
    ideal_denoiser,
    unbounded_scalings,
)
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.systems import EDM, FLOW, Shape

SHAPE = Shape(16, 2, (1.0, 2.0), 4)


@given(sigma=st.floats(0.002, 80.0))
def test_edm_scalings_keep_unit_variance(sigma: float) -> None:
    """c_in makes the input, c_out the training target, of unit variance (EDM, appendix B.6)."""
    s = torch.tensor(sigma, dtype=torch.float64)
    c = edm_scalings(s)
    assert (c.c_in**2 * (1 + s**2)).item() == pytest.approx(1)
    target = ((1 - c.c_skip) ** 2 + (c.c_skip * s) ** 2) / c.c_out**2
    assert target.item() == pytest.approx(1)


def test_consistency_scalings_at_both_ends() -> None:
    low = EDM.consistency(torch.tensor(0.01, dtype=torch.float64))
    assert low.c_skip.item() == pytest.approx(1, abs=1e-12)
    assert low.c_out.item() == pytest.approx(0, abs=1e-12)
    high = EDM.consistency(torch.tensor(10.0, dtype=torch.float64))
    assert high.c_skip.item() == pytest.approx(1 / (9.99**2 + 1))
    assert high.c_out.item() == pytest.approx(9.99 / 101**0.5)


@pytest.mark.parametrize("family", [EDM, FLOW])
def test_a_consistency_function_is_the_identity_at_the_lowest_level(family: object) -> None:
    f = SHAPE.fresh(family.consistency, stream("test"))
    x = normal(50, stream("x"))
    torch.testing.assert_close(f(x, torch.tensor(family.process.lowest)), x, rtol=0, atol=1e-6)
    assert not torch.allclose(f(x, torch.tensor(family.process.highest)), x, atol=0.1)


def test_without_the_boundary_the_network_speaks_alone() -> None:
    f = SHAPE.fresh(lambda level: unbounded_scalings(EDM.consistency(level)), stream("test"))
    x, level = normal(5, stream("x")), torch.tensor(0.01)
    c = EDM.consistency(level)
    torch.testing.assert_close(f(x, level), f.network(c.c_in * x, c.c_noise.expand(5, 1)))


def test_levels_may_differ_from_point_to_point() -> None:
    f = SHAPE.fresh(EDM.denoiser, stream("test"))
    x, levels = normal(3, stream("x")), torch.tensor([[0.1], [1.0], [5.0]])
    each = [f(x[i : i + 1], levels[i, 0]) for i in range(3)]
    torch.testing.assert_close(f(x, levels), torch.cat(each))


def test_ideal_denoiser_of_two_points() -> None:
    """For data at -1 and +1 the posterior mean is tanh(x / sigma²)."""
    denoise = ideal_denoiser(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]))
    x = torch.tensor([[-0.7, 0.3], [0.0, 1.0], [0.2, -2.0]])
    expected = torch.tanh(x[:, 0] / 0.8**2)
    torch.testing.assert_close(denoise(x, torch.tensor(0.8))[:, 0], expected)
    assert denoise(x, torch.tensor(0.8))[:, 1].abs().max() == 0


def test_gaussian_denoiser_is_the_limit_of_the_ideal_one() -> None:
    data = normal(20_000, stream("data")) * torch.tensor([1.0, 0.5]) + torch.tensor([0.3, -0.2])
    exact = gaussian_denoiser(torch.tensor([0.3, -0.2]), torch.tensor([1.0, 0.5]))
    x, sigma = normal(20, stream("x")), torch.tensor(1.0)
    torch.testing.assert_close(ideal_denoiser(data)(x, sigma), exact(x, sigma), rtol=0, atol=0.05)


def test_the_counter_counts() -> None:
    counted = Counted(gaussian_denoiser(torch.zeros(2), torch.ones(2)))
    x = torch.ones(1, 2)
    for _ in range(3):
        torch.testing.assert_close(counted(x, torch.tensor(1.0)), x / 2)
    assert counted.nfe == 3


def test_flow_denoiser_from_the_exact_velocity() -> None:
    """With the network replaced by the velocity of a point mass the denoiser returns the mass."""
    point = torch.tensor([[0.5, -1.0]])

    class Velocity(torch.nn.Module):
        def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
            return (x - point) / t

    denoise = Denoiser(Velocity(), FLOW.denoiser)
    x = normal(10, stream("x"))
    torch.testing.assert_close(denoise(x, torch.tensor(0.7)), point.expand(10, 2))
