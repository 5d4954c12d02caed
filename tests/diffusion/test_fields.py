"""Arrays that only figures read: fields, scales, shares; and re-noising schedules by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.datasets import DATASETS, grid_centres
from pipelines.diffusion.schedules import FlowMatching, TrigFlow, VarianceExploding
from pipelines.diffusion.systems import System
from pipelines.evaluation.plane import fields
from pipelines.evaluation.plane.evaluated_systems import systems_of
from pipelines.evaluation.plane.sample_plane import PlaneSampler

PROCESSES = (VarianceExploding(), FlowMatching(), TrigFlow())


def gaussian_mean(process: object, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
    """Return E[x0 | x] for data of unit deviation: signal x / (signal² + noise²)."""
    signal, noise = fields.coefficients(process, level)  # type: ignore[arg-type]
    return signal * x / (signal**2 + noise**2)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: type(process).__name__)
def test_fields_are_seen_at_the_same_ratios(process: object) -> None:
    for ratio in fields.RATIOS:
        level = fields.nearest_level(process, ratio)  # type: ignore[arg-type]
        signal, noise = fields.coefficients(process, level)  # type: ignore[arg-type]
        assert float(noise / signal) == pytest.approx(ratio, rel=0.03)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: type(process).__name__)
def test_scales_are_deviations_of_noised_data(process: object) -> None:
    levels = [float(process.highest), float(process.halfway[1]), float(process.lowest)]  # type: ignore[attr-defined]
    x0, noise = torch.randn(2, 200_000, 1, generator=torch.Generator().manual_seed(0))
    for level, scale in zip(levels, fields.scales(process, levels), strict=True):  # type: ignore[arg-type]
        noised = process.noised(x0, noise, torch.tensor(level))  # type: ignore[attr-defined]
        assert float(noised.std()) == pytest.approx(scale, rel=0.01)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: type(process).__name__)
def test_a_field_holds_the_networks_outputs(process: object) -> None:
    system = System(process, lambda x, level: gaussian_mean(process, x, level))  # type: ignore[arg-type]
    arrays = fields.field_arrays(system)
    scale = np.hypot(*arrays["field/parts"].T)
    shown = arrays["field/x"] / scale[:, None, None]
    assert shown == pytest.approx(np.broadcast_to(shown[0], shown.shape), abs=1e-5)
    assert abs(shown).max() == pytest.approx(fields.REACH, rel=1e-5)
    signal = arrays["field/parts"][:, 0]
    expected = (signal / scale**2)[:, None, None] * arrays["field/x"]
    assert arrays["field/clean"] == pytest.approx(expected, abs=1e-5)


def test_shares_of_the_modes() -> None:
    real = DATASETS["grid25"].draw(20_000, torch.Generator().manual_seed(0)).numpy()
    centres = grid_centres().numpy()
    half = np.concatenate([np.repeat(centres[:1], 50, axis=0), np.full((50, 2), 9.0)])
    arrays = {"real": real, "generate@1/seed0": half, "path/generate@1/x": half, "nfe/x@1": half}
    found = fields.mode_arrays(DATASETS["grid25"], arrays)
    assert set(found) == {"modes/centre", "modes/generate@1/seed0"}
    assert found["modes/centre"] == pytest.approx(centres, abs=0.02)
    assert found["modes/generate@1/seed0"] == pytest.approx([0.5] + 24 * [0.0])


YAML = """\
title: A student
method: consistency_distillation
data: moons
needs: {teacher: toy-edm}
train: {steps: 3, batch: 4, lr: 0.001}
evaluate:
  samplers: {consistency: [1]}
  schedules:
    late: [0.1]
    wrong: [0.1, 0.8]
"""


def test_a_schedule_is_a_system_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(YAML)
    experiment = load_experiment(tmp_path / "a.yaml")
    names = list(map(str, systems_of(experiment)))
    assert names == ["consistency@1", "consistency-late@2", "consistency-wrong@3"]


def test_an_impossible_schedule_is_named_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(YAML)
    experiment = load_experiment(tmp_path / "a.yaml")
    process = VarianceExploding()
    system = System(process, lambda x, level: gaussian_mean(process, x, level))
    with pytest.raises(InputProblems, match="levels for 3 steps do not fit") as problems:
        PlaneSampler(experiment, 4).samples(system, 0)
    assert problems.value.problems[0].line == 10


def test_a_schedule_is_sampled_at_its_levels(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(YAML.replace("    wrong: [0.1, 0.8]\n", ""))
    experiment = load_experiment(tmp_path / "a.yaml")
    process = VarianceExploding()
    system = System(process, lambda x, level: gaussian_mean(process, x, level))
    arrays = PlaneSampler(experiment, 4).samples(system, 0)
    assert arrays["path/consistency-late@2/level"] == pytest.approx([10.0, 0.1, 0.0])
    assert arrays["nfe/consistency-late@2"] == 2
    assert arrays["film/consistency-late@2/x"].shape == (3, 4, 2)
