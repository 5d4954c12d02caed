"""The losses of the methods on pictures, against the formulas of their papers, written out.

Both take the same draws. The U-Nets are stand-ins of a few weights. Nothing here asks the process
of the package for its rates, its steps, or its guidance.
"""

from copy import deepcopy
from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from diffusers import LCMScheduler
from diffusers.configuration_utils import FrozenDict
from diffusers.loaders import PeftAdapterMixin
from tiny_students import student
from torch import nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import add, denoiser, dmd
from pipelines.methods.latent.consistency import solver_grid
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.process import Process
from pipelines.methods.latent.told_guidance import guidance_embedding, widened
from pipelines.methods.latent.training_context import TrainingContext
from pipelines.registry import LATENT_METHODS

pytestmark = pytest.mark.slow

BATCH = 64
BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64).square()
ALPHAS_CUMPROD = (1 - BETAS).cumprod(0).float()  # of Stable Diffusion 1.5


class StandIn(PeftAdapterMixin, nn.Module):
    """What a U-Net takes and returns: v depends on x_t, on the time, the text and the guidance."""

    def __init__(self, *seed: object) -> None:
        super().__init__()
        self.config = FrozenDict({"in_channels": 4})
        self.conv1 = nn.Conv2d(4, 4, 1)  # by this name an adapter finds it
        self.text, self.time = nn.Linear(6, 4), nn.Linear(1, 4)
        self.guidance = nn.Linear(32, 4)
        generator = stream("stand-in", *seed)
        for weight in self.parameters():
            nn.init.normal_(weight, 0, 0.5, generator=generator)

    def forward(self, x_t, t, condition, timestep_cond=None):
        time = torch.sin(t.float()[:, None])  # one time more or less shows
        moved = self.text(condition.mean(1)) + self.time(time)
        if timestep_cond is not None:
            moved = moved + self.guidance(timestep_cond)
        return SimpleNamespace(sample=self.conv1(x_t) + moved[:, :, None, None])


class StandInContext(TrainingContext):
    """Random latents in two styles with captions, a teacher, and what a student begins as."""

    def __init__(self) -> None:
        self.teacher = StandIn("teacher").requires_grad_(False)
        self.pipeline = SimpleNamespace(unet=StandIn("student").requires_grad_(False))
        self.process, self.device = Process(), torch.device("cpu")
        generator = stream("scenes")
        self.hidden_states = torch.randn(10, 3, 6, generator=generator)
        self.cached = {}
        for style in ("base", "night"):
            self.cached[f"latents.{style}"] = torch.randn(40, 4, 2, 2, generator=generator)
            self.cached[f"captions.{style}"] = torch.randint(9, (40,), generator=generator)

    def batch(self, count, step, seed, style="base"):
        return super().batch(count, step, "any", style)


def begun(method, style="base", steps=8, **options):
    """Return an objective whose average is another network than the one that learns."""
    module = import_module(LATENT_METHODS[method].module)
    tuning = Tuning(steps=steps, batch=BATCH, lr=0.02, ema=0.5)
    of = student(method, **options).model_copy(update={"train": tuning, "style": style})
    made = module.make
    if method in ("lcm", "guidance_distillation"):
        unwidened = {"new_network": lambda self: deepcopy(self.context.pipeline.unet)}
        made = type("Told", (module.make,), unwidened)
    objective = made(StandInContext(), of)
    for name, weight in objective.network.named_parameters():
        weight.requires_grad_(True)
        with torch.no_grad():  # B of an adapter is zero at first: it would hide A
            weight.add_(torch.randn(weight.shape, generator=stream(name)), alpha=0.3)
    own = dict(objective.network.named_parameters())
    objective.follow({name: 0.7 * weight.detach() - 0.1 for name, weight in own.items()})
    return objective


def rates(t):
    kept = ALPHAS_CUMPROD[t][:, None, None, None]
    return kept.sqrt(), (1 - kept).sqrt()


