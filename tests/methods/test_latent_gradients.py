"""Where the losses of the methods on pictures push, and where short trainings end.

Latents are normal around a mean that their caption names, so the exact velocity, the exact end of
a trajectory and the exact answer under guidance are known in closed form.
"""

from functools import partial
from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from diffusers.configuration_utils import FrozenDict
from tiny_students import student
from torch import nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.muon import Muon
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent.critic import Adversary
from pipelines.methods.latent.process import Process
from pipelines.methods.latent.told_guidance import guidance_embedding
from pipelines.methods.latent.training import LatentTraining
from pipelines.methods.latent.training_context import TrainingContext, predictor
from pipelines.registry import LATENT_METHODS

pytestmark = pytest.mark.slow

DEVIATION = 0.5  # of the latents of one caption
MEANS = (1.0, -1.0, 0.0)  # of two captions, and of none
BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64).square()
ALPHAS_CUMPROD = (1 - BETAS).cumprod(0).float()


def rates(t):
    kept = ALPHAS_CUMPROD[t][:, None, None, None]
    return kept.sqrt(), (1 - kept).sqrt()


def mean_of(condition):
    return condition.mean((1, 2))[:, None, None, None]


def exact_velocity(x_t, t, mean, deviation=DEVIATION):
    """Return v of latents N(mean, deviation²)."""
    alpha, sigma = rates(t)
    gain = alpha * deviation**2 / (alpha**2 * deviation**2 + sigma**2)
    x0 = mean + gain * (x_t - alpha * mean)
    return (alpha * x_t - x0) / sigma


def exact_end(x_t, t, mean):
    """Return where the trajectory of the probability flow through x_t ends."""
    alpha, sigma = rates(t)
    spread = (alpha**2 * DEVIATION**2 + sigma**2).sqrt()
    return mean + DEVIATION * (x_t - alpha * mean) / spread


class NormalUnet(nn.Module):
    """A U-Net that knows N(mean of the caption + shift, 0.5²), and what it learns beside that.

    Learnt are the coefficients of x_t, of the caption's mean and of 1, smooth in time. A told
    scale of guidance changes them.
    """

    def __init__(self, shift: float = 0.0) -> None:
        super().__init__()
        self.config, self.shift = FrozenDict({"in_channels": 4}), shift
        self.learnt, self.told = nn.Linear(6, 3, bias=False), nn.Linear(32, 3, bias=False)
        for layer in (self.learnt, self.told):
            nn.init.zeros_(layer.weight)

    def forward(self, x_t, t, condition, timestep_cond=None):
        alpha, sigma = (rate.flatten() for rate in rates(t))
        powers = [alpha**i * sigma**j for i, j in ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1))]
        learnt = self.learnt(torch.stack(powers, 1))
        if timestep_cond is not None:
            learnt = learnt * (1 + self.told(timestep_cond))
        mean = mean_of(condition)
        of_x, of_mean, of_one = learnt.t()[:, :, None, None, None]
        v = exact_velocity(x_t, t, mean + self.shift)
        return SimpleNamespace(sample=v + of_x * x_t + of_mean * mean + of_one)


class NormalContext(TrainingContext):
    """Normal latents of two captions; the teacher knows them, the student begins shifted."""

    def __init__(self, shift: float = 0.0, count: int = 4096) -> None:
        self.teacher = NormalUnet().requires_grad_(False)
        self.pipeline = SimpleNamespace(unet=NormalUnet(shift).requires_grad_(False))
        self.process, self.device = Process(), torch.device("cpu")
        self.hidden_states = torch.tensor(MEANS)[:, None, None].expand(3, 2, 2).contiguous()
        generator = stream("normal latents")
        captions = torch.randint(2, (count,), generator=generator)
        noise = torch.randn(count, 4, 2, 2, generator=generator)
        self.cached = {}
        for style, moved in (("base", 0.0), ("night", 1.0)):
            mean = torch.tensor(MEANS)[captions][:, None, None, None] + moved
            self.cached[f"latents.{style}"] = mean + DEVIATION * noise
            self.cached[f"captions.{style}"] = captions

    def batch(self, count, step, seed, style="base"):
        return super().batch(count, step, "any", style)


