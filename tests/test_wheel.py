"""The wheel, installed with nothing but its declared requirements: what authors do with plans."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from checkout import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEAVY = ("diffusers", "matplotlib", "numpy", "peft", "snakemake", "torch", "transformers")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, for setuptools leaves its work beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pipelines", folder / "pipelines", ignore=without)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", folder / "out", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    (made,) = (folder / "out").glob("*.whl")
    return made


def requirements(wheel: Path) -> list[Requirement]:
    """Return what a wheel asks for without extras."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = archive.read(name).decode()
    return needed(re.findall(r"(?m)^Requires-Dist: (.*)$", told), extra="")


def needed(lines: list[str], extra: str) -> list[Requirement]:
    each = map(Requirement, lines)
    return [one for one in each if not one.marker or one.marker.evaluate({"extra": extra})]


def closure(wanted: list[Requirement]) -> set[str]:
    """Return the names of all distributions that some need, themselves included."""
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        one = waiting.pop()
        if (name := canonicalize_name(one.name)) not in found:
            found.add(name)
            for extra in one.extras or {""}:
                waiting += needed(distribution(one.name).requires or [], extra)
    return found


@pytest.fixture(scope="module")
def light(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel and what it asks for, taken from the tests' own."""
    folder = tmp_path_factory.mktemp("light")
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    python = folder / "bin/python"
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in closure(requirements(wheel)):
        from_here = distribution(name)
        for top in {file.parts[0] for file in from_here.files or ()} - {"..", "__pycache__"}:
            (packages / top).symlink_to(Path(str(from_here.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True)
    return folder


def run(light: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command, in a folder and an environment that know nothing of us."""
    told = [light / "bin/measured-lessons", *words]
    return subprocess.run(told, cwd=folder, env={"PATH": ""}, capture_output=True, text=True)


def done(light: Path, folder: Path, *words: str) -> str:
    """Return what a command that succeeds prints."""
    ended = run(light, folder, *words)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_wheel_has_all_files_of_the_package(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("pipelines/")}
    package = ROOT / "pipelines"
    wanted = {*package.rglob("*.py"), *package.glob("templates/**/*"), package / "py.typed"}
    assert packed == {path.relative_to(ROOT).as_posix() for path in wanted if path.is_file()}


def test_nothing_heavy_is_there(light: Path, tmp_path: Path) -> None:
    code = f"from importlib.util import find_spec; print([n for n in {HEAVY} if find_spec(n)])"
    python = light / "bin/python"
    words = {"cwd": tmp_path, "env": {"PATH": ""}, "capture_output": True, "text": True}
    told = subprocess.run([python, "-c", code], **words)
    assert told.stdout.strip() == "[]", told.stderr


def test_a_plan_from_its_start_to_its_page(light: Path, tmp_path: Path) -> None:
    plan = "tying-a-bowline/plan.md"
    assert done(light, tmp_path, "new", "tying-a-bowline").strip() == plan
    assert "1 plan(s): 0 error(s)" in done(light, tmp_path, "lint", plan)
    assert json.loads(done(light, tmp_path, "parse", plan, "--json"))["id"] == "tying-a-bowline"
    assert "Phase 1" in done(light, tmp_path, "format", plan)
    done(light, tmp_path, "repair", plan)
    done(light, tmp_path, "index", ".")
    done(light, tmp_path, "schema")
    done(light, tmp_path, "render", plan, "--out", "pages")
    page = tmp_path / "pages/tying-a-bowline/index.html"
    assert "Tying a bowline" in page.read_text(encoding="utf-8")
    assert (tmp_path / "pages/static/lessons.css").is_file()


def test_a_plan_of_a_module_with_formulas_code_and_sources(light: Path, tmp_path: Path) -> None:
    module = tmp_path / "fast-generation"
    without = shutil.ignore_patterns("published", "*.png")
    shutil.copytree(ROOT / "lessons/fast-generation", module, ignore=without)
    plan = "fast-generation/consistency-models/plan.md"
    assert "0 error(s)" in done(light, tmp_path, "lint", plan)
    done(light, tmp_path, "render", plan, "--out", "pages")
    page = (tmp_path / "pages/consistency-models/index.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert "Song" in page
    assert 'class="missing"' in page


def test_what_builds_need_says_what_to_install(light: Path, tmp_path: Path) -> None:
    ended = run(light, tmp_path, "schedule")
    assert ended.returncode == 2
    assert "pip install 'measured-lessons[build]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_hook_that_others_use_installs_the_light_package() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"] == "measured-lessons lint"
    assert hook["language"] == "python"
    assert "additional_dependencies" not in hook
