"""A module of two tiny lessons, and a copy of the project that builds it with the smoke preset."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipelines.plan.starter import starter

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("Snakefile", "config", "profiles", "pipelines", "templates", "requirements.lock")
MODULE = """\
# Module 1.1: Tiny -- Plan

## Module Goal

Two lessons, to see what a build does.

## Lesson Sequence with Rationale

| Lesson | Core Concept | Type | Rationale for Position |
|---|---|---|---|
| first | A diffusion model | BUILD | It comes first. |
| second | A flow | BUILD | It comes second. |
"""
FACTS = "- {id: one, value: 1.0, what: one, source: somebody}\n"
REFERENCES = "@misc{somebody, author = {Body, Some}, title = {Some}, year = {2020}}\n"
EXPERIMENT = """\
title: {title}
method: {method}
data: moons
train: {{steps: 500, batch: 64, lr: 2.0e-3}}
evaluate:
  samplers: {{{sampler}: [1, 2]}}
  reference: {reference}@2
replicas: 1
"""
FIGURE = """\
:::{figure} quality-by-nfe
:id: one-fig
:systems: toy-edm/euler
:metric: off_manifold
Points after one and two steps.
:::
"""
QUOTED = {
    "first": "Off: {value}`toy-edm/euler@2/off_manifold`, in"
    " {value}`toy-edm/euler@2/seconds_per_1000` s.\n\n" + FIGURE,
    "second": "Off: {value}`toy-flow/flow_euler@2/off_manifold`.\n",
}


def write_module(folder: Path) -> None:
    """Write lessons/tiny: `first` quotes and times toy-edm, `second` quotes toy-flow."""
    module = folder / "lessons/tiny"
    (module / "experiments").mkdir(parents=True)
    (module / "module.md").write_text(MODULE)
    (module / "facts.yaml").write_text(FACTS)
    (module / "references.bib").write_text(REFERENCES)
    for name, method, sampler, reference in (
        ("toy-edm", "edm", "euler", "heun"),
        ("toy-flow", "flow_matching", "flow_euler", "flow_rk4"),
    ):
        text = EXPERIMENT.format(title=name, method=method, sampler=sampler, reference=reference)
        (module / f"experiments/{name}.yaml").write_text(text)
    for lesson, quoted in QUOTED.items():
        before, hook, after = starter(lesson).partition("#### 2. Hook\n")
        (module / lesson).mkdir()
        (module / lesson / "plan.md").write_text(f"{before}{hook}\n{quoted}{after}")


class TinyProject:
    """The sources with the tiny module, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.build_folder = folder / "build/smoke"
        self.site = self.build_folder / "site"

    @classmethod
    def made(cls, folder: Path) -> TinyProject:
        for name in SOURCES:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, folder / name)
        write_module(folder)
        return cls(folder)

    def copied(self, folder: Path) -> TinyProject:
        shutil.copytree(self.folder, folder, symlinks=True)
        return TinyProject(folder)

    def snakemake(
        self, *arguments: str, config: str = "strict=false"
    ) -> subprocess.CompletedProcess[str]:
        binaries = Path(sys.executable).parent
        environment = os.environ | {
            "PYTHONPATH": str(self.folder),
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        }
        command = [str(binaries / "snakemake"), "--cores", "1", *arguments]
        return subprocess.run(
            [*command, "--config", "preset=smoke", "module=tiny", config],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def build(self) -> str:
        done = self.snakemake()
        assert done.returncode == 0, done.stdout
        return done.stdout

    def pages(self) -> dict[str, bytes]:
        files = (path for path in self.site.rglob("*") if path.is_file())
        return {path.relative_to(self.site).as_posix(): path.read_bytes() for path in files}

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