def begun(method, context, steps=300, batch=128, lr=0.05, style="base", **options):
    module = import_module(LATENT_METHODS[method].module)
    tuning = Tuning(steps=steps, batch=batch, lr=lr, fall=0.7)
    of = student(method, **options).model_copy(update={"train": tuning, "style": style})
    made = module.make
    if method in ("lcm", "guidance_distillation"):
        made = type("Told", (made,), {"new_network": lambda self: NormalUnet()})
    return made(context, of)


def trained(objective):
    training = LatentTraining(objective, objective.tuning)
    objective.follow(training.weights())
    for _ in range(objective.tuning.steps):
        training.step()
    return predictor(objective.network, training.weights())


def last_noise(count=2000):
    """Return x_t at the last time, its captions' states and means."""
    generator = stream("last noise")
    t, row = torch.full((count,), 999), torch.arange(count) % 2
    states = torch.tensor(MEANS)[row][:, None, None].expand(count, 2, 2)
    alpha, sigma = rates(t)
    x0, noise = (torch.randn(count, 4, 2, 2, generator=generator) for _ in range(2))
    return alpha * (mean_of(states) + DEVIATION * x0) + sigma * noise, t, states


@torch.no_grad()
def ends_of(predict):
    """Return where a student jumps to from the last time."""
    x_t, t, states = last_noise()
    alpha, sigma = rates(t)
    return alpha * x_t - sigma * predict(x_t, t, states)


def off(found, wanted):
    return (found - wanted).square().mean().sqrt().item()


class LinearCritic(nn.Module):
    """A critic that is one linear map: its slope is its weight everywhere."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4 * channels, 1, generator=stream("linear")))

    def forward(self, x, text):
        return x.flatten(1) @ self.weight + mean_of(text[:, None, :]).flatten(1)


def judged(r1=0.0, lr=0.02, channels=4):
    """Return a critic in training, whose network is linear."""
    adversary = Adversary(channels, 2, lr, r1, seed=0)
    adversary.critic = LinearCritic(channels)
    adversary.muon = Muon(adversary.critic)
    return adversary


def scenes(count=64):
    """Return latents of two captions and their pooled text."""
    row = torch.arange(count) % 2
    text = torch.tensor(MEANS)[row][:, None].expand(count, 2)
    noise = torch.randn(count, 4, 2, 2, generator=stream("scenes"))
    return text[:, :1, None, None] + DEVIATION * noise, text


def test_the_student_is_pleased_as_the_critic_finds_it_more_real():
    """Sauer et al. 2023 (arXiv 2311.17042), equation 2: minus the score, no hinge."""
    adversary, (x, text) = judged(), scenes()
    slope = adversary.critic.weight.detach().view(4, 2, 2)
    losses = [adversary.pleased(x + step * slope, text) for step in (0.0, 1.0, 2.0)]
    assert losses[0] > losses[1] > losses[2]
    assert losses[0].item() == pytest.approx(-adversary.critic(x, text).mean().item(), rel=1e-5)
    x.requires_grad_(True)
    adversary.pleased(x, text).backward()
    assert torch.allclose(x.grad, (-slope / len(x)).expand_as(x))
    assert adversary.critic.weight.grad is None and adversary.critic.weight.requires_grad


def test_the_critic_minimises_the_hinge_of_real_fake_and_wrong_captions():
    """Equation 3, and Reed et al. 2016: a real scene under another caption counts as fake."""
    adversary, (real, text) = judged(), scenes()
    fake, other = 0.3 * real.flip(0), -2 * text.roll(3, 0)
    said = [adversary.critic(x, y) for x, y in ((real, text), (fake, text), (real, other))]
    wrong = torch.cat(said[1:])
    wanted = (1 - said[0]).clamp(min=0).mean() + (1 + wrong).clamp(min=0).mean()
    (gradient,) = torch.autograd.grad(wanted, [adversary.critic.weight])
    adversary.muon.step = lambda *_: None
    assert adversary.learn(real, fake, text, other).item() == pytest.approx(wanted.item())
    assert torch.allclose(adversary.critic.weight.grad, gradient, rtol=1e-4, atol=1e-6)


def test_r1_is_the_squared_slope_of_the_critic_at_real_latents():
    """Mescheder et al. 2018 (arXiv 1801.04406), equation 9, r1 for gamma / 2: here r1 |w|²."""
    gradients = []
    for r1 in (0.0, 0.7):
        adversary, (real, text) = judged(r1), scenes()
        adversary.muon.step = lambda *_: None
        adversary.learn(real, -real, text, text)
        gradients.append(adversary.critic.weight.grad)
    wanted = 2 * 0.7 * adversary.critic.weight
    assert torch.allclose(gradients[1] - gradients[0], wanted, rtol=1e-4, atol=1e-5)


def test_learning_leaves_no_gradient_in_the_student():
    adversary, (real, text) = judged(), scenes()
    fake = (-real).requires_grad_(True)
    adversary.learn(real, fake, text, -text)
    assert fake.grad is None


def test_a_critic_that_learns_tells_real_from_fake_and_right_captions_from_wrong():
    real, text = scenes()
    adversary = Adversary(4, 2, 0.02, 0.02, seed=0)
    fake = 2 * torch.randn(real.shape, generator=stream("fake"))
    for _ in range(40):
        adversary.learn(real, fake, text, text.roll(1, 0))
    with torch.no_grad():
        right, made, wrong = (
            adversary.critic(x, y).mean()
            for x, y in ((real, text), (fake, text), (real, text.roll(1, 0)))
        )
    assert right > 1 and made < -1 and wrong < -1  # beyond the margins of the hinge


def updated_ends(objective):
    """Return the student's ends before and after one step down the slope of its loss."""
    weight, unet = objective.network.learnt.weight, predictor(objective.network)
    before = ends_of(unet)
    (gradient,) = torch.autograd.grad(objective.terms(0)["loss"], [weight])
    with torch.no_grad():
        weight -= 0.1 * gradient / gradient.norm()
    return before, ends_of(unet)


