"""The losses of students that are judged: ADD, distribution matching, progressive distillation.

Against the formulas of their papers, written out; both take the same draws.
"""

import pytest
import torch
from stand_ins import (
    assert_gradients,
    assert_loss,
    assert_same,
    begun,
    drawn_end,
    guided,
    jumped,
    live,
    noised,
    parted,
    rates,
    with_weights,
)

from pipelines.methods.latent import add, dmd

pytestmark = pytest.mark.slow


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


def test_dmd_shows_the_student_what_it_sees_when_it_draws():
    """Yin et al. 2024 (arXiv 2405.14867), section 4.5: its own answers, noised again."""
    objective = begun("dmd", simulated=1)
    batch = objective.batch(0)
    t = batch.choice(dmd.TIMES)
    found = objective._drawn(batch, t)
    again = objective.batch(0)
    again.choice(dmd.TIMES)
    x_t, seen = again.noise, {999: again.noise}
    with torch.no_grad():
        for time, below in ((999, 759), (759, 499), (499, 259)):
            at = torch.full_like(t, time)
            end = jumped(x_t, objective.network(x_t, at, again.condition).sample, at)
            x_t = seen[below] = noised(end, again.more_noise(), torch.full_like(t, below))
    wanted = torch.stack([seen[time][row] for row, time in enumerate(t.tolist())])
    assert set(t.tolist()) == set(seen)
    assert_same(found, wanted)


def test_dmd_learns_from_what_it_draws_if_it_is_told_to(monkeypatch):
    objective = begun("dmd", simulated=1)
    batch = objective.batch(0)
    t = batch.choice(dmd.TIMES)
    x_t = objective._drawn(batch, t)
    end = jumped(x_t, objective.network(x_t, t, batch.condition).sample, t)
    followed = []
    monkeypatch.setattr(
        objective, "_follow", lambda end, batch: followed.append(end) or torch.tensor(0.0)
    )
    objective.terms(0)
    assert_same(followed[0], end)


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
