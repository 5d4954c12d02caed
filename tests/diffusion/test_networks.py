"""The point network: its size, its features, and where its random weights come from."""

import pytest
import torch

from pipelines.diffusion.networks import PointMLP, initialise
from pipelines.diffusion.randomness import normal, stream


def network(seed: int = 0) -> PointMLP:
    made = PointMLP(128, 3, (1.0, 2.0, 4.0), 8)
    initialise(made, stream("weights", seed))
    return made


def test_size_and_shape() -> None:
    made = network()
    assert sum(weight.numel() for weight in made.parameters()) == 37_250
    assert made(normal(5, stream("x")), torch.zeros(5, 1)).shape == (5, 2)


def test_noise_frequencies_run_from_a_quarter_to_sixteen() -> None:
    frequencies = network().c_frequencies
    assert frequencies[0].item() == pytest.approx(0.25)
    assert frequencies[-1].item() == pytest.approx(16)


def test_points_do_not_see_each_other() -> None:
    made, x, c = network(), normal(6, stream("x")), normal(6, stream("c"))[:, :1]
    torch.testing.assert_close(made(x, c)[2:3], made(x[2:3], c[2:3]))


def test_weights_come_from_the_generator_alone() -> None:
    torch.manual_seed(1)
    one = network().state_dict()
    torch.manual_seed(2)
    two, other = network().state_dict(), network(seed=1).state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["last.weight"], other["last.weight"])


def test_weights_lie_within_the_bound_of_their_layer() -> None:
    weight = network().hidden[1].weight
    assert weight.abs().max().item() <= 128**-0.5
    assert weight.std().item() == pytest.approx(128**-0.5 / 3**0.5, rel=0.02)
