"""A module of one plan, without experiments, figures, facts or references, becomes a page."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from checkout import Checkout

from pipelines.planwriter.starter import starter

pytestmark = pytest.mark.build

MODULE = """\
# Module 1.1: Bare -- Plan

## Module Goal

One lesson.

## Lesson Sequence with Rationale

| Lesson | Core Concept | Type | Rationale for Position |
|---|---|---|---|
| only | Words | BUILD | It is the only one. |
"""


class BareProject(Checkout):
    cores = "1"
    config: ClassVar = Checkout.config | {"module": "bare"}

    def furnish(self) -> None:
        lesson = self.folder / "lessons/bare/only"
        lesson.mkdir(parents=True)
        (lesson / "plan.md").write_text(starter("only"))
        (lesson.parent / "module.md").write_text(MODULE)
        for name in ("facts.yaml", "references.bib"):
            (lesson.parent / name).touch()


def test_a_module_of_one_plan_and_nothing_else(tmp_path: Path) -> None:
    project = BareProject.made(tmp_path)
    assert project.planned() == {
        **{
            "collect_ledger": 1,
            "collect_lesson_ledger": 1,
            "render_index": 1,
            "publish_lesson": 1,
            "render_lesson": 1,
        },
    }
    project.build()
    assert b"Only" in project.pages()["only/index.html"]
    assert "Nothing to be done" in project.build()
