"""Each method: what its loss says on data with a known answer, and what it refuses."""

import math
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import torch
from method_samples import FEW, SHAPE, TEACHERS, TOY, experiment, parents
from torch import Tensor

from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.denoisers import Denoiser, gaussian_denoiser
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import euler, last
from pipelines.diffusion.systems import EDM, FLOW
from pipelines.evaluation.plane.networks import training_of
from pipelines.methods.toy import consistency_distillation as distillation
from pipelines.methods.toy import consistency_training, edm, flow_matching
from pipelines.registry import METHODS


@pytest.mark.parametrize("method", TOY)
def test_every_method_trains_and_comes_back(tmp_path: Path, method: str) -> None:
    """The contract: finite scalars, changed weights, and the same function after `rebuild`."""
    module = import_module(METHODS[method].module)
    told = experiment(tmp_path, method, FEW.get(method, "{}"))
    family = parents(tmp_path, TEACHERS.get(method, "edm"))
    training = training_of(told, family, stream("train"), 20)
    before = {name: weight.clone() for name, weight in training.weights().items()}
    row = training.step(normal(32, stream("data")), stream("noise"))
    assert row["step"] == 1
    assert math.isfinite(row["loss"])
    training.step(normal(32, stream("data")), stream("noise"))  # sCM's tangent warms up from 0
    after = training.weights()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    system = module.rebuild(told, after, family)
    training.objective.network.load_state_dict(after)
    live = training.objective
    ours = getattr(live, "student", getattr(live, "denoiser", None))
    ours = ours or Denoiser(live.network, FLOW.denoiser)
    if METHODS[method].labelled:
        ours = replace(system.denoise, denoise=ours)
    x, level = normal(8, stream("x")), torch.tensor(system.process.highest)
    torch.testing.assert_close(system.denoise(x, level), ours(x, level))


@pytest.mark.parametrize("method", TOY)
def test_an_unknown_option_is_named_with_its_line(tmp_path: Path, method: str) -> None:
    module = import_module(METHODS[method].module)
    told = experiment(tmp_path, method, "{intervalls: 3}")
    with pytest.raises(InputProblems) as error:
        module.make(told, parents(tmp_path), stream("train"))
    (problem,) = error.value.problems
    assert problem.file == told.file
    assert "intervalls" in Path(told.file).read_text().splitlines()[problem.line - 1]
    assert "intervalls" in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    "options", ["{target_ema: 1.0}", "{intervals: 0}", "{init: teecher}", "{boundary: 7}"]
)
def test_impossible_options_are_named(tmp_path: Path, options: str) -> None:
    told = experiment(tmp_path, "consistency_distillation", options)
    with pytest.raises(InputProblems, match="ML109"):
        distillation.make(told, parents(tmp_path), stream("train"))


def test_a_student_cannot_teach(tmp_path: Path) -> None:
    told = experiment(tmp_path, "consistency_distillation")
    family = parents(tmp_path, "consistency_training")
    with pytest.raises(InputProblems, match="cannot teach"):
        distillation.make(told, family, stream("train"))


