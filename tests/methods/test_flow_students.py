"""Students of a flow: what they begin with, and the last distillation of a straightened one."""

from importlib import import_module
from pathlib import Path

import pytest
import torch
from method_samples import SHAPE, experiment, parents
from torch import Tensor, nn

from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.pairs import Pairs
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.schedules import FlowMatching
from pipelines.diffusion.systems import FLOW, System
from pipelines.methods.toy import reflow
from pipelines.registry import METHODS


def one_point(x: Tensor, t: Tensor) -> Tensor:
    """Return the denoiser of data that are all at the origin."""
    return 0 * x


@pytest.mark.parametrize("method", ["shortcut", "meanflow"])
def test_a_flow_map_begins_with_the_velocity_of_its_teacher(tmp_path: Path, method: str) -> None:
    """At every size of the step: what it does not know yet is that the way bends."""
    family = parents(tmp_path, "flow_matching")
    told = experiment(tmp_path, method).model_copy(update={"needs": {"teacher": "toy-edm"}})
    student = import_module(METHODS[method].module).make(told, family, stream("train")).student
    teacher = SHAPE.trained(FLOW.denoiser, family["teacher"].weights).network
    x, t = normal(16, stream("x")), torch.full((16, 1), 0.6)
    for size in (0.0, 0.25, 0.6):
        found = student.velocity(x, t, torch.full((16, 1), size))
        torch.testing.assert_close(found, teacher(x, t))
    with pytest.raises(InputProblems, match="cannot teach"):
        import_module(METHODS[method].module).make(told, parents(tmp_path), stream("train"))


def test_the_last_distillation_of_a_reflow_is_the_whole_way_at_once() -> None:
    """|F(z, 1) - (z - x0)|²: no time but the noise's own."""
    pairs = Pairs(System(FlowMatching(), one_point), "flow_rk4", 40, 512)
    noise, end = pairs.drawn_batch(512, stream("loss"))
    asked = []

    class Told(nn.Module):
        def forward(self, x: Tensor, t: Tensor) -> Tensor:
            asked.append((x, t))
            return 0.1 * x

    student = Denoiser(Told(), FLOW.denoiser)
    loss = reflow.ReflowLoss(student, pairs, one_step=True).loss(noise, stream("again"), 0.0)
    ((x, t),) = asked
    assert (t == 1).all()
    again, end = pairs.drawn_batch(512, stream("again"))
    assert torch.equal(x, again)
    torch.testing.assert_close(loss, (0.1 * again - (again - end)).square().mean())
