"""Students of the plane: each loss, and its gradient, against the paper's formula.

A test draws the same random numbers as the loss, in the same order, and writes the formula out.
"""

import copy
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from loss_samples import MOON, X0, B, check, edm_denoised, made, randint, randn
from torch import Tensor, nn
from torch.nn.functional import softplus

from pipelines.diffusion.denoisers import Denoiser, edm_scalings, gaussian_denoiser
from pipelines.diffusion.level_weights import KNOTS
from pipelines.diffusion.randomness import stream
from pipelines.diffusion.samplers import heun, last
from pipelines.diffusion.schedules import Segmented, karras
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import multistep_consistency


def lognormal(mean: float, deviation: float, low: float, generator: torch.Generator) -> Tensor:
    return (mean + deviation * randn(generator, 1)).exp().clamp(low, 10)


def consistent(network: nn.Module, x: Tensor, sigma: Tensor, *told: Tensor) -> Tensor:
    """Return f(x, sigma) of Song et al. 2023, appendix C: x itself at sigma = 0.01."""
    c_in, away = 1 / (1 + sigma**2).sqrt(), sigma - 0.01
    raw = network(c_in * x, torch.cat([sigma.log() / 4, *told], dim=1))
    return x / (1 + away**2) + away * c_in * raw


def grid_of(intervals: int) -> Tensor:
    """Return rising levels from 0.01 to 10 (Karras et al. 2022, equation 5, rho = 7)."""
    share = torch.linspace(0, 1, intervals + 1, dtype=torch.float64)
    return ((0.01 ** (1 / 7) + share * (10 ** (1 / 7) - 0.01 ** (1 / 7))) ** 7).float()


def heun_down(denoised: Callable[..., Tensor], x: Tensor, high: Tensor, low: Tensor) -> Tensor:
    """Return the step of Karras et al. 2022, Algorithm 1."""
    first = (x - denoised(x, high)) / high
    ahead = x + (low - high) * first
    return x + (low - high) * 0.5 * (first + (ahead - denoised(ahead, low)) / low)


def huber(x: Tensor, y: Tensor, c: float = 0.03) -> Tensor:
    """Return the distance of Song & Dhariwal 2023, equation 11: (B, 1)."""
    return ((x - y).square().sum(1, keepdim=True) + c**2).sqrt() - c


# --- consistency -------------------------------------------------------------------------------


def test_consistency_distillation_meets_the_target_one_heun_step_below(tmp_path: Path) -> None:
    """Song et al. 2023, Algorithm 2: the teacher steps, the target says where it ends."""
    objective, generator = made(tmp_path, "consistency_distillation"), stream("loss")
    teacher, target = objective.teacher.network, objective.target.network
    grid, n = grid_of(18), randint(18, generator)
    low, high = grid[n], grid[n + 1]
    x_hi = X0 + high * randn(generator)
    with torch.no_grad():
        x_lo = heun_down(lambda x, at: edm_denoised(teacher, x, at), x_hi, high, low)
        goal = consistent(target, x_lo, low)
    check(objective, (consistent(objective.network, x_hi, high) - goal).square().mean())


def test_guided_consistency_follows_the_guided_teacher_over_skipped_levels(
    tmp_path: Path,
) -> None:
    """Luo et al. 2023, Algorithm 1: (1 + omega) D(c) - omega D(null), omega = w - 1."""
    options = "{intervals: 20, skip: 3, lowest: 1, highest: 5}"
    objective, generator = made(tmp_path, "guided_consistency", options), stream("loss")
    teacher, target = objective.teacher.network, objective.target.network
    grid, n = grid_of(20), randint(18, generator)
    w = 1 + 4 * torch.rand(B, 1, generator=generator)
    low, high, omega = grid[n], grid[n + 3], w - 1
    x_hi = X0 + high * randn(generator)
    with torch.no_grad():
        given, free = (
            edm_denoised(teacher, x_hi, high, label) for label in (MOON, torch.full((B, 1), -1.0))
        )
        guided = (1 + omega) * given - omega * free
        x_lo = guided + low / high * (x_hi - guided)
        goal = consistent(target, x_lo, low, MOON, w)
    found = consistent(objective.network, x_hi, high, MOON, w)
    check(objective, (found - goal).square().mean())


