"""Methods of the plane: where their gradients point, and whom they never reach."""

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from method_samples import FEW, TEACHERS, experiment, parents
from torch import Tensor, nn

from pipelines.diffusion.denoisers import gaussian_denoiser
from pipelines.diffusion.networks import initialise
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.training import PlaneObjective, PlaneTraining
from pipelines.evaluation.plane.networks import training_of
from pipelines.methods.toy import add, dmd
from pipelines.registry import METHODS

B = 64
FAR = torch.tensor([3.0, -2.0])  # where data lie, for a clear direction
ADVERSARIAL = {  # method: options under which only the critic speaks to the generator
    "gan": "{}",
    "consistency_adversarial": "{weight: 1000, target_ema: 0}",
    "add": "{distillation: 0}",
}
TAUGHT = [name for name in TEACHERS if METHODS[name].needs] + [
    "consistency_distillation",
    "consistency_adversarial",
    "multistep_consistency",
    "add",
    "dmd",
    "scm",
]
EVALUATED = {  # method: how many evaluations of its student are differentiated
    "consistency_distillation": 1,
    "guided_consistency": 1,
    "consistency_training": 1,
    "consistency_adversarial": 2,  # the consistency function, and one jump for the critic
    "ict": 1,
    "ect": 1,
    "multistep_consistency": 1,
    "progressive_distillation": 1,
    "add": 1,
    "dmd": 2,  # samples for the scores, and samples of the pairs
}


def training(folder: Path, method: str, options: str | None = None) -> PlaneTraining:
    """Return a training whose network is moved away from its teacher and its target."""
    told = experiment(folder, method, options or FEW.get(method, "{}"))
    teacher = parents(folder, TEACHERS.get(method, "edm")) if METHODS[method].needs else {}
    made = training_of(told, teacher, stream("make"), 20)
    initialise(made.objective.network, stream("moved"))
    return made


def objective(folder: Path, method: str, options: str | None = None) -> PlaneObjective:
    return training(folder, method, options).objective


def far_data(count: int = B) -> Tensor:
    return FAR + 0.1 * normal(count, stream("far"))


# --- score distillation ------------------------------------------------------------------------


class Shifted(nn.Module):
    """A student whose samples are a narrow cloud around a point that learns."""

    def __init__(self) -> None:
        super().__init__()
        self.network, self.at = self, nn.Parameter(torch.tensor([0.5, 0.2]))

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return self.at + 0.01 * x


def around(point: Tensor) -> object:
    return gaussian_denoiser(point, torch.ones(2))


def matching(student: Shifted, **critic: object) -> dmd.MatchingLoss:
    stub = SimpleNamespace(**{"denoiser": around(student.at), "learn": lambda *_: None, **critic})
    options = dmd.Options(regression=0, critic_steps=5)
    return dmd.MatchingLoss(student, around(FAR), stub, None, options)


def test_the_dmd_gradient_points_from_real_to_fake() -> None:
    """Scores of two Gaussians of one width differ by a multiple of the gap of their means."""
    student = Shifted()
    matching(student).loss(normal(B, stream("x")), stream("loss"), 0.0).backward()
    fake = student.at.detach()
    along = torch.cosine_similarity(student.at.grad, fake - FAR, dim=0)
    assert along.item() == pytest.approx(1, abs=1e-4)


def test_dmd_leaves_samples_alone_where_both_scores_agree() -> None:
    student = Shifted()
    made = matching(student, denoiser=around(FAR))
    made.loss(normal(B, stream("x")), stream("loss"), 0.0).backward()
    assert torch.equal(student.at.grad, torch.zeros(2))


def test_the_fake_score_of_dmd_learns_the_students_samples_and_not_the_data() -> None:
    student, shown = Shifted(), []
    made = matching(student, learn=lambda *each: shown.append(each))
    made.loss(far_data(), stream("loss"), 0.0)
    assert len(shown) == 5
    for x, noise, sigma in shown:
        assert (x - student.at).norm(dim=1).max() < 1
        assert not x.requires_grad
        # noise of its own: not the one of which the samples were made
        of_both = torch.stack([(x - student.at).flatten(), noise.flatten()])
        assert torch.corrcoef(of_both.detach())[0, 1].abs() < 0.5
        assert 0.01 <= sigma.min() <= sigma.max() <= 10


