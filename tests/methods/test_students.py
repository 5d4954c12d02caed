"""Students against known answers: data whose trajectories, scores and maps are in closed form."""

import math
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from method_samples import FEW, SHAPE, TEACHERS, TOY, experiment, parents
from torch import Tensor, nn

from pipelines.contracts.experiment import Network, Train
from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.denoisers import Denoiser, edm_scalings, gaussian_denoiser
from pipelines.diffusion.flow_maps import FlowMap
from pipelines.diffusion.metrics import energy_distance
from pipelines.diffusion.pairs import Pairs
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import euler, flow_map, last
from pipelines.diffusion.schedules import FlowMatching, Segmented, TrigFlow
from pipelines.diffusion.systems import EDM, FLOW, TRIG, System
from pipelines.diffusion.training import fit
from pipelines.evaluation.plane.networks import training_of
from pipelines.methods.toy import (
    Parent,
    ect,
    ict,
    meanflow,
    multistep_consistency,
    progressive_distillation,
    reflow,
    scm,
    shortcut,
)
from pipelines.registry import METHODS

DEVIATION = 0.5  # of normal data, where an answer in closed form is asked for
CONSISTENT = [  # methods that are the identity at the lowest level, whatever their weights
    "consistency_distillation",
    "consistency_training",
    "ict",
    "ect",
    "consistency_adversarial",
]