@pytest.mark.parametrize("shift", [1.0, -1.0])
def test_an_update_of_dmd_moves_the_ends_from_the_fake_score_to_the_real(shift):
    """Yin et al. 2024 (arXiv 2311.18828), equation 7: down s_fake - s_real, which points away."""
    objective = begun("dmd", NormalContext(shift), w=1)
    objective.fake = NormalUnet(shift)  # its mean is that of the student's ends
    before, after = updated_ends(objective)
    assert shift * (after - before).mean() < -0.01


@pytest.mark.parametrize("shift", [1.0, -1.0])
def test_an_update_by_distillation_of_add_moves_the_ends_to_those_of_the_teacher(shift):
    objective = begun("add", NormalContext(shift), w=1, adversarial=0)
    before, after = updated_ends(objective)
    assert shift * (after - before).mean() < -0.01


def test_an_update_before_the_critic_of_add_raises_its_score():
    objective = begun("add", NormalContext(1.0), distillation=0)
    objective.adversary = judged(lr=1e-9)
    before, after = updated_ends(objective)
    up = objective.adversary.critic.weight.detach().view(4, 2, 2)
    assert ((after - before) * up).sum((1, 2, 3)).mean() > 0.01


@pytest.mark.parametrize("method", ["lcm", "lcm_unet"])
def test_the_target_is_an_average_that_moves_with_the_training(method):
    objective = begun(method, NormalContext(), steps=4)
    objective.tuning = objective.tuning.model_copy(update={"ema": 0.9})
    start = objective.network.learnt.weight.detach().clone()
    training = LatentTraining(objective, objective.tuning)
    objective.follow(training.weights())
    for _ in range(4):
        training.step()
    target, live = objective.average["learnt.weight"], objective.network.learnt.weight
    assert not torch.equal(target, start) and not torch.equal(target, live)
    assert torch.equal(target, training.weights()["learnt.weight"])


@pytest.mark.parametrize(("method", "bound"), [("lcm_unet", 0.15), ("lcm", 0.3)])
def test_a_consistent_student_ends_where_the_trajectories_of_its_teacher_end(method, bound):
    """It begins at the means of its captions, half a unit off."""
    objective = begun(method, NormalContext(), lr=0.003, w_low=1, w_high=1)
    x_t, t, states = last_noise()
    wanted = exact_end(x_t, t, mean_of(states))
    assert off(ends_of(predictor(objective.network)), wanted) > 0.4
    assert off(ends_of(trained(objective)), wanted) < bound