def test_the_gradient_of_adds_distillation_stops_at_the_target() -> None:
    """2 c(sigma) (guess - target) / B: the target counts as a constant."""
    teacher = around(FAR)
    made = add.AddLoss(Shifted(), teacher, None, add.Options())
    guess = normal(B, stream("guess")).requires_grad_()
    (found,) = torch.autograd.grad(made.distilled(guess, stream("loss")), guess)
    generator = stream("loss")
    sigma = (-0.8 + 1.4 * torch.randn(B, 1, generator=generator)).exp().clamp(0.01, 10)
    target = teacher(guess + sigma * torch.randn(B, 2, generator=generator), sigma)
    weight = 1 / (1 + sigma**2).sqrt()
    torch.testing.assert_close(found, (2 * weight * (guess - target) / B).detach())


def test_add_moves_samples_towards_what_the_teacher_makes_of_them(tmp_path: Path) -> None:
    """With a teacher that knows one far point, and a critic that says nothing."""
    made = objective(tmp_path, "add")
    made.adversary = SimpleNamespace(learn=lambda *_: None, fooled=lambda fake: 0 * fake.sum())
    made.teacher = lambda x, sigma: FAR.expand_as(x)
    bias = made.network.last.bias
    made.loss(normal(B, stream("x")), stream("loss"), 0.0).backward()
    assert (-bias.grad * FAR).sum() > 0.1


# --- adversaries -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ADVERSARIAL)
def test_a_generators_loss_falls_as_its_score_rises(tmp_path: Path, method: str) -> None:
    made = objective(tmp_path, method, ADVERSARIAL[method])
    made.adversary.learn = lambda *_: None
    x, losses = normal(B, stream("x")), []
    for _ in range(3):
        losses.append(made.loss(x, stream("loss"), 0.0).item())
        with torch.no_grad():
            made.adversary.discriminator.last.bias += 1
    assert losses[0] > losses[1] > losses[2]


@pytest.mark.parametrize("method", ADVERSARIAL)
def test_a_step_of_the_generator_raises_its_score(tmp_path: Path, method: str) -> None:
    made, x = objective(tmp_path, method, ADVERSARIAL[method]), normal(B, stream("x"))
    shown: list[Tensor] = []
    made.adversary.learn = lambda real, fake: shown.append(fake.detach())
    for _ in range(2):
        weights = list(made.network.parameters())
        slopes = torch.autograd.grad(made.loss(x, stream("loss"), 0.0), weights)
        length = sum(slope.square().sum() for slope in slopes).sqrt()
        with torch.no_grad():
            for weight, slope in zip(weights, slopes, strict=True):
                weight -= 0.05 * slope / length
    before, after = (made.adversary.discriminator(fake).mean() for fake in shown)
    assert after > before + 1e-3


@pytest.mark.parametrize("method", ADVERSARIAL)
def test_the_critic_ranks_data_above_samples(tmp_path: Path, method: str) -> None:
    made, generator = objective(tmp_path, method, ADVERSARIAL[method]), stream("loss")
    learn, shown = made.adversary.learn, []

    def watched(real: Tensor, fake: Tensor) -> None:
        shown.append((real, fake))
        learn(real, fake)

    made.adversary.learn = watched
    for _ in range(60):
        made.loss(far_data(), generator, 0.0)
    real, fake = shown[-1]
    critic = made.adversary.discriminator
    assert critic(far_data()).mean() > 0.5 + critic(normal(B, stream("x"))).mean()
    assert torch.equal(real, far_data())
    assert (fake - FAR).norm(dim=1).mean() > 0.5


# --- velocities and tangents -------------------------------------------------------------------


@pytest.mark.parametrize("method", ["flow_matching", "shortcut", "meanflow"])
def test_a_velocity_points_from_data_to_noise(tmp_path: Path, method: str) -> None:
    """From a network that says 0, a step of descent leads towards E[z - x0] = -x0."""
    made = objective(tmp_path, method)
    last = made.network.last
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    made.loss(far_data(), stream("loss"), 0.0).backward()
    along = torch.cosine_similarity(-last.bias.grad, -FAR, dim=0)
    assert along.item() == pytest.approx(1, abs=0.05)


