"""Adversaries and critics: losses and gradients in closed form, and who may learn from whom."""

import pytest
import torch
from torch import Tensor, nn

from pipelines.diffusion.adversaries import (
    Adversary,
    Discriminator,
    Game,
    gradient_penalty,
    hinge,
    nonsaturating,
)
from pipelines.diffusion.critics import FakeScore, distribution_gradient, lognormal, pulled
from pipelines.diffusion.denoisers import gaussian_denoiser
from pipelines.diffusion.derivatives import along
from pipelines.diffusion.losses import adaptive, pseudo_huber, squared
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.systems import EDM, Shape


def adversary(**rules: object) -> Adversary:
    return Adversary(Discriminator(16, 2, (1.0,)), Game(**rules), stream("critic"))


def test_the_losses_of_a_discriminator_that_knows_nothing() -> None:
    zero = torch.zeros(8, 1)
    assert nonsaturating(zero, zero).item() == pytest.approx(2 * torch.tensor(2.0).log().item())
    assert hinge(zero, zero).item() == 2
    assert hinge(torch.ones(8, 1), -torch.ones(8, 1)).item() == 0


@pytest.mark.parametrize("kind", [False, True])
def test_the_gradients_that_reach_the_generator(kind: bool) -> None:
    """Nonsaturating: -sigmoid(-D) grad D, alive however sure D is; hinge: -grad D."""
    game = adversary(hinge=kind)
    x = normal(6, stream("x")).requires_grad_()
    (found,) = torch.autograd.grad(game.fooled(x), x)
    score = game.discriminator(x)
    (slope,) = torch.autograd.grad(score.sum(), x)
    factor = torch.ones_like(score) if kind else torch.sigmoid(-score)
    torch.testing.assert_close(found, (-factor * slope / 6).detach())
    assert all(weight.grad is None for weight in game.discriminator.parameters())


@pytest.mark.parametrize("kind", [False, True])
def test_a_discriminator_learns_to_tell_two_clouds_apart(kind: bool) -> None:
    game = adversary(hinge=kind, r1=0.01)
    generator = stream("clouds")
    real, fake = normal(256, generator) + 2, (normal(256, generator) - 2).requires_grad_()
    before = game.loss(real, fake).item()
    for _ in range(60):
        game.learn(real, fake)
    assert game.loss(real, fake).item() < 0.5 * before
    assert fake.grad is None


def test_the_gradient_penalty_of_a_plane() -> None:
    plane = nn.Linear(2, 1)
    nn.init.constant_(plane.weight, 3.0)
    assert gradient_penalty(plane, normal(9, stream("x"))).item() == pytest.approx(18)


def test_the_penalty_holds_the_slope_down() -> None:
    slopes = []
    for r1 in (0.0, 10.0):
        game, generator = adversary(r1=r1, lr=3e-3), stream("data")
        real, fake = normal(256, generator) + 1, normal(256, generator) - 1
        for _ in range(80):
            game.learn(real, fake)
        slopes.append(gradient_penalty(game.discriminator, real).item())
    assert slopes[1] < 0.3 * slopes[0]


def exact(deviation: float) -> object:
    return gaussian_denoiser(torch.zeros(2), deviation * torch.ones(2))


def test_distributions_that_agree_give_no_gradient() -> None:
    x, noise, sigma = normal(64, stream("x")), normal(64, stream("n")), torch.full((64, 1), 0.5)
    equal = distribution_gradient(exact(1.0), exact(1.0), x, noise, sigma)
    assert torch.equal(equal, torch.zeros_like(x))


def test_samples_too_narrow_are_driven_apart() -> None:
    """With no re-noising to speak of, the step along -gradient points away from the mean."""
    x, noise, sigma = normal(64, stream("x")), torch.zeros(64, 2), torch.full((64, 1), 0.5)
    gradient = distribution_gradient(exact(1.0), exact(0.3), x, noise, sigma)
    assert ((-gradient * x).sum(dim=1) > 0).all()
    size = (x - exact(1.0)(x, sigma)).abs().mean(dim=1, keepdim=True) + 1e-3
    gap = 0.3**2 / (0.3**2 + 0.25) - 1 / 1.25
    torch.testing.assert_close(gradient, gap * x / size)


def test_the_pull_has_the_gradient_that_it_is_given() -> None:
    x = normal(5, stream("x")).requires_grad_()
    wanted = normal(5, stream("g"))
    loss = pulled(x, wanted)
    (found,) = torch.autograd.grad(loss, x)
    torch.testing.assert_close(found, wanted / 5)
    assert loss.item() == pytest.approx(0.5 * wanted.square().sum(dim=1).mean().item(), rel=1e-5)


def test_a_fake_score_learns_the_samples_that_it_is_shown() -> None:
    """Its output nears the exact denoiser of narrow samples: the score is theirs."""
    critic = FakeScore(Shape(32, 2, (1.0,), 4).fresh(EDM.denoiser, stream("critic")), 5e-3)
    generator = stream("critic data")
    sigma = torch.full((512, 1), 0.4)
    for _ in range(300):
        x, noise = 0.3 * normal(512, generator), normal(512, generator)
        critic.learn(x, noise, sigma)
    x_t = 0.5 * normal(2000, generator)
    found = critic.denoiser(x_t, torch.tensor(0.4))
    assert (found - exact(0.3)(x_t, torch.tensor(0.4))).square().mean().sqrt() < 0.05


def test_lognormal_levels_stay_within_bounds() -> None:
    levels = lognormal(20_000, -0.8, 1.4, (0.01, 10.0), stream("levels"))
    assert levels.shape == (20_000, 1)
    assert levels.min() >= 0.01
    assert levels.max() <= 10
    assert levels.log().median().item() == pytest.approx(-0.8, abs=0.05)


@pytest.mark.parametrize("c", [0.0, 0.03, 1.0])
def test_the_pseudo_huber_distance(c: float) -> None:
    """Nearly |x - y| where points are far apart, |x - y|² / 2c where they are near."""
    x = torch.tensor([[3.0, 4.0], [1e-3, 0.0], [0.0, 0.0]])
    found = pseudo_huber(x, torch.zeros(3, 2), c)[:, 0]
    assert found[0].item() == pytest.approx(5, abs=c)
    if c:
        assert found[1].item() == pytest.approx(1e-6 / (2 * c), rel=0.05)
    x.requires_grad_()
    assert torch.autograd.grad(pseudo_huber(x, torch.zeros(3, 2), c).sum(), x)[0].isfinite().all()


def test_the_adaptive_weight_normalises_the_gradient() -> None:
    x = torch.tensor([[30.0, 40.0], [0.3, 0.4]]).requires_grad_()
    zero = torch.zeros(2, 2)
    (slope,) = torch.autograd.grad(adaptive(x, zero, 0.5, 1e-12).sum(), x)
    torch.testing.assert_close(slope.norm(dim=1), torch.tensor([2.0, 2.0]))
    torch.testing.assert_close(adaptive(x, zero, 0.0, 1.0), squared(x, zero))


def test_a_derivative_along_a_way() -> None:
    """d/dt sin(x t) along dx/dt = v: cos(x t) (v t + x); no gradient goes through it."""
    x, t, v = normal(8, stream("x")), torch.full((8, 1), 0.3), normal(8, stream("v"))
    scale = torch.ones(1, requires_grad=True)

    def field(x: Tensor, t: Tensor) -> Tensor:
        return scale * (x * t).sin()

    found = along(field, (x, t), (v, torch.ones_like(t)))
    torch.testing.assert_close(found, (x * t).cos() * (v * t + x))
    assert not found.requires_grad
