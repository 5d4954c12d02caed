"""Muon: orthogonal updates, Adam for the rest, a state that goes on."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from pipelines.diffusion.muon import Muon, orthogonal
from pipelines.diffusion.randomness import stream


def gradients(network: nn.Module, seed: int) -> None:
    generator = stream("gradients", seed)
    for weight in network.parameters():
        weight.grad = torch.randn(weight.shape, generator=generator)


def small() -> nn.Module:
    generator = stream("small")
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.Linear(8, 4))
    for weight in network.parameters():
        nn.init.normal_(weight, generator=generator)
    return network


@given(m=st.integers(1, 24), n=st.integers(1, 48), seed=st.integers(0, 99))
@settings(max_examples=40)
def test_singular_values_come_near_one_and_singular_vectors_stay(m, n, seed):
    x = torch.randn(1, m, n, generator=stream("matrix", seed))
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    strong = s[0] > 0.05 * s[0].norm()  # five iterations lift the others only part of the way
    values = torch.diagonal(u.mT @ orthogonal(x) @ vh.mT, dim1=1, dim2=2)[0]
    assert values[strong].min() > 0.6
    assert values.max() < 1.3
    off = u.mT @ orthogonal(x) @ vh.mT
    assert (off[0] - torch.diag(values)).abs().max() < 0.02


def test_it_is_the_iteration_of_the_library():
    from torch.optim._muon import _zeropower_via_newtonschulz

    x = torch.randn(1, 16, 40, generator=stream("same"))
    theirs = _zeropower_via_newtonschulz(x[0], (3.4445, -4.7750, 2.0315), 5, 1e-7)
    assert (orthogonal(x)[0] - theirs.float()).abs().max() < 0.03  # bfloat16 has three digits


def test_matrices_of_one_size_do_not_mix():
    x = torch.randn(3, 6, 10, generator=stream("three"))
    apart = torch.cat([orthogonal(one[None]) for one in x])
    assert torch.allclose(orthogonal(x), apart, atol=1e-5)
    assert torch.allclose(orthogonal(x.mT).mT, orthogonal(x), atol=1e-5)


def test_an_update_does_not_depend_on_the_size_of_the_gradient():
    moved = []
    for scale in (1.0, 1000.0):
        network = small()
        before = network[0].weight.detach().clone()
        muon = Muon(network)
        gradients(network, 0)
        for weight in network.parameters():
            weight.grad *= scale
        muon.step(0.1, 0.0)
        moved.append(network[0].weight.detach() - before)
    assert torch.allclose(moved[0], moved[1], atol=1e-5)
    values = torch.linalg.svdvals(moved[0].flatten(1))
    assert values.max() < 0.13 and values.min() > 0.06


def test_vectors_and_what_is_excluded_go_to_adam():
    network = small()
    muon = Muon(network, [network[2].weight])
    assert set(muon.matrices) == {"0.weight"}
    gradients(network, 0)
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    muon.step(0.0, 0.01)
    for name, weight in network.named_parameters():
        moved = (weight - before[name]).abs()
        if name == "0.weight":
            assert moved.max() == 0
        else:
            assert moved.max().item() == pytest.approx(0.01, rel=1e-3)  # Adam's first step


def test_frozen_weights_and_those_without_gradient_stay():
    network = small()
    network[0].requires_grad_(False)
    muon = Muon(network)
    before = [weight.detach().clone() for weight in network.parameters()]
    muon.zero_grad()
    muon.step(0.1, 0.1)
    after = network.parameters()
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert "0.weight" not in muon.momenta


def test_a_restored_state_goes_on_alike():
    whole, first = small(), small()
    muons = [Muon(whole), Muon(first)]
    for seed in range(2):
        for network, muon in zip((whole, first), muons, strict=True):
            gradients(network, seed)
            muon.step(0.05, 0.01)
    second = small()
    second.load_state_dict(first.state_dict())
    resumed = Muon(second)
    resumed.restore(muons[1].state())
    for network, muon in ((whole, muons[0]), (second, resumed)):
        gradients(network, 2)
        muon.step(0.05, 0.01)
    for a, b in zip(whole.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_it_minimises():
    """A linear map is recovered from its products."""
    generator = stream("task")
    network, x = nn.Linear(6, 4, bias=False), torch.randn(64, 6, generator=generator)
    nn.init.zeros_(network.weight)
    wanted = x @ torch.randn(6, 4, generator=generator)
    muon = Muon(network)
    for step in range(200):
        loss = (network(x) - wanted).square().mean()
        muon.zero_grad()
        loss.backward()
        muon.step(0.1 * (1 - step / 200), 0.0)
    assert loss.item() < 1e-3