def test_before_its_warm_up_scm_moves_the_student_to_the_teacher(tmp_path: Path) -> None:
    """r = 0 leaves -cos²(t) (F - dx/dt), whose descent makes F the teacher's velocity."""
    made = objective(tmp_path, "scm")
    made.network.load_state_dict(made.teacher.network.state_dict())
    shift = torch.tensor([0.3, -0.4])
    with torch.no_grad():
        made.network.last.bias += shift
    made.loss(normal(B, stream("x")), stream("loss"), 0.0).backward()
    along = torch.cosine_similarity(made.network.last.bias.grad, shift, dim=0)
    assert along.item() == pytest.approx(1, abs=1e-3)


# --- whom a gradient reaches -------------------------------------------------------------------


def follower(made: PlaneObjective) -> nn.Module:
    """Return the slow copy of a student."""
    return getattr(made, "distillation", made).target.network


@pytest.mark.parametrize(
    "method",
    [
        "consistency_distillation",
        "guided_consistency",
        "consistency_training",
        "consistency_adversarial",
        "shortcut",
    ],
)
def test_the_target_follows_by_its_decay_and_gets_no_gradient(tmp_path: Path, method: str) -> None:
    made = training(tmp_path, method, "{target_ema: 0.9}")
    kept = list(follower(made.objective).parameters())
    before = [weight.clone() for weight in kept]
    made.step(normal(B, stream("x")), stream("loss"))
    live = list(made.objective.network.parameters())
    expected = [0.9 * old + 0.1 * now for old, now in zip(before, live, strict=True)]
    torch.testing.assert_close(kept, expected)
    assert all(weight.grad is None for weight in kept)


@pytest.mark.parametrize("method", EVALUATED)
def test_no_gradient_flows_through_a_students_target(tmp_path: Path, method: str) -> None:
    made, seen = objective(tmp_path, method), []
    made.network.register_forward_hook(lambda *each: seen.append(each[2].requires_grad))
    made.loss(normal(B, stream("x")), stream("loss"), 0.5)
    assert seen.count(True) == EVALUATED[method]


def frozen(made: PlaneObjective) -> nn.Module:
    """Return the network of a student's teacher."""
    if hasattr(made, "pairs"):
        return made.pairs.teacher.denoise.network
    return getattr(made, "distillation", made).teacher.network


@pytest.mark.parametrize("method", TAUGHT)
def test_a_step_moves_the_student_and_leaves_its_teacher(tmp_path: Path, method: str) -> None:
    made = training(tmp_path, method)
    known = parents(tmp_path, TEACHERS.get(method, "edm"))["teacher"].weights
    start = copy.deepcopy(made.objective.network.state_dict())
    for _ in range(2):
        made.step(normal(B, stream("x")), stream("loss"))
    after, teacher = made.objective.network.state_dict(), frozen(made.objective)
    assert any(not torch.equal(start[name], after[name]) for name in start)
    assert all(torch.equal(known[name], weight) for name, weight in teacher.state_dict().items())
    assert not any(weight.requires_grad for weight in teacher.parameters())


@pytest.mark.parametrize("method", [*ADVERSARIAL, "dmd"])
def test_the_students_gradient_does_not_reach_its_critic(tmp_path: Path, method: str) -> None:
    """Its own update is all that a critic gets from a step."""
    made = objective(tmp_path, method)
    learns = made.critic if method == "dmd" else made.adversary
    network = learns.denoiser if method == "dmd" else learns.discriminator
    learns.learn = lambda *_: None
    made.loss(normal(B, stream("x")), stream("loss"), 0.5).backward()
    assert all(weight.grad is None for weight in network.parameters())
    assert all(weight.grad is not None for weight in made.network.parameters())


@pytest.mark.parametrize(("both", "count"), [("true", 2), ("false", 1)])
def test_only_by_request_does_a_gradient_flow_through_both_sides(
    tmp_path: Path, both: str, count: int
) -> None:
    options = f"{{both_sides: {both}, target_ema: 0}}"
    made, seen = objective(tmp_path, "consistency_distillation", options), []
    made.network.register_forward_hook(lambda *each: seen.append(each[2].requires_grad))
    made.loss(normal(B, stream("x")), stream("loss"), 0.0)
    assert seen.count(True) == count