def test_a_progressive_student_ends_in_one_step_where_its_teacher_ends_in_eight():
    objective = begun("progressive", NormalContext(), lr=0.03, w=1, first=4, adversarial=0)
    objective.adversary = judged(channels=8)  # of pairs
    x, t, states = last_noise()
    for far in 8 * [125]:
        v, s = exact_velocity(x, t, mean_of(states)), (t - far).clamp(min=0)
        (alpha, sigma), (alpha_s, sigma_s) = rates(t), rates(s)
        x0, noise = alpha * x - sigma * v, sigma * x + alpha * v
        x, t = (alpha_s * x0 + sigma_s * noise if t[0] >= far else x0), s
    assert off(ends_of(predictor(objective.network)), x) > 0.3
    assert off(ends_of(trained(objective)), x) < 0.1


def spread(ends):
    """Return the distance of the ends of each caption from N(mean, 0.5²), Wasserstein-2."""
    means = mean_of(last_noise()[2])
    apart = [(ends - means)[means.flatten() == mean] for mean in MEANS[:2]]
    return max(((x.mean()) ** 2 + (x.std() - DEVIATION) ** 2) ** 0.5 for x in apart).item()


def test_matched_distributions_have_the_mean_and_the_spread_of_the_real_one():
    """The student begins at the means, without a spread."""
    options = {"w": 1, "fake_lr": 0.01, "fake_steps": 5}
    objective = begun("dmd", NormalContext(), steps=180, lr=0.01, **options)
    assert spread(ends_of(predictor(objective.network))) > 0.45
    assert spread(ends_of(trained(objective))) < 0.37


@pytest.mark.parametrize(("adversarial", "distillation"), [(1, 0), (0, 2.5), (1, 2.5)])
def test_ends_of_add_find_the_real_mean_by_either_term(adversarial, distillation):
    terms = {"adversarial": adversarial, "distillation": distillation}
    objective = begun("add", NormalContext(1.0), steps=200, lr=0.01, w=1, **terms)
    objective.adversary = judged()
    means = mean_of(last_noise()[2])
    assert (ends_of(predictor(objective.network)) - means).mean() > 0.9
    assert (ends_of(trained(objective)) - means).mean().abs() < 0.3


@torch.no_grad()
def velocity_error(predict, wanted):
    """Return how far v is off, at random times and noise; `wanted` is a function of all three."""
    x, _, states = last_noise()
    t = torch.arange(len(x)) * 1000 // len(x)
    alpha, sigma = rates(t)
    x_t = alpha * mean_of(states) + sigma * x
    return off(predict(x_t, t, states), wanted(x_t, t, mean_of(states)))


def test_a_fine_tuned_base_knows_the_velocity_of_the_other_style():
    """Latents of the style lie one unit higher."""
    objective = begun("fine_tune", NormalContext(), lr=0.02, style="night", dropout=0)

    def wanted(x_t, t, mean):
        return exact_velocity(x_t, t, mean + 1)

    assert velocity_error(predictor(objective.network), wanted) > 0.3
    assert velocity_error(trained(objective), wanted) < 0.1


def under(unet, w):
    """Return a student under a scale that it is told."""

    def predict(x_t, t, states):
        told = guidance_embedding(torch.full((len(x_t),), w), 32)
        return unet(x_t, t, states, timestep_cond=told).sample

    return predict


def test_a_student_that_is_told_the_scale_says_what_guidance_makes_of_two_answers():
    """The wanted velocity is that of Ho & Salimans 2022 (arXiv 2207.12598), equation 6."""
    objective = begun("guidance_distillation", NormalContext(), lr=0.03, w_low=2, w_high=6)
    unet, scales = objective.network, (2.0, 4.0, 6.0)

    def errors():
        return [velocity_error(under(unet, w), partial(guided_velocity_at, w)) for w in scales]

    assert min(errors()) > 1
    trained(objective)
    assert max(errors()) < 0.4


def guided_velocity_at(w, x_t, t, mean):
    none = exact_velocity(x_t, t, torch.zeros_like(mean))
    return none + w * (exact_velocity(x_t, t, mean) - none)
