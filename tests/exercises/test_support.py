"""What exercises import is ours, written again: it has to say the same."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from pipelines.diffusion.datasets import DATASETS, draw_moons
from pipelines.diffusion.denoisers import (
    Denoiser,
    consistency_scalings,
    edm_scalings,
    flow_scalings,
)
from pipelines.diffusion.metrics import energy_distance, off_manifold, sliced_w2, spread
from pipelines.diffusion.networks import PointMLP
from pipelines.diffusion.randomness import normal, rows, stream
from pipelines.diffusion.samplers import dpmpp_2m, euler, heun, last
from pipelines.diffusion.schedules import VarianceExploding
from pipelines.scenes.grammar import parse_caption
from pipelines.scenes.scene_classifier import SceneClassifier

SUPPORT = Path("lessons/fast-generation/support")


def module(name: str) -> ModuleType:
    """Import a module as exercises do, by its file."""
    spec = importlib.util.spec_from_file_location(name, SUPPORT / f"{name}.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


PLANE, SOLVERS = module("plane"), module("solvers")


def test_noise_and_data_are_those_of_the_build() -> None:
    wanted = rows(1500, normal, stream("reported", "noise"))
    assert torch.equal(PLANE.noise(1500), wanted)
    for ours, theirs in (("moons", "moons"), ("grid", "grid25")):
        draw = DATASETS[theirs].draw
        wanted = rows(1500, draw, stream("reported", "real", theirs))
        assert torch.equal(PLANE.real(1500, ours), wanted)
    one, two = (torch.Generator().manual_seed(3) for _ in range(2))
    assert torch.equal(PLANE.draw_moons(50, one), draw_moons(50, two))


@pytest.mark.parametrize(("ours", "theirs"), [("moons", "moons"), ("grid", "grid25")])
def test_measures_are_those_of_the_build(ours: str, theirs: str) -> None:
    x, y = 1.3 * torch.randn(800, 2), PLANE.real(800, ours)
    assert PLANE.off(x, ours) == pytest.approx(off_manifold(x, DATASETS[theirs]))
    assert PLANE.spread(x) == pytest.approx(spread(x))
    assert PLANE.energy_distance(x, y) == pytest.approx(energy_distance(x, y), abs=1e-6)
    assert PLANE.sliced_distance(x, y) == pytest.approx(sliced_w2(x, y), rel=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 7, 100])
def test_levels_and_solvers_are_those_of_the_build(steps: int) -> None:
    process = VarianceExploding()
    levels = PLANE.levels(steps)
    assert torch.equal(levels, process.levels(steps))
    assert torch.equal(PLANE.levels(5, 2.0), process.levels(5, 2.0))
    x = 10 * torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    pairs = ((SOLVERS.euler, euler), (SOLVERS.heun, heun), (SOLVERS.multistep, dpmpp_2m))
    for ours, theirs in pairs:
        wanted = last(theirs(PLANE.gaussian, x, levels))
        assert torch.allclose(ours(PLANE.gaussian, x, levels), wanted, atol=1e-5)


def test_networks_are_read_as_the_build_reads_them() -> None:
    theirs = PointMLP(128, 3, (1.0, 2.0, 4.0), 8)
    ours = PLANE.Network()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(30, 2)
    with torch.no_grad():
        for read, scalings in (
            (PLANE.as_teacher, edm_scalings),
            (PLANE.as_student, lambda t: consistency_scalings(t, 0.01)),
            (PLANE.as_flow, flow_scalings),
        ):
            for level in (torch.tensor(0.7), torch.rand(30, 1) + 0.1):
                wanted = Denoiser(theirs, scalings)(x, level)
                assert torch.allclose(read(ours)(x, level), wanted, atol=1e-6)


def test_what_keeps_the_libraries_quiet_is_imported_first() -> None:
    sources = list(SUPPORT.parent.glob("*/exercises/*.py"))
    assert len(sources) == 11
    for source in sources:
        text = source.read_text(encoding="utf-8")
        first = re.search(r"^(?:import|from) (\w+)", text, re.MULTILINE)
        assert first and (first[1] == "pictures") == (
            "import diffusers" in text or "from diffusers" in text
        )


@pytest.mark.slow
def test_the_libraries_of_pipelines_are_quiet_after_it(tmp_path: Path) -> None:
    words = (
        "import pictures",
        "from diffusers import StableDiffusionPipeline",
        "from diffusers.utils import logging",
        "from tqdm.auto import tqdm",
        "logging.get_logger('diffusers.loaders').warning('spoken')",
        "logging.get_logger('diffusers.loaders').error('what it raises it also says')",
        "from peft import LoraConfig, inject_adapter_in_model",
        "from torch import nn",
        "model, config = nn.Sequential(nn.Linear(2, 2)), LoraConfig(target_modules=['0'])",
        "inject_adapter_in_model(config, model, 'speed')",
        "inject_adapter_in_model(config, model, 'style')",
        "list(tqdm([1]))",
    )
    command = [sys.executable, "-c", "\n".join(words)]
    place = os.environ | {"PYTHONPATH": str(SUPPORT.resolve())}
    done = subprocess.run(
        command, cwd=tmp_path, env=place, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.slow
def test_the_judge_of_pictures_is_that_of_the_build() -> None:
    pictures = module("pictures")
    sys.modules.pop("pictures", None)
    theirs, ours = SceneClassifier().eval(), pictures.Judge().eval()
    heads = dict(pictures.ATTRIBUTES) | {"style": pictures.STYLES}
    assert list(heads) == list(theirs.heads)
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        for name, logits in theirs(x).items():
            assert torch.allclose(ours(x)[name], logits, atol=1e-5)
    for number in range(30):
        text, indices = pictures.caption(number)
        assert parse_caption(text).indices() == tuple(indices)
    assert len(set(pictures.captions(24))) == 24