class Exact(Denoiser):
    """The exact denoiser of N(0, 1) data, scaled by a factor."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__(torch.nn.Linear(1, 1), EDM.denoiser)
        self.factor = factor
        self.exact = gaussian_denoiser(torch.zeros(2), torch.ones(2))

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return self.factor * self.exact(x, level)


def test_the_edm_loss_is_least_at_the_exact_denoiser() -> None:
    """There it is one: weight 1 / c_out² times the posterior variance sigma² / (1 + sigma²)."""
    x0 = normal(100_000, stream("data"))
    losses = [
        edm.DenoisingLoss(Exact(factor)).loss(x0, stream("noise"), 0.0).item()
        for factor in (0.9, 1.0, 1.1)
    ]
    assert losses[1] == pytest.approx(1, abs=0.01)
    assert losses[1] < min(losses[0], losses[2])


def test_the_velocity_loss_of_a_network_that_knows_nothing() -> None:
    """For F = 0 it is the mean square of z - x0: two, on data of unit deviation."""

    class Zero(torch.nn.Module):
        def forward(self, x: Tensor, t: Tensor) -> Tensor:
            return torch.zeros_like(x)

    loss = flow_matching.VelocityLoss(Zero(), flow_matching.Options()).loss(
        normal(100_000, stream("x")), stream("n"), 0.0
    )
    assert loss.item() == pytest.approx(2, abs=0.03)


def exact_student(x: Tensor, sigma: Tensor) -> Tensor:
    """The consistency function of N(0, 1) data: its trajectories scale with sqrt(1 + sigma²)."""
    return x * ((1 + 0.01**2) / (1 + sigma**2)).sqrt()


class ExactStudent(Denoiser):
    def __init__(self) -> None:
        super().__init__(torch.nn.Linear(1, 1), EDM.consistency)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return exact_student(x, level)


def test_distilling_the_exact_teacher_costs_the_exact_student_nothing() -> None:
    options = distillation.Options(intervals=200)
    loss = distillation.DistillationLoss(ExactStudent(), Exact(), EDM, options)
    right = loss.loss(normal(10_000, stream("data")), stream("noise"), 0.0).item()
    loss.teacher = Exact(0.7)
    wrong = loss.loss(normal(10_000, stream("data")), stream("noise"), 0.0).item()
    assert right < 1e-9
    assert wrong > 1000 * right


@pytest.mark.parametrize("family", [EDM, FLOW])
def test_teacher_steps_stay_finite_on_the_whole_grid(family: object) -> None:
    teacher = SHAPE.fresh(family.denoiser, stream("teacher"))
    student = SHAPE.fresh(family.consistency, stream("student"))
    loss = distillation.DistillationLoss(student, teacher, family, distillation.Options())
    low, high = loss.grid[:-1, None], loss.grid[1:, None]
    assert loss.solved(normal(18, stream("x")), high, low).isfinite().all()


def test_a_training_pair_is_an_euler_step_with_the_data_as_denoiser() -> None:
    x0, noise = normal(20, stream("x")), normal(20, stream("n"))
    high, low = torch.tensor(3.0), torch.tensor(1.2)
    x_hi, x_lo = consistency_training.pair(x0, noise, high, low)
    stepped = last(euler(lambda x, level: x0, x_hi, torch.stack([high, low])))
    torch.testing.assert_close(x_lo, stepped)


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_the_target_follows_and_gets_no_gradient(tmp_path: Path, decay: float) -> None:
    told = experiment(tmp_path, "consistency_training", f"{{target_ema: {decay}}}")
    training = training_of(told, {}, stream("train"), 20)
    objective = training.objective
    before = [weight.clone() for weight in objective.target.parameters()]
    training.step(normal(32, stream("data")), stream("noise"))
    for old, now, live in zip(
        before, objective.target.parameters(), objective.network.parameters(), strict=True
    ):
        assert now.grad is None
        torch.testing.assert_close(now, decay * old + (1 - decay) * live)


def test_a_fixed_grid_stays() -> None:
    options = consistency_training.Options(intervals=18)
    assert {consistency_training.intervals_at(p / 10, options) for p in range(10)} == {18}
    assert consistency_training.target_ema_at(0.5, options) == pytest.approx(0.95)


def test_a_growing_grid_grows_as_the_paper_says() -> None:
    """Song et al. 2023, appendix C, with s0 = 2, s1 = 150, mu0 = 0.9: N from 2 to 151 levels."""
    options = consistency_training.Options(intervals=1, final_intervals=150, target_ema=0.9)
    counts = [consistency_training.intervals_at(p / 100, options) for p in range(100)]
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert consistency_training.intervals_at(0.9999, options) == 150
    assert consistency_training.target_ema_at(0.0, options) == pytest.approx(0.9)
    assert consistency_training.target_ema_at(0.9999, options) == pytest.approx(0.9 ** (2 / 151))


def test_students_start_where_the_options_say(tmp_path: Path) -> None:
    family = parents(tmp_path)
    teacher = family["teacher"].weights["last.weight"]
    for init, same in (("teacher", True), ("random", False)):
        told = experiment(tmp_path, "consistency_distillation", f"{{init: {init}}}")
        made = distillation.make(told, family, stream("train"))
        assert torch.equal(made.network.last.weight, teacher) is same


def test_logit_normal_times_are_normal_in_the_logarithm_of_noise_over_signal() -> None:
    options = flow_matching.Options(times="logit_normal", mean=-0.5, deviation=1.2)
    t = flow_matching.draw_times(20_000, options, stream("times")).double()
    logit = (t / (1 - t)).log()
    assert logit.mean().item() == pytest.approx(-0.5, abs=0.03)
    assert logit.std().item() == pytest.approx(1.2, abs=0.03)
    uniform = flow_matching.draw_times(20_000, flow_matching.Options(), stream("times"))
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.01)
