"""Clusters that are there: Slurm by the profile as shipped, and a shell script as a scheduler.

Each wants an executor package that is not of this project's environment (docs/scaling.md).
tests/builds/test_elsewhere.py has a stand-in for both, which runs everywhere.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from tiny_module import TinyProject
from warm import Cold, shared

from pipelines.cli import main

pytestmark = pytest.mark.build

PROFILE = ["--workflow-profile", "profiles/slurm"]
PLACE = ["--default-resources", "slurm_account=none", "slurm_partition={}", "cpus_per_task=1"]
SLURM = ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"]
SCHEDULER = """\
#!/bin/sh
echo "$1" >> {asked}
setsid sh "$1" > "$1.said" 2>&1 &
echo $!
"""


def executor(name: str) -> None:
    """Skip a test where Snakemake has no such executor."""
    if find_spec(f"snakemake_executor_plugin_{name.replace('-', '_')}") is None:
        pytest.skip(f"pip install -c requirements.lock snakemake-executor-plugin-{name}")


def partition() -> str:
    """Return the partition that Slurm takes jobs in; skip a test where there is none."""
    if shutil.which("sinfo") is None:
        pytest.skip("no Slurm: tests/support/slurm.sh")
    words = ["sinfo", "--noheader", "--states=idle,mixed,allocated", "--format=%R"]
    asked = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if not asked.stdout.strip():
        pytest.skip(f"Slurm does not answer, or no node is up: {asked.stderr}")
    return asked.stdout.split()[0]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    project = TinyProject.made(tmp_path_factory.mktemp("usual"))
    project.build()
    return project


def built_by(folder: Path, *words: str) -> tuple[TinyProject, str]:
    """Build the tiny module on a cluster."""
    folder.mkdir()
    project = TinyProject.made(folder)
    project.cores = ""
    done = project.snakemake(*PROFILE, *words, by=Cold(shared().socket, shared().programs))
    assert done.returncode == 0, done.stdout
    return project, done.stdout


def same(one: TinyProject, other: TinyProject) -> bool:
    return not main(["verify", str(one.build_folder), str(other.build_folder), "--exact"])


def test_slurm_by_the_profile_as_shipped(usual: TinyProject, tmp_path: Path) -> None:
    executor("slurm")
    place = [word.format(partition()) for word in PLACE]
    project, told = built_by(tmp_path / "project", *place, *SLURM)
    assert same(usual, project)
    queued = told.count("has been submitted with SLURM jobid")
    assert queued == 8, told  # of 14 jobs: what makes a page, and the index, are grouped


def test_a_shell_script_as_the_scheduler(usual: TinyProject, tmp_path: Path) -> None:
    """The rules suppose nothing of a cluster but its files."""
    executor("cluster-generic")
    script, asked = tmp_path / "scheduler", tmp_path / "asked"
    script.write_text(SCHEDULER.format(asked=asked))
    script.chmod(0o755)
    words = ["--executor", "cluster-generic", "--cluster-generic-submit-cmd", str(script)]
    project, _ = built_by(tmp_path / "project", *words)
    assert same(usual, project)
    assert len(asked.read_text().splitlines()) == 8
