"""The weights of noise levels that are learned beside a network."""

import pytest
import torch

from pipelines.diffusion.level_weights import KNOTS, LevelWeights


def test_weights_that_are_learned_make_all_levels_count_alike() -> None:
    """The minimum of exp(w) loss - w is w = -ln loss: here the loss is exp(-4 place)."""
    weights, generator = LevelWeights(1, 0.05), torch.Generator().manual_seed(0)
    for _ in range(1500):
        place = torch.rand(512, 1, generator=generator)
        weights.weighted((-4 * place[:, 0]).exp(), place).backward()
        weights.step()
    at = torch.linspace(0, 1, KNOTS)[:, None]
    assert weights.at(at).tolist() == pytest.approx((4 * at[:, 0]).tolist(), abs=0.05)


def test_the_gradient_of_a_loss_is_weighed_and_the_weight_has_its_own() -> None:
    weights = LevelWeights(1, 0.1)
    with torch.no_grad():
        weights.log_weight += 0.7
    loss = torch.tensor([2.0, 3.0], requires_grad=True)
    found = weights.weighted(loss, torch.tensor([[0.0], [1.0]]))
    assert found.item() == pytest.approx(2.5 * 2.0137527 - 0.7)
    found.backward()
    assert loss.grad is not None and weights.log_weight.grad is not None
    assert loss.grad.tolist() == pytest.approx([2.0137527 / 2] * 2)
    assert weights.log_weight.grad[0, 0].item() == pytest.approx((2 * 2.0137527 - 1) / 2)


def test_networks_that_are_trained_together_have_weights_of_their_own() -> None:
    """Half of the rows belong to each; the other's weights feel nothing of them."""
    weights = LevelWeights(2, 0.1)
    place = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    weights.weighted(torch.tensor([5.0, 5.0, 1.0, 1.0]), place).backward()
    assert weights.log_weight.grad is not None
    assert weights.log_weight.grad[0, 0] == 2 and weights.log_weight.grad[0, -1] == 0
    assert not weights.log_weight.grad[1].any()  # exp(0) 1 - 0 is where w stays


def test_places_outside_are_those_of_the_ends() -> None:
    weights = LevelWeights(1, 0.1)
    with torch.no_grad():
        weights.log_weight[0] = torch.arange(float(KNOTS))
    found = weights.at(torch.tensor([[-1.0], [0.5], [2.0]]))
    assert found.tolist() == pytest.approx([0, (KNOTS - 1) / 2, KNOTS - 1])
