"""What readers call a system, said alike by figures, tables and the lint."""

import pytest

from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.keys import Sampling, SystemPattern
from pipelines.contracts.system_names import name_of, name_of_any, solver_name, system_name

CD = Experiment(
    name="toy-cd", file="toy-cd.yaml", title="Consistency distillation", data="moons",
    method="consistency_distillation", train=Train(steps=1, batch=1, lr=0.1),
    evaluate=Evaluate(samplers={}, schedules={"e08": (0.8, 0.4, 0.2), "s03": (0.3,)}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "sampling", "expected"),
    [
        ("EDM teacher", "heun@20", "EDM teacher, Heun, 20 steps"),
        ("The base", "ddim@4,w=3,leading", "The base, DDIM, leading, 4 steps, guidance 3"),
        ("The base", "ddim@1,w=1,trailing", "The base, DDIM, trailing, 1 step"),
        ("LCM-LoRA", "lcm@4,w=1", "LCM-LoRA, 4 steps"),
        ("GAN", "generate@1", "GAN, 1 step"),
        ("The base", "blurred-renders@1", "Renders, a little blurred"),
        ("EDM teacher", "real@1", "Real data"),
    ],
)
def test_a_system_is_called_by_model_solver_steps_and_guidance(
    title: str, sampling: str, expected: str
) -> None:
    assert system_name(title, Sampling.parse(sampling)) == expected


def test_a_schedule_is_told_by_its_levels_and_not_by_its_key() -> None:
    long, short = (Sampling.parse(one) for one in ("consistency-e08@4", "consistency-s03@2"))
    assert name_of(CD, long).endswith("distillation, 4 steps, noised again at levels 0.8 to 0.2")
    assert name_of(CD, short).endswith("distillation, 2 steps, noised again at level 0.3")


def test_a_curve_is_called_like_its_systems_without_steps() -> None:
    assert solver_name("The base", "ddim", "leading", 3.0) == "The base, DDIM, leading, guidance 3"
    for said in ("toy-cd", "toy-cd/consistency"):
        assert name_of_any(CD, SystemPattern.parse(said)) == CD.title
