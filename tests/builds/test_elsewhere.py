"""Jobs that do not run where and as usual: on a cluster, in an environment of conda."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest
from checkout import ROOT
from tiny_module import FIGURE, TinyProject
from warm import Cold, shared

pytestmark = pytest.mark.build

CONDA = """\
#!/bin/sh
# As much of conda as Snakemake asks for: an environment whose python says that it was used.
case "$1" in
--version) echo conda 25.1.0 ;;
info) echo '{"conda_prefix": "%(place)s", "platform": "linux-64"}' ;;
config) echo '{"get": {"channel_priority": "strict"}}' ;;
env)
    while [ $# -gt 0 ]; do
        case "$1" in
        --file*) file=${1#--file=}; [ "$file" = --file ] && file=$2 ;;
        --prefix*) prefix=${1#--prefix=}; [ "$prefix" = --prefix ] && prefix=$2 ;;
        esac
        shift
    done
    mkdir -p "$prefix/bin"
    cp "$file" %(place)s/asked.yaml
    cp %(place)s/python "$prefix/bin/python" ;;
clean) ;;
*) exit 2 ;;
esac
"""
ACTIVATE = 'export PATH="$1/bin:$PATH"\n'
PYTHON = '#!/bin/sh\necho "$@" >> {used}\nexec {python} "$@"\n'


@pytest.fixture
def project(tmp_path: Path) -> TinyProject:
    return TinyProject.made(tmp_path)


def test_the_profile_of_a_cluster(project: TinyProject) -> None:
    """A clock has a node, and not as many threads as the submitting machine has processors.

    The figures of a page are one job, drawn one after another: a node of two processors would
    never begin a job that asks for one for each.
    """
    shutil.copytree(ROOT / "tests/data/cluster", project.folder, dirs_exist_ok=True)
    profile = project.folder / "profiles/slurm/config.yaml"
    text = profile.read_text()
    assert "latency-wait: 60 " in text
    profile.write_text(text.replace("latency-wait: 60 ", "latency-wait: 1 "))
    plan = project.folder / "lessons/tiny/first/plan.md"
    more = (FIGURE.replace("one-fig", name) for name in ("two-fig", "three-fig"))
    plan.write_text(plan.read_text().replace(FIGURE, "\n".join((FIGURE, *more))))
    project.cores = ""
    target = "build/smoke/published/first.json"
    cold = Cold(shared().socket, shared().programs)  # a warm one has looked for executors before
    done = project.snakemake(target, "--workflow-profile", "profiles/slurm", by=cold)
    assert done.returncode == 0, done.stdout
    assert (project.site / "first/index.html").is_file()
    lines = (project.folder / "submitted.jsonl").read_text().splitlines()
    jobs = {"+".join(job["rules"]): job for job in map(json.loads, lines)}
    assert jobs.keys() == {
        "train_plane",
        "measure_plane",
        "clock_plane",
        "collect_lesson_ledger+draw_figure+render_lesson",
    }
    assert len(list(project.build_folder.glob("draft/first/figures/*.png"))) == 3
    assert jobs["clock_plane"]["threads"] == 1
    assert jobs["clock_plane"]["resources"]["slurm_extra"] == "--exclusive"
    for job in jobs.values():
        assert job["threads"] == 1
        assert job["resources"]["mem_mb"] >= 400 and job["resources"]["runtime"] >= 10


def test_an_environment_of_conda(project: TinyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    place = project.folder / "conda"
    (place / "bin").mkdir(parents=True)
    (place / "bin/activate").write_text(ACTIVATE)
    used = place / "used"
    python = shlex.quote(str(shared().programs / "python"))
    programs = {
        "conda": CONDA % {"place": place},
        "python": PYTHON.format(used=used, python=python),
    }
    for name, text in programs.items():
        (place / name).write_text(text)
        (place / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    target = "build/smoke/measurements/toy-edm.json"
    done = project.snakemake(target, "--sdm", "conda")
    assert done.returncode == 0, done.stdout
    assert (place / "asked.yaml").read_text() == (ROOT / "config/environment.yaml").read_text()
    told = used.read_text()
    assert "-m pipelines.stages.train_plane" in told
    assert "-IS pipelines/steering/ask.py python -m pipelines.stages.measure_plane" in told
    assert (
        "\n-m pipelines.stages.measure_plane" in told
    )  # by itself: no helper has this environment
