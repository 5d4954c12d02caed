"""The example of the README, "Adding a method", is run as it stands there."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest
import torch

import pipelines.methods.toy
from pipelines import registry
from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurements

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
TEACHER = """\
title: Teacher
method: edm
data: grid25
train: {steps: 500, batch: 32, lr: 2.0e-3}
evaluate: {samplers: {euler: [1]}, reference: heun@4}
"""


def blocks() -> tuple[str, str, str]:
    section = README.partition("## Adding a method")[2].partition("\n## ")[0]
    code, line, settings = re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)
    return code, line, settings


def stage(name: str, *words: object) -> None:
    arguments = [name, *map(str, words), "--preset", "smoke", "--code", "x"]
    with patch.object(sys, "argv", arguments):
        import_module(f"pipelines.stages.{name}").main()


def build(folder: Path, name: str, parent: str = "") -> None:
    """Train, sample and measure an experiment of `folder`, by the stages of the rules."""
    told = ["--parent", f"teacher={folder / parent}.safetensors"] if parent else []
    seen = ["--parent-samples", folder / f"{parent}.samples"] if parent else []
    own, yaml = folder / f"{name}.safetensors", folder / f"{name}.yaml"
    history, timing = folder / f"{name}.history", folder / f"{name}.timing"
    stage("train", yaml, *told, "--weights", own, "--history", history, "--timing", timing)
    samples = folder / f"{name}.samples"
    rows = folder / f"{name}.json"
    outputs = ["--samples", samples, "--measurements", rows, "--timing", folder / "where"]
    stage("measure", yaml, "--weights", own, *told, *seen, *outputs)


def test_the_method_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, line, settings = blocks()
    (tmp_path / "endpoint.py").write_text(code)
    paths = [*pipelines.methods.toy.__path__, str(tmp_path)]
    monkeypatch.setattr(pipelines.methods.toy, "__path__", paths)
    entry = eval("{" + line + "}", {"Method": registry.Method})
    for name, method in entry.items():
        monkeypatch.setitem(registry.METHODS, name, method)
    (tmp_path / "grid-edm.yaml").write_text(TEACHER)
    (tmp_path / "grid-endpoint.yaml").write_text(settings)
    threads = torch.get_num_threads()
    try:
        build(tmp_path, "grid-edm")
        build(tmp_path, "grid-endpoint", parent="grid-edm")
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)
        sys.modules.pop("pipelines.methods.toy.endpoint", None)
    keys = {
        row.key
        for row in Measurements.model_validate(read_json(tmp_path / "grid-endpoint.json")).root
    }
    assert "grid-endpoint/consistency@1/off_manifold" in keys
    taught = load_arrays(tmp_path / "grid-endpoint.safetensors")
    teacher = load_arrays(tmp_path / "grid-edm.safetensors")
    assert taught.keys() == teacher.keys()
    assert any((taught[name] != teacher[name]).any() for name in taught)
