"""Ledgers made by hand, and plans to lint the claims of."""

from __future__ import annotations

import re

from pipelines.any_plan import read_text
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.measurement import Fact, Ledger, Measurement, Producer
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.planlint.rules import lint

FRAME = (
    "# Lesson: X\n\n{}## Phase 2: Analyze\n\n## Phase 3: Design\n\n### Lesson Outline\n\n"
    "#### 1. Explain: X\n\n"
)
EXPLICIT, LOOSE = FRAME.format("**Voice:** explicit\n\n"), FRAME.format("")
A, B = "a/x@1/off_manifold", "b/x@1/off_manifold"
FACTS = {"g": Fact(id="g", value=9.81, what="gravity", source="galilei")}


def _experiment(name: str, data: str) -> Experiment:
    return Experiment(
        name=name, file="x", title=name, method="edm", data=data,
        train=Train(steps=1, batch=1, lr=0.1), evaluate=Evaluate(samplers={}),
    )  # fmt: skip


EXPERIMENTS = {
    name: _experiment(name, data)
    for name, data in (("grid-cd", "grid25"), ("gan", "grid25"), ("ring-cd", "ring8"))
}


def read(text: str) -> LessonPlan:
    plan, _ = read_text(text, "plan.md")
    assert isinstance(plan, LessonPlan)
    return plan


def problems_of(text: str, experiments: object = EXPERIMENTS) -> list[Problem]:
    found = lint(read(text), facts=FACTS, citations={}, experiments=experiments)
    return [one for one in found if re.fullmatch(r"ML31[4-9]|ML301", one.code)]


def make_ledger(values: dict[str, float], facts: dict[str, float] | None = None) -> Ledger:
    producer = Producer(rule="measure_plane")
    rows = {key: Measurement(key=key, value=v, produced_by=producer) for key, v in values.items()}
    cited = {
        name: Fact(id=name, value=value, what="a figure", source="someone2020")
        for name, value in (facts or {}).items()
    }
    return Ledger(preset="default", publish=True, measurements=rows, facts=cited)