def test_consistency_training_compares_two_levels_of_one_noise(tmp_path: Path) -> None:
    """Song et al. 2023, Algorithm 3."""
    objective, generator = made(tmp_path, "consistency_training"), stream("loss")
    grid, n = grid_of(18), randint(18, generator)
    low, high, noise = grid[n], grid[n + 1], randn(generator)
    with torch.no_grad():
        goal = consistent(objective.target.network, X0 + low * noise, low)
    found = consistent(objective.network, X0 + high * noise, high)
    check(objective, (found - goal).square().mean())


def test_improved_training_weighs_by_the_gap_of_the_levels(tmp_path: Path) -> None:
    """Song & Dhariwal 2023: sections 3.1 (weight), 3.3 (distance), 3.4 (grid), 3.5 (levels)."""
    objective, generator = made(tmp_path, "ict"), stream("loss")
    grid = grid_of(80)  # 10, doubled after each sixth of the training: three times at 0.5
    below = torch.distributions.LogNormal(-1.1, 2.0).cdf(grid)
    i = torch.multinomial(below.diff() / below.diff().sum(), B, True, generator=generator)
    low, high, noise = grid[i, None], grid[i + 1, None], randn(generator)
    with torch.no_grad():
        goal = consistent(objective.network, X0 + low * noise, low)
    found = consistent(objective.network, X0 + high * noise, high)
    check(objective, (huber(found, goal) / (high - low)).mean(), progress=0.5)


def test_easy_tuning_weighs_by_the_gap_of_its_mapping(tmp_path: Path) -> None:
    """Geng et al. 2024: r = t (1 - n(t) / q^a), n(t) = 1 + 8 sigmoid(-t); a = 4 at 0.4 of 8."""
    objective, generator = made(tmp_path, "ect"), stream("loss")
    t = lognormal(-1.1, 2.0, 0.0101, generator)
    r = (t * (1 - (1 + 8 / (1 + t.exp())) / 2**4)).clamp_min(0.01)
    noise = randn(generator)
    with torch.no_grad():
        goal = consistent(objective.network, X0 + r * noise, r)
    found = consistent(objective.network, X0 + t * noise, t)
    assert (r > 0.01).any()
    check(objective, (huber(found, goal) / (t - r)).mean(), progress=0.4)


