"""The options of consistency distillation: its metric, and the gradient through both sides."""

from pathlib import Path

import pytest
import torch

from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.denoisers import Scalings, edm_scalings, unbounded_scalings
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.systems import EDM, Shape
from pipelines.methods.toy import Parent
from pipelines.methods.toy import consistency_distillation as distillation

SHAPE = Shape(16, 2, (1.0,), 4)
TEXT = """\
title: A student
method: consistency_distillation
data: moons
needs: {teacher: toy-edm}
network: {hidden: 16, layers: 2, frequencies: [1], noise_frequencies: 4}
train:
  steps: 20
  batch: 32
  lr: 1.0e-3
  options: OPTIONS
evaluate: {samplers: {consistency: [1]}}
"""


def unbounded(level: torch.Tensor) -> Scalings:
    return unbounded_scalings(edm_scalings(level))


def loss(**options: float) -> DistillationLoss:
    """Return the loss of a student without a boundary condition."""
    student = SHAPE.fresh(unbounded, stream("student"))
    teacher = SHAPE.fresh(EDM.denoiser, stream("teacher")).requires_grad_(False)
    return DistillationLoss(student, teacher, EDM, distillation.Options(target_ema=0), **options)


def shift_gradient(objective: DistillationLoss) -> float:
    """Return how fast the loss changes as all outputs of the student are shifted."""
    objective.loss(normal(64, stream("x")), stream("noise"), 0.0).backward()
    grad = objective.network.last.bias.grad
    assert grad is not None
    return grad.norm().item()


def test_a_shift_of_both_sides_changes_nothing() -> None:
    """What a stop-gradient hides: without a boundary, no side says where the data are."""
    assert shift_gradient(loss()) > 1e-3
    assert shift_gradient(loss(both_sides=True)) < 1e-6


def test_the_values_agree_where_the_target_is_the_student() -> None:
    x = normal(64, stream("x"))
    one, other = (
        loss(both_sides=both).loss(x, stream("noise"), 0.0).item() for both in (False, True)
    )
    assert one == pytest.approx(other)


def test_the_metric_is_pseudo_huber() -> None:
    objective, zero = loss(huber=0.5), torch.zeros(4, 2)
    far = torch.tensor([[3.0, 4.0]]).expand(4, 2)
    assert objective.distance(far, zero).item() == pytest.approx((25 + 0.25) ** 0.5 - 0.5)
    assert loss().distance(far, zero).item() == pytest.approx(12.5)


def made(folder: Path, options: str) -> DistillationLoss:
    path = folder / "toy-cd.yaml"
    path.write_text(TEXT.replace("OPTIONS", options))
    told = load_experiment(path)
    weights = SHAPE.fresh(EDM.denoiser, stream("teacher")).network.state_dict()
    teacher = Parent(told.model_copy(update={"method": "edm"}), weights)
    return distillation.make(told, {"teacher": teacher}, stream("train"))


def test_options_reach_the_loss(tmp_path: Path) -> None:
    objective = made(tmp_path, "{huber: 0.03, both_sides: true, target_ema: 0}")
    assert (objective.huber, objective.both_sides) == (0.03, True)
    random, known = made(tmp_path, "{init: random}"), made(tmp_path, "{}")
    teacher = SHAPE.fresh(EDM.denoiser, stream("teacher")).network
    assert torch.equal(known.network.last.weight, teacher.last.weight)
    assert not torch.equal(random.network.last.weight, teacher.last.weight)


def test_both_sides_leave_no_slow_target(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="target_ema 0") as error:
        made(tmp_path, "{both_sides: true, target_ema: 0.9}")
    assert error.value.problems[0].code == "ML109"