def parted(x_t, v, t):
    """Return x0 and noise from v (Salimans & Ho 2022, appendix D)."""
    alpha, sigma = rates(t)
    return alpha * x_t - sigma * v, sigma * x_t + alpha * v


def noised(x0, noise, t):
    alpha, sigma = rates(t)
    return alpha * x0 + sigma * noise


def guided(unet, x_t, t, batch, w):
    """Return v of Ho & Salimans 2022 in the scale of diffusers: w = 1 is no guidance."""
    with torch.no_grad():
        given, none = (unet(x_t, t, s).sample for s in (batch.condition, batch.empty))
    return (1 - w) * none + w * given


def jumped(x_t, v, t):
    """Return f(x_t, t) of Luo et al. 2023, section 4.1, as LCMScheduler has it."""
    scaled = 10.0 * t[:, None, None, None]
    c_skip, c_out = 0.25 / (scaled**2 + 0.25), scaled / (scaled**2 + 0.25) ** 0.5
    return c_skip * x_t + c_out * parted(x_t, v, t)[0]


def huber(x, y, c):
    return (((x - y) ** 2 + c * c) ** 0.5 - c).mean()


def with_weights(objective, weights):
    """Return the student as a function of its weights, those of an adapter multiplied out."""
    unet = deepcopy(objective.context.pipeline.unet)
    with torch.no_grad():
        if "wide.0" in weights:
            wide, narrow = weights["wide.0"].flatten(1), weights["narrow.0"].flatten(1)
            unet.conv1.weight += (wide @ narrow).view_as(unet.conv1.weight)
        else:
            unet.load_state_dict(weights)
    return unet


def live(objective):
    return with_weights(objective, dict(objective.network.named_parameters()))


def assert_loss(found, wanted):
    assert found.item() == pytest.approx(wanted.item(), rel=2e-4)


@pytest.mark.parametrize("method", ["lcm_lora", "lcm_unet"])
def test_the_untold_student_meets_its_average_one_guided_step_of_ddim_below(method):
    """Luo et al. 2023 (arXiv 2310.04378), algorithm 1, with Huber for the distance."""
    objective = begun(method, skip=100, w_low=2.0, w_high=9.0, huber=0.1)
    batch = objective.batch(0)
    t = batch.choice(torch.arange(19, 1000, 20))
    s, w = (t - 100).clamp(min=0), batch.uniform(2.0, 9.0)
    x_t = noised(batch.x0, batch.noise, t)
    v = guided(objective.context.teacher, x_t, t, batch, w)
    x_s = noised(*parted(x_t, v, t), s)
    target, unet = with_weights(objective, objective.average), live(objective)
    aim = jumped(x_s, target(x_s, s, batch.condition).sample, s)
    end = jumped(x_t, unet(x_t, t, batch.condition).sample, t)
    assert_loss(objective.terms(0)["loss"], huber(end, aim, 0.1))


@pytest.mark.parametrize("method", ["lcm_lora", "lcm_unet"])
def test_without_an_average_the_target_is_the_student_and_gets_no_gradient(method):
    """With target 0, as in diffusers' script, the target is a constant all the same."""
    objective = begun(method, target=0)
    objective.terms(0)["loss"].backward()
    own = dict(objective.network.named_parameters())
    found = {name: weight.grad for name, weight in own.items()}
    frozen = begun(method, target=1)
    frozen.follow({name: weight.detach().clone() for name, weight in own.items()})
    frozen.terms(0)["loss"].backward()
    for name, weight in frozen.network.named_parameters():
        if weight.grad is not None and "guidance" not in name:
            assert torch.allclose(found[name], weight.grad, rtol=1e-4, atol=1e-7), name


def test_students_start_from_the_times_of_lcm_scheduler():
    scheduler = LCMScheduler.from_config(denoiser.shipped_scheduler().config)
    scheduler.set_timesteps(50, original_inference_steps=50)
    assert solver_grid(100)[0].flip(0).tolist() == scheduler.timesteps.tolist()