def test_multistep_consistency_lands_where_the_student_does_from_one_step_below(
    tmp_path: Path,
) -> None:
    """Heek et al. 2024, Algorithm 1: z = DDIM(f(x_s), s → end), then the x0 that leads there."""
    options = "{segments: 3, intervals: 4}"
    objective, generator = made(tmp_path, "multistep_consistency", options), stream("loss")
    network, teacher = objective.network, objective.teacher.network
    grid, n = grid_of(12), randint(12, generator)
    grid[0] = 0
    low, high, end = grid[n], grid[n + 1], grid[n // 4 * 4]
    x_t, s = X0 + high * randn(generator), low.clamp_min(0.01)
    with torch.no_grad():
        x_s = heun_down(lambda x, at: edm_denoised(teacher, x, at), x_t, high, s)
        pred_x0 = edm_denoised(network, x_s, s)
        z = pred_x0 + end / s * (x_s - pred_x0)
        goal = (z - end / high * x_t) / (1 - end / high)
    weight = ((high**2 + 1) / high**2).clamp_max(400)
    error = (edm_denoised(network, x_t, high) - goal).square().sum(1, keepdim=True)
    check(objective, (weight * error).mean())


class SegmentStudent(Denoiser):
    """The x0 with which DDIM lands on the trajectory at the end of a segment: data N(0, 0.5²)."""

    def __init__(self, stops: Tensor) -> None:
        super().__init__(nn.Linear(1, 1), edm_scalings)
        self.stops = stops

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        below = self.stops < level - 1e-6
        end = torch.where(below, self.stops, 0.0).amax(1, keepdim=True)
        landed = x * ((0.25 + end**2) / (0.25 + level**2)).sqrt()
        return (landed - end / level * x) / (1 - end / level)


@pytest.mark.parametrize("segments", [1, 3])
def test_an_exact_student_of_its_segments_has_no_loss(segments: int) -> None:
    """One of other segments has; their ends are those at which the sampler stops."""
    options = multistep_consistency.Options(segments=segments, intervals=20)
    teacher, x0 = gaussian_denoiser(torch.zeros(2), 0.5 * torch.ones(2)), 0.5 * randn(stream("x"))
    losses = [
        multistep_consistency.SegmentLoss(SegmentStudent(stops), teacher, options)
        .loss(x0, stream("loss"), 0.0)
        .item()
        for stops in (Segmented().levels(segments), Segmented().levels(segments + 1))
    ]
    assert losses[0] < 1e-5
    assert losses[1] > 100 * losses[0]


@pytest.mark.parametrize("progress", [0.03, 0.5])
def test_the_tangent_of_scm_is_normalised_and_warms_up(tmp_path: Path, progress: float) -> None:
    """Lu & Song 2024, Algorithm 1: df/dt along the teacher's dx/dt, with r = progress / 0.15.

    The learned weight of a level is w = 2 place here, from the lowest level to the highest.
    """
    objective, generator = made(tmp_path, "scm"), stream("loss")
    with torch.no_grad():
        objective.weights.log_weight.copy_(torch.linspace(0, 2, KNOTS))
    t = lognormal(-1.0, 1.4, 0.002, generator).atan()
    x_t = t.cos() * X0 + t.sin() * randn(generator)
    r, sin, cos = min(1, progress / 0.15), t.sin(), t.cos()

    def field(network: nn.Module, x: Tensor, t: Tensor) -> Tensor:
        return -network(x, t.tan().log() / 4)

    exact, h = copy.deepcopy(objective.network).double(), 1e-5
    found = field(objective.network, x_t, t)
    with torch.no_grad():
        way = field(objective.teacher.network, x_t, t)
        ahead, behind = (
            field(exact, x_t.double() + k * h * way, t.double() + k * h) for k in (1, -1)
        )
        rate = ((ahead - behind) / (2 * h)).float()
        g = -(cos**2) * (found - way) - r * sin * cos * (x_t + rate)
        g = g / (g.norm(dim=1, keepdim=True) + 0.1)
    w = 2 * (t.tan().log() - math.log(0.002)) / math.log(10 / 0.002)
    each = (found - found.detach() - g).square().sum(1, keepdim=True) / 2
    check(objective, (w.exp() * each - w).mean(), progress)


def test_the_weights_of_scm_learn_what_each_level_has_left(tmp_path: Path) -> None:
    objective = made(tmp_path, "scm")
    objective.loss(X0, stream("loss"), 0.5).backward()
    objective.stepped(0.5)
    assert (objective.weights.log_weight > 0).any()  # the normalised tangent is below 1


# --- adversaries -------------------------------------------------------------------------------


class Opponent:
    """A second discriminator, which learns by a formula and torch's own Adam."""

    def __init__(self, objective: PlaneObjective, hinge: bool, r1: float) -> None:
        self.network = copy.deepcopy(objective.adversary.discriminator)
        self.adam = torch.optim.Adam(self.network.parameters(), 1e-3, (0.5, 0.99))
        self.hinge, self.r1, self.done = hinge, r1, 0

    def learn(self, fake: Tensor) -> None:
        """Take one step against fake points: ln D(x0) + ln(1 - D(G(z))), or the hinge loss."""
        x = X0.clone().requires_grad_()
        real, fake = self.network(x), self.network(fake.detach())
        if self.hinge:
            loss = (1 - real).clamp_min(0).mean() + (1 + fake).clamp_min(0).mean()
        else:
            loss = -real.sigmoid().log().mean() - (1 - fake.sigmoid()).log().mean()
        if self.done % 4 == 0:  # the penalty of four steps at once
            (slope,) = torch.autograd.grad(real.sum(), x, create_graph=True)
            loss = loss + 4 * self.r1 / 2 * slope.square().sum(1).mean()
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        self.done += 1

    def compared(self, objective: PlaneObjective) -> None:
        """Compare this discriminator with the one that has learned in the loss."""
        ours = list(objective.adversary.discriminator.parameters())
        torch.testing.assert_close(ours, list(self.network.parameters()), rtol=1e-3, atol=1e-5)


def test_gan_updates_its_critic_then_fools_it_with_fresh_noise(tmp_path: Path) -> None:
    """Goodfellow et al. 2014, Algorithm 1, and the nonsaturating loss of section 3."""
    objective, generator = made(tmp_path, "gan", "{r1: 0.2}"), stream("loss")
    critic, one = Opponent(objective, hinge=False, r1=0.2), torch.ones(B, 1)
    again = stream("loss")
    for _ in range(3):
        critic.learn(objective.network(randn(generator), one))
        score = critic.network(objective.network(randn(generator), one))
        check(objective, -score.sigmoid().log().mean(), generator=again)
        critic.compared(objective)


def test_consistency_adversarial_adds_what_the_critic_says_of_one_jump(tmp_path: Path) -> None:
    """L_CD + 0.3 E softplus(-D(f(x_T, T))), the critic having seen x0 and f(x_T, T)."""
    options = "{weight: 0.3, r1: 0.2, after: 0.5}"
    objective, generator = made(tmp_path, "consistency_adversarial", options), stream("loss")
    critic, again, top = Opponent(objective, False, 0.2), stream("loss"), torch.full((B, 1), 10.0)
    for _ in range(3):
        distilled = objective.distillation.loss(X0, generator, 0.5)
        jumped = consistent(objective.network, X0 + 10 * randn(generator), top)
        critic.learn(jumped)
        adversarial = softplus(-critic.network(jumped)).mean()
        check(objective, distilled + 0.3 * adversarial, progress=0.5, generator=again)
        critic.compared(objective)
    check(objective, objective.distillation.loss(X0, stream("loss"), 0.4), progress=0.4)


def test_add_weighs_the_teachers_word_on_renoised_samples(tmp_path: Path) -> None:
    """Sauer et al. 2023, equations 1 to 4: hinge, R1, and c(sigma) |f - sg D(f + sigma z')|²."""
    objective, generator = made(tmp_path, "add", "{distillation: 1.5}"), stream("loss")
    critic, again = Opponent(objective, hinge=True, r1=0.1), stream("loss")
    for _ in range(3):
        level = torch.tensor([10.0, 2.0, 0.7, 0.2])[randint(4, generator)]
        guess = edm_denoised(objective.network, X0 + level * randn(generator), level)
        critic.learn(guess)
        sigma = lognormal(-0.8, 1.4, 0.01, generator)
        renoised = guess.detach() + sigma * randn(generator)
        goal = edm_denoised(objective.teacher.network, renoised, sigma)
        error = (guess - goal).square().sum(1, keepdim=True)
        distilled = (error / (1 + sigma**2).sqrt()).mean()
        check(objective, -critic.network(guess).mean() + 1.5 * distilled, generator=again)
        critic.compared(objective)


def test_dmd_follows_the_difference_of_scores_and_its_pairs(tmp_path: Path) -> None:
    """Yin et al. 2024, equations 7 to 9, the fake score updated twice before."""
    options = "{critic_steps: 2, regression: 0.5, pairs: 48, teacher_steps: 6}"
    objective, generator = made(tmp_path, "dmd", options), stream("loss")
    network, teacher = objective.network, objective.teacher.network
    fake, top = copy.deepcopy(objective.critic.denoiser.network), torch.full((B, 1), 10.0)
    adam = torch.optim.Adam(fake.parameters(), 1e-3, (0.5, 0.99))
    for _ in range(2):  # denoising the student's samples (EDM, equation 8)
        x, noise = edm_denoised(network, 10 * randn(generator), top).detach(), randn(generator)
        sigma = lognormal(-0.8, 1.4, 0.01, generator)
        error = edm_denoised(fake, x + sigma * noise, sigma) - x
        adam.zero_grad()
        ((sigma**2 + 1) / sigma**2 * error**2).mean().backward()
        adam.step()
    x, noise = edm_denoised(network, 10 * randn(generator), top), randn(generator)
    sigma = lognormal(-0.8, 1.4, 0.01, generator)
    with torch.no_grad():
        real = edm_denoised(teacher, x + sigma * noise, sigma)
        size = (x - real).abs().mean(1, keepdim=True) + 1e-3
        gradient = (edm_denoised(fake, x + sigma * noise, sigma) - real) / size
    moved = (x - x.detach() + gradient).square().sum(1).mean() / 2
    starts = torch.randn(48, 2, generator=generator)
    at = randint(48, generator).flatten()

    def denoised(x: Tensor, sigma: Tensor) -> Tensor:
        return edm_denoised(teacher, x, sigma.expand(len(x), 1))

    ends = last(heun(denoised, 10 * starts, torch.cat([karras(6, 0.01, 10, 7), torch.zeros(1)])))
    one_step = edm_denoised(network, 10 * starts[at], top)
    regression = (one_step - ends[at]).square().sum(1).mean()
    check(objective, moved + 0.5 * regression)
