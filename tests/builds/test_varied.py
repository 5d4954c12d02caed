"""A build elsewhere: another folder, clock, language, user and order of files, the same bytes.

As reprotest varies builds (https://salsa.debian.org/reproducible-builds/reprotest).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import SOURCES
from tiny_module import TinyProject, write_module

from pipelines.cli import main

pytestmark = pytest.mark.build

NOBODY = 65534
VARIED = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4242",
    "USER": "nobody",
    "MPLBACKEND": "svg",
    "COLUMNS": "40",
    "SOURCE_DATE_EPOCH": "1",
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    project = TinyProject.made(tmp_path_factory.mktemp("usual"))
    project.build()
    return project


@pytest.fixture
def anywhere() -> Iterator[Path]:
    """A folder that every user may enter. Those of pytest are its own user's alone."""
    with tempfile.TemporaryDirectory(prefix="varied-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def copy_in_reverse(folder: Path, project: TinyProject) -> None:
    """Copy the sources file by file, the last name first: folders list them in another order."""
    files = [
        file
        for name in SOURCES
        for file in (project.folder / name, *sorted((project.folder / name).rglob("*")))
        if file.is_file() and "__pycache__" not in file.parts
    ]
    for file in reversed(files):
        copy = folder / file.relative_to(project.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    write_module(folder)


def as_nobody() -> dict[str, Any]:
    """Return how to run a program as another user, if this one may and that one finds Python."""
    nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, cwd="/", **nobody)
    except (OSError, subprocess.SubprocessError):
        return {}
    return nobody


def build(folder: Path, cores: int, **changes: str) -> None:
    """Build with all that the caller of a program can vary."""
    home = folder / "home"
    home.mkdir()
    words = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--config"]
    words += [f"{key}={value}" for key, value in TinyProject.config.items()]
    options = {"umask": 0o077, **as_nobody()}
    if "user" in options:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    environment = {**os.environ, **VARIED, "HOME": str(home), "PYTHONPATH": str(folder), **changes}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_that_a_caller_can_vary_changes_no_byte(usual: TinyProject, anywhere: Path) -> None:
    folder = anywhere / "Ein anderer Ort – ünïcode"
    folder.mkdir()
    copy_in_reverse(folder, usual)
    build(folder, cores=2)
    other = folder / "build/smoke"
    assert main(["verify", str(usual.build_folder), str(other), "--exact"]) == 0


def test_another_arithmetic_is_verified(usual: TinyProject, anywhere: Path) -> None:
    """Sums are rounded otherwise: numbers differ, and nothing is called different for it."""
    copy_in_reverse(anywhere, usual)
    build(anywhere, cores=1, ATEN_CPU_CAPABILITY="default")
    other = anywhere / "build/smoke"
    sides = [str(usual.build_folder), str(other)]
    assert main(["verify", *sides]) in (0, 2)
    assert main(["verify", *sides, "--exact"]) == 1