def family_for(folder: Path, method: str) -> dict:
    return parents(folder, TEACHERS.get(method, "edm"))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """More threads only wait for each other on networks this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(folder: Path, method: str, steps: int) -> tuple[list[float], dict[str, Tensor]]:
    told = experiment(folder, method, FEW.get(method, "{}"))
    training = training_of(told, family_for(folder, method), stream("train"), steps)
    rows = list(fit(training, normal, stream("data")))
    return [row["loss"] for row in rows], training.weights()


@pytest.mark.parametrize("method", TOY)
def test_training_is_finite_and_deterministic(tmp_path: Path, method: str) -> None:
    losses, weights = trained(tmp_path, method, 3)
    again, same = trained(tmp_path, method, 3)
    assert all(math.isfinite(loss) for loss in losses)
    assert losses == again
    assert all(torch.equal(weights[name], same[name]) for name in weights)


@pytest.mark.parametrize("method", [*CONSISTENT, "guided_consistency"])
def test_the_boundary_condition_holds_for_any_weights(tmp_path: Path, method: str) -> None:
    module, told = import_module(METHODS[method].module), experiment(tmp_path, method)
    family = family_for(tmp_path, method)
    weights = training_of(told, family, stream("train"), 2).weights()
    system = module.rebuild(told, weights, family)
    x = normal(16, stream("x"))
    lowest, above = (torch.tensor(k * system.process.lowest) for k in (1, 3))
    torch.testing.assert_close(system.denoise(x, lowest), x)
    assert not torch.allclose(system.denoise(x, above), x, atol=1e-4)


@pytest.mark.parametrize("method", ["shortcut", "meanflow"])
def test_a_flow_map_stays_where_it_is_told_to(tmp_path: Path, method: str) -> None:
    module, told = import_module(METHODS[method].module), experiment(tmp_path, method)
    weights = training_of(told, {}, stream("train"), 2).weights()
    jump = module.rebuild(told, weights, {}).denoise
    x, t = normal(16, stream("x")), torch.tensor(0.7)
    assert torch.equal(jump(x, t, t), x)
    torch.testing.assert_close(jump(x, t), jump(x, t, torch.tensor(0.0)))


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("ict", "{huber: 0}"),
        ("ict", "{intervals: 0}"),
        ("ect", "{factor: 1.0}"),
        ("multistep_consistency", "{segments: 0}"),
        ("reflow", "{pairs: 0}"),
        ("progressive_distillation", "{start: 12}"),
        ("gan", "{fourier: 3}"),
        ("guided_edm", "{dropped: 1.0}"),
        ("guided_consistency", "{skip: 0}"),
        ("consistency_adversarial", "{form: wasserstein}"),
        ("add", "{distillation: -1}"),
        ("dmd", "{critic_steps: 0}"),
        ("scm", "{warm_up: 2}"),
        ("shortcut", "{consistent: 0}"),
        ("meanflow", "{apart: 0}"),
    ],
)
def test_impossible_options_are_named(tmp_path: Path, method: str, options: str) -> None:
    told = experiment(tmp_path, method, options)
    with pytest.raises(InputProblems, match="ML109"):
        import_module(METHODS[method].module).make(
            told, family_for(tmp_path, method), stream("train")
        )


@pytest.mark.parametrize("method", [name for name in TOY if METHODS[name].needs])
def test_a_generator_cannot_teach(tmp_path: Path, method: str) -> None:
    told = experiment(tmp_path, method)
    with pytest.raises(InputProblems, match="cannot teach"):
        import_module(METHODS[method].module).make(told, parents(tmp_path, "gan"), stream("train"))


# --- consistency: levels, grids, segments ------------------------------------------------------


def test_the_grid_of_improved_training_doubles() -> None:
    options = ict.Options(intervals=10, final_intervals=1280)
    counts = [ict.intervals_at(p / 800, options) for p in range(800)]
    assert sorted(set(counts)) == [10 * 2**k for k in range(8)]
    assert counts == sorted(counts)
    assert all(counts.count(count) == 100 for count in set(counts))


def test_level_chances_are_those_of_the_lognormal() -> None:
    grid = EDM.process.grid(40)
    chances = ict.level_chances(grid, -1.1, 2.0)
    exact = torch.distributions.LogNormal(-1.1, 2.0).cdf(grid).diff()
    torch.testing.assert_close(chances, exact / exact.sum(), rtol=1e-4, atol=1e-6)


def test_tuning_begins_as_denoising_and_closes_in() -> None:
    t, options = torch.linspace(0.01, 10, 50), ect.Options(stages=8)
    assert ect.nearer(t, 0.0, options)[0] == 0
    gaps = [(t - ect.nearer(t, p / 8, options)) / t for p in range(8)]
    assert all((after < before).all() for before, after in pairwise(gaps[1:]))
    assert gaps[-1].max() < 0.02


def exact_flow(x: Tensor, high: Tensor, low: Tensor, deviation: float) -> Tensor:
    """Return the way of normal data from sigma `high` to `low`."""
    return x * ((deviation**2 + low**2) / (deviation**2 + high**2)).sqrt()


def test_an_exact_segment_student_meets_its_own_target() -> None:
    """Its x0 estimate is the one with which DDIM lands on the trajectory at the segment's end."""
    teacher = gaussian_denoiser(torch.zeros(2), DEVIATION * torch.ones(2))
    options = multistep_consistency.Options(segments=3, intervals=200)
    ends = Segmented().levels(3)

    class Student(Denoiser):
        def forward(self, x: Tensor, level: Tensor) -> Tensor:
            end = torch.where(ends[None, :] < level - 1e-6, ends[None, :], 0.0).amax(1, True)
            landed = exact_flow(x, level, end, DEVIATION)
            return multistep_consistency.undone(landed, x, level, end)

    student = Student(nn.Linear(1, 1), EDM.denoiser)
    loss = multistep_consistency.SegmentLoss(student, teacher, options)
    for n in (1, 3, 150, 200, 201, 399, 400, 599):
        high, low = loss.grid[n + 1].view(1, 1), loss.grid[n].view(1, 1)
        end = loss.ends[n // 200].view(1, 1)
        x = high * normal(64, stream("x"))
        found = loss.target(x, high, low, end)
        torch.testing.assert_close(found, student(x, high), rtol=0, atol=2e-3)


def test_ddim_and_its_inverse() -> None:
    x, guess = normal(8, stream("x")), normal(8, stream("guess"))
    level, end = torch.tensor(2.0), torch.tensor(0.5)
    z = multistep_consistency.landing(guess, x, level, end)
    torch.testing.assert_close(multistep_consistency.undone(z, x, level, end), guess)
    stepped = last(euler(lambda x, level: guess, x, torch.stack([level, end])))
    torch.testing.assert_close(z, stepped)


# --- TrigFlow ----------------------------------------------------------------------------------


def test_trig_scalings_are_those_of_edm_in_other_coordinates() -> None:
    network = SHAPE.fresh(edm_scalings, stream("net")).network
    x, t = normal(16, stream("x")), torch.full((16, 1), 0.9)
    trig = Denoiser(network, TRIG.denoiser)(x, t)
    torch.testing.assert_close(trig, Denoiser(network, edm_scalings)(x / t.cos(), t.tan()))


def test_trigflow_keeps_unit_deviation_and_ends_at_the_data() -> None:
    process, x0 = TrigFlow(), normal(100_000, stream("x0"))
    noise = normal(100_000, stream("noise"))
    for t in process.grid(4):
        assert process.noised(x0, noise, t).std().item() == pytest.approx(1, abs=0.01)
    assert torch.equal(process.noised(x0, noise, torch.tensor(0.0)), x0)
    assert process.levels(3)[-1] == 0


def trig_truth(t: Tensor) -> Tensor:
    """Return the deviation of x_t for data of deviation s: trajectories scale with it."""
    return (t.cos() ** 2 * DEVIATION**2 + t.sin() ** 2).sqrt()


def trig_way(x: Tensor, t: Tensor) -> Tensor:
    """Return dx/dt = x d(ln deviation)/dt of the probability-flow ODE."""
    return x * (1 - DEVIATION**2) * t.sin() * t.cos() / trig_truth(t) ** 2


def test_the_tangent_is_zero_at_the_exact_consistency_function() -> None:
    def field(x: Tensor, t: Tensor) -> Tensor:
        """F of the f(x, t) = x s / deviation(t) that ends every trajectory."""
        return (t.cos() * x - x * DEVIATION / trig_truth(t)) / t.sin()

    t = torch.linspace(0.05, 1.45, 64, dtype=torch.float64)[:, None]
    x = normal(64, stream("x")).double()
    g = scm.tangent(field, x, t, trig_way(x, t), 1.0)
    torch.testing.assert_close(g, torch.zeros_like(g), rtol=0, atol=1e-12)
    wrong = scm.tangent(lambda x, t: 1.1 * field(x, t), x, t, trig_way(x, t), 1.0)
    assert wrong.abs().max() > 1e-2


def test_before_the_warm_up_the_tangent_pulls_to_the_teacher() -> None:
    t, x = torch.full((8, 1), 0.4), normal(8, stream("x"))
    way = trig_way(x, t)
    g = scm.tangent(lambda x, t: way + 1, x, t, way, 0.0)
    torch.testing.assert_close(g, -(t.cos() ** 2).expand(8, 2))


# --- flows: reflow, progressive distillation, shortcut, MeanFlow ---------------------------------


def scaled_flow(x: Tensor, t: Tensor) -> Tensor:
    """Return the denoiser of flow matching for normal data of deviation s."""
    gain = (1 - t) * DEVIATION**2 / ((1 - t) ** 2 * DEVIATION**2 + t**2)
    return gain * x


def test_pairs_of_a_normal_teacher_are_its_exact_map_and_straight() -> None:
    """x0 = s z, so that x_t = ((1 - t) s + t) z and reflow's best velocity is constant in t."""
    pairs = Pairs(System(FlowMatching(), scaled_flow), "flow_rk4", 40, 512)
    noise, end = pairs.drawn_batch(2000, stream("pairs"))
    torch.testing.assert_close(end, DEVIATION * noise, rtol=0, atol=1e-3)

    class Straight(nn.Module):
        def forward(self, x: Tensor, t: Tensor) -> Tensor:
            return (1 - DEVIATION) * x / ((1 - t) * DEVIATION + t)

    straight = Denoiser(Straight(), FLOW.denoiser)
    loss = reflow.ReflowLoss(straight, pairs).loss(noise, stream("loss"), 0.0)
    assert loss.item() < 1e-6
    one, many = (last(euler(straight, noise, FlowMatching().levels(n))) for n in (1, 50))
    torch.testing.assert_close(one, many, rtol=0, atol=1e-5)
    curved = last(euler(scaled_flow, noise, FlowMatching().levels(1)))
    assert (curved - end).abs().max() > 0.5


def test_pairs_are_made_once_and_repeat(tmp_path: Path) -> None:
    pairs = Pairs(System(FlowMatching(), scaled_flow), "flow_rk4", 4, 8)
    noise, _ = pairs.drawn_batch(100, stream("pairs"))
    assert len(noise.unique(dim=0)) <= 8
    made = pairs.made
    pairs.drawn_batch(100, stream("others"))
    assert pairs.made is made


def test_one_step_of_the_student_is_two_of_the_teacher() -> None:
    """A network that is the mean slope of two teacher steps has no loss in the first round."""
    options = progressive_distillation.Options(start=8)

    class Twice(nn.Module):
        def forward(self, x: Tensor, t: Tensor) -> Tensor:
            return 4 * (x - progressive_distillation.twice(scaled_flow, x, t, 1 / 8))

    student = Denoiser(Twice(), FLOW.denoiser)
    loss = progressive_distillation.HalvingLoss(student, scaled_flow, options)
    assert loss.loss(normal(512, stream("x")), stream("n"), 0.0).item() < 1e-10
    assert loss.loss(normal(512, stream("x")), stream("n"), 0.4).item() > 1e-6
    assert loss.round == 1


def test_rounds_of_progressive_distillation_restart_the_learning_rate(tmp_path: Path) -> None:
    told = experiment(tmp_path, "progressive_distillation", "{start: 4}")
    family = parents(tmp_path, "flow_matching")
    training = training_of(told, family, stream("train"), 40)
    lr = [row["lr"] for row in fit(training, normal, stream("data"))]
    assert lr[0] == lr[20]
    assert lr[10] > lr[20]


class LinearMap(nn.Module):
    """The mean velocity of dx/dt = rate x between t - size and t."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        size = told[:, 1:]
        mean = torch.where(size == 0, self.rate, -torch.expm1(-self.rate * size) / size)
        return mean * x


def test_the_meanflow_identity_on_a_linear_field() -> None:
    """u = v - (t - r) du/dt holds for the exact mean velocity, and for no other rate."""
    x, t, r = normal(64, stream("x")), torch.full((64, 1), 0.8), torch.full((64, 1), 0.3)
    rate = 0.7
    for told, close in ((rate, True), (rate + 0.2, False)):
        field = FlowMap(LinearMap(told))
        right = meanflow.identity(field, x, t, r, rate * x)
        assert torch.allclose(field.velocity(x, t, t - r), right, atol=1e-5) is close


def test_mean_velocities_jump_anywhere_in_any_number_of_steps() -> None:
    jump, x = FlowMap(LinearMap(0.7)), normal(64, stream("x"))
    exact = x * math.exp(-0.7)
    for steps in (1, 3):
        end = last(flow_map(jump, x, torch.linspace(1, 0, steps + 1)))
        torch.testing.assert_close(end, exact, rtol=0, atol=1e-5)


def test_times_of_meanflow() -> None:
    r, t = meanflow.draw_two_times(1000, meanflow.Options(apart=0.25), stream("times"))
    assert (r <= t).all()
    assert (r < t).sum() == 250


def test_shortcuts_on_straight_flows_agree_with_themselves() -> None:
    """A constant direction is its own mean of two steps; one that varies with t is not."""
    x, (t, size) = normal(256, stream("x")), shortcut.drawn_steps(256, 7, stream("steps"))
    assert (t >= size).all()
    assert torch.equal((t / size).round(), t / size)

    class Direction(nn.Module):
        def __init__(self, varying: float) -> None:
            super().__init__()
            self.varying = varying

        def forward(self, x: Tensor, told: Tensor) -> Tensor:
            return torch.ones_like(x) + self.varying * told[:, :1]

    for varying, same in ((0.0, True), (1.0, False)):
        field = FlowMap(Direction(varying))
        goal = shortcut.two_steps(field, x, t, size / 2, 0.5**7)
        assert torch.allclose(field.velocity(x, t, size), goal) is same


# --- collapse ----------------------------------------------------------------------------------

SMALL = Network(hidden=32, layers=2, frequencies=(1.0,), noise_frequencies=8)
SHORT = Train(steps=600, batch=256, lr=4e-3, betas=(0.9, 0.99), ema=0.99)


def data(count: int, generator: torch.Generator) -> Tensor:
    return DEVIATION * normal(count, generator)


def learned(folder: Path, method: str, family: dict[str, Parent]) -> Parent:
    told = experiment(folder, method).model_copy(update={"network": SMALL, "train": SHORT})
    training = training_of(told, family, stream("train"), SHORT.steps)
    for _ in fit(training, data, stream("data", method)):
        pass
    return Parent(told, training.weights())


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Parent]:
    return {"teacher": learned(tmp_path_factory.mktemp("teacher"), "edm", {})}


@pytest.mark.slow
@pytest.mark.parametrize("method", [*CONSISTENT, "scm"])
def test_consistency_does_not_collapse(
    tmp_path: Path, family: dict[str, Parent], method: str
) -> None:
    """After a short training on N(0, s²) data one jump reaches all of them, not one point."""
    told, weights = (got := learned(tmp_path, method, family)).experiment, got.weights
    system = import_module(METHODS[method].module).rebuild(told, weights, family)
    x = last(system.states("consistency", 1, normal(2000, stream("noise"))))
    real = data(2000, stream("real"))
    assert energy_distance(x, real) < 0.01
    assert energy_distance(x.mean(dim=0).expand(2000, 2), real) > 0.2  # what the bound excludes