def told(w):
    """Return the embedding of w - 1 by sines and cosines of 1000 (w - 1), 32 numbers wide."""
    frequencies = torch.tensor([1000.0 * 10_000.0 ** (-i / 15) for i in range(16)])
    angles = (w.flatten()[:, None] - 1) * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


def two_scales(objective, times, low, high):
    """Draw half a batch and take it twice, under scales mirrored between their bounds."""
    half = objective.context.batch(BATCH // 2, 0, None)
    t, w = half.choice(times), half.uniform(low, high)
    t, w, batch = torch.cat([t, t]), torch.cat([w, low + high - w]), half.twice()
    x_t = noised(batch.x0, batch.noise, t)
    v = guided(objective.context.teacher, x_t, t, batch, w)
    return SimpleNamespace(batch=batch, x_t=x_t, t=t, w=w, v=v)


def test_the_told_student_meets_its_average_under_the_same_scale():
    """Luo et al. 2023, algorithm 1: student and target are told the w that led the step."""
    objective = begun("lcm", skip=60, w_low=2.0, w_high=6.0, huber=0.1)
    of = two_scales(objective, torch.arange(19, 1000, 20), 2.0, 6.0)
    s, states = (of.t - 60).clamp(min=0), of.batch.condition
    x_s = noised(*parted(of.x_t, of.v, of.t), s)
    target, unet = with_weights(objective, objective.average), live(objective)
    aim = jumped(x_s, target(x_s, s, states, told(of.w)).sample, s)
    end = jumped(of.x_t, unet(of.x_t, of.t, states, told(of.w)).sample, of.t)
    assert_loss(objective.terms(0)["loss"], huber(end, aim, 0.1))


def test_guidance_distillation_is_the_squared_distance_to_the_guided_velocity():
    """Meng et al. 2023 (arXiv 2210.03142), section 3.1, in v."""
    objective = begun("guidance_distillation", w_low=2.0, w_high=6.0)
    of = two_scales(objective, torch.arange(1000), 2.0, 6.0)
    v = live(objective)(of.x_t, of.t, of.batch.condition, told(of.w)).sample
    assert_loss(objective.terms(0)["loss"], ((v - of.v) ** 2).mean())


def test_the_scale_that_a_student_is_told_is_counted_from_no_guidance():
    w = torch.tensor([1.0, 2.5, 8.0])
    assert torch.allclose(guidance_embedding(w, 32), told(w), atol=2e-3)


def test_a_student_that_is_told_the_guidance_begins_as_the_base(base):
    unet = load(base).unet
    x = torch.randn(2, 4, 8, 8, generator=stream("x"))
    asked = x, torch.tensor([999, 20]), torch.ones(2, 3, 16)
    with torch.no_grad():
        found = widened(unet, 32, 0)(*asked, timestep_cond=told(torch.tensor([2.0, 7.0]))).sample
        assert torch.allclose(found, unet(*asked).sample, atol=1e-6)


@pytest.mark.parametrize("method", ["fine_tune", "style_lora"])
def test_the_loss_of_a_style_is_that_of_the_base_on_pictures_of_the_style(method):
    """The squared error of v, a share of the captions emptied."""
    objective = begun(method, style="night", dropout=0.25)
    batch = objective.batch(0, "night")
    t = batch.choice(torch.arange(1000))
    empty = batch.uniform(0, 1).flatten() < 0.25
    assert 0 < empty.sum() < BATCH // 2
    states = batch.condition.clone()
    states[empty] = objective.context.hidden_states[-1]
    alpha, sigma = rates(t)
    v = live(objective)(noised(batch.x0, batch.noise, t), t, states).sample
    error = v - (alpha * batch.noise - sigma * batch.x0)
    assert_loss(objective.terms(0)["loss"], (error**2).mean())


class Judge:
    """Stands for a critic in training: keeps what it is shown."""

    def __init__(self) -> None:
        self.learnt, self.asked = [], []

    def learn(self, *shown):
        self.learnt.append(shown)
        return torch.tensor(0.0)

    def pleased(self, fake, text):
        self.asked.append((fake, text))
        return fake.square().mean()


def assert_same(found, wanted):
    assert torch.allclose(found, wanted, rtol=1e-3, atol=1e-4)


def assert_gradients(objective, loss, wanted):
    """Compare the gradients of two losses in the student's weights."""
    own = dict(objective.network.named_parameters())
    learning = [weight for name, weight in own.items() if "guidance" not in name]
    both = (torch.autograd.grad(one, learning) for one in (loss, wanted))
    for one, other in zip(*both, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-6)


def drawn_end(objective, times):
    """Return the batch of the first step and where the student jumps to."""
    batch = objective.batch(0)
    t = batch.choice(times)
    x_t = noised(batch.x0, batch.noise, t)
    return batch, jumped(x_t, objective.network(x_t, t, batch.condition).sample, t)


def answered_by_the_teacher(objective, below):
    """Return the ends, what the teacher makes of them, noised anew, and alpha of that noise."""
    batch, end = drawn_end(objective, add.TIMES)
    t = batch.choice(torch.arange(20, below))
    x_t = noised(end, batch.more_noise(), t).detach()
    x0, _ = parted(x_t, guided(objective.context.teacher, x_t, t, batch, 4.0), t)
    return end, x0, rates(t)[0]


def test_distillation_of_add_is_weighted_by_alpha():
    """Sauer et al. 2023 (arXiv 2311.17042), equations 1 and 4, exponential weighting."""
    objective = begun("add", adversarial=0.3, distillation=2.5, w=4.0, below=800)
    objective.adversary = Judge()
    end, x0, alpha = answered_by_the_teacher(objective, 800)
    wanted = (alpha * (end - x0) ** 2).mean()
    terms = objective.terms(0)
    assert_loss(terms["distillation"], wanted)
    assert_loss(terms["loss"], 0.3 * (end**2).mean() + 2.5 * wanted)


def test_no_gradient_flows_through_the_teacher_of_add():
    """Sauer et al. 2023, section 3.1: the teacher's answer is a constant."""
    objective = begun("add", adversarial=0, distillation=1, w=4.0, below=1000)
    end, x0, alpha = answered_by_the_teacher(objective, 1000)
    gradient = 2 * alpha * (end - x0).detach() / end.numel()
    assert_gradients(objective, objective.terms(0)["loss"], (end * gradient).sum())


def test_the_critic_of_add_sees_scenes_against_ends_and_captions_against_others():
    objective = begun("add")
    objective.adversary = judge = Judge()
    batch, end = drawn_end(objective, add.TIMES)
    objective.terms(0)
    (real, fake, text, other), states = judge.learnt[0], batch.condition.mean(1)
    assert_same(real, batch.x0), assert_same(fake, end), assert_same(text, states)
    assert_same(judge.asked[0][0], end), assert_same(judge.asked[0][1], states)
    assert not torch.isclose(text, other).all(1).all()
    assert_same(other.sort(0).values, states.sort(0).values)  # captions of the same batch


def test_the_student_of_dmd_follows_the_normalised_difference_of_two_scores():
    """Yin et al. 2024 (arXiv 2311.18828), equations 7 and 8."""
    objective = begun("dmd", w=4.0, fake_steps=1)
    batch, end = drawn_end(objective, dmd.TIMES)
    batch.choice(torch.arange(1000)), batch.more_noise()  # for the update of the fake score
    t = batch.choice(torch.arange(20, 980))
    x_t = noised(end.detach(), batch.more_noise(), t)
    loss = objective.terms(0)["loss"]
    real, _ = parted(x_t, guided(objective.context.teacher, x_t, t, batch, 4.0), t)
    with torch.no_grad():  # as it is after its update
        fake, _ = parted(x_t, objective.fake(x_t, t, batch.condition).sample, t)
    gradient = (fake - real) / ((end - real).abs().mean((1, 2, 3), keepdim=True) + 1e-3).detach()
    assert_loss(loss, 0.5 * (gradient**2).mean())
    assert_gradients(objective, loss, (end * gradient).mean())


@pytest.mark.parametrize("updates", [1, 3])
def test_the_fake_score_of_dmd_learns_v_on_ends_of_the_student(updates):
    """The loss of DMD, section 3.2: what a denoiser of the student's own pictures minimises."""
    objective, seen = begun("dmd", fake_steps=updates), []
    objective.muon.step = lambda *_: seen.append(objective.fake.conv1.weight.grad.clone())
    batch, end = drawn_end(objective, dmd.TIMES)
    end = end.detach()
    for _ in range(updates):
        t, noise = batch.choice(torch.arange(1000)), batch.more_noise()
        alpha, sigma = rates(t)
        v = objective.fake(noised(end, noise, t), t, batch.condition).sample
        error = ((v - (alpha * noise - sigma * end)) ** 2).mean()
    (wanted,) = torch.autograd.grad(error, [objective.fake.conv1.weight])
    assert_loss(objective.terms(0)["fake"], error)
    assert len(seen) == updates and torch.allclose(seen[-1], wanted, rtol=1e-3, atol=1e-6)


def ddim(unet, x_t, t, s, batch, w=1.0):
    """Return one step of DDIM; at time -1 there is no noise left."""
    x0, noise = parted(x_t, guided(unet, x_t, t, batch, w), t)
    return torch.where((s < 0)[:, None, None, None], x0, noised(x0, noise, s.clamp(min=0)))


PHASES = [(1, 8, 62, 5.0), (2, 4, 125, 1.0), (7, 1, 500, 1.0)]  # step, jumps, half a jump, w


@pytest.mark.parametrize(("step", "jumps", "half", "w"), PHASES)
def test_one_step_of_the_progressive_student_is_two_of_its_teacher(step, jumps, half, w):
    """Salimans & Ho 2022, algorithm 2, on the times of each phase.

    The first teacher is the base under guidance, the next the student's average before.
    """
    objective = begun("progressive", w=5.0, adversarial=0.5, first=8)
    objective.adversary = judge = Judge()
    teacher = objective.context.teacher
    if jumps < 8:
        teacher = with_weights(objective, objective.average)
    batch, whole = objective.batch(step), 1000 // jumps
    t = batch.choice(torch.arange(whole - 1, 1000, whole))
    x_t = noised(batch.x0, batch.noise, t)
    middle = ddim(teacher, x_t, t, t - half, batch, w)
    goal = ddim(teacher, middle, t - half, t - whole, batch, w)
    came = ddim(live(objective), x_t, t, t - whole, batch)
    terms = objective.terms(step)
    assert_loss(terms["distance"], ((came - goal) ** 2).mean())
    real, pair = (torch.cat([x, x_t], 1) for x in (goal, came))
    assert_same(judge.learnt[0][0], real), assert_same(judge.learnt[0][1], pair)
    assert_same(judge.asked[0][0], pair)
    assert_loss(terms["loss"], terms["distance"] + 0.5 * (pair**2).mean())


def test_an_adapter_of_rank_r_is_added_with_a_scale_of_one():
    """Hu et al. 2021 (arXiv 2106.09685): W + (alpha / r) B A with alpha = r, as published."""
    objective = begun("lcm_lora", rank=3)
    assert objective.network.narrow[0].shape == (3, 4, 1, 1)
    fused = objective.network.fused()["conv1.weight"]
    assert torch.allclose(fused, live(objective).conv1.weight)
