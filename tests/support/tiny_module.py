"""A module of two tiny lessons, and a copy of the project that builds it with the smoke preset."""

from pathlib import Path
from typing import ClassVar

from checkout import Checkout

from pipelines.planwriter.starter import starter

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
  reference: {reference}
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
        ("toy-edm", "edm", "euler", "heun@2"),
        ("toy-flow", "flow_matching", "flow_euler", "flow_rk4@2"),
    ):
        text = EXPERIMENT.format(title=name, method=method, sampler=sampler, reference=reference)
        (module / f"experiments/{name}.yaml").write_text(text)
    for lesson, quoted in QUOTED.items():
        before, hook, after = starter(lesson).partition("#### 2. Hook\n")
        (module / lesson).mkdir()
        (module / lesson / "plan.md").write_text(f"{before}{hook}\n{quoted}{after}")


class TinyProject(Checkout):
    """The sources with the tiny module."""

    cores = "1"
    config: ClassVar = Checkout.config | {"module": "tiny", "strict": "false"}

    def furnish(self) -> None:
        write_module(self.folder)
