"""The rooms keep their walls, the registry its promises, the planning its lightness."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines import provenance
from pipelines.figure_registry import FIGURES
from pipelines.registry import METHODS


@pytest.mark.parametrize("name", METHODS)
def test_methods_resolve(name: str) -> None:
    assert callable(importlib.import_module(METHODS[name].module).make)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_resolve_and_agree_on_their_roles(name: str) -> None:
    module = importlib.import_module(FIGURES[name].module)
    assert FIGURES[name].roles == module.ROLES
    assert all(callable(getattr(module, step)) for step in ("prepare", "draw", "describe"))


@pytest.mark.parametrize(
    ("folder", "entries"),
    [
        ("methods/toy", {method.module for method in METHODS.values()}),
        ("figures", {figure.module for figure in FIGURES.values()}),
    ],
)
def test_every_file_of_a_growing_room_is_registered_or_shared(
    folder: str, entries: set[str]
) -> None:
    files = (ROOT / "pipelines" / folder).glob("*.py")
    dotted = "pipelines." + folder.replace("/", ".")
    for file in files:
        text = file.read_text(encoding="utf-8")
        announces = "\nROLES" in text or "\ndef make(" in text
        assert not announces or f"{dotted}.{file.stem}" in entries, f"{file} is not registered"


@pytest.mark.parametrize("module", ["pipelines.module.catalog", "pipelines.pages.render"])
def test_planning_and_pages_are_light(module: str) -> None:
    heavy = "{'torch', 'matplotlib', 'diffusers'}"
    code = f"import sys, {module}; print(*({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_stage_is_a_verb_that_a_rule_calls_and_short() -> None:
    rules = "".join(path.read_text() for path in (ROOT / "pipelines/rules").glob("*.smk"))
    stages = {*(ROOT / "pipelines/stages").rglob("*.py")} - {ROOT / "pipelines/stages/__init__.py"}
    assert len(stages) >= 9
    for path in stages:
        text = path.read_text()
        assert '__name__ == "__main__"' in text, f"{path} is no verb"
        assert f"python -m pipelines.stages.{path.stem} " in rules, f"{path} has no rule"
        assert len(text.splitlines()) <= 60, f"{path} holds more than plumbing"


@pytest.mark.parametrize(
    "stage", ["train_plane", "measure_plane", "train_latent", "measure_latent"]
)
def test_a_renamed_figure_trains_nothing_anew(stage: str) -> None:
    seen = provenance.reached((f"pipelines.stages.{stage}",), provenance.imported)
    assert "pipelines.registry" in seen
    assert not {name for name in seen if name.startswith("pipelines.figure")}
