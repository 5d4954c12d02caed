"""Every kind of block: its example is read, written again, kept as JSON, and set on a page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from checkout import ROOT
from exercise_samples import double_run
from page_samples import parsed, sources

from pipelines.any_plan import plan_adapter, read_text
from pipelines.blocks.kind import BlockKind
from pipelines.blocks.kinds import DIRECTIVES, KINDS
from pipelines.contracts.blocks import Block
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.environment import TEMPLATES
from pipelines.pages.render import render_lesson
from pipelines.pages.sources import RanExercise
from pipelines.planwriter.format import format_text

FRAME = """# Lesson: X

**Voice:** explicit

## Phase 2: Analyze

## Phase 3: Design

### Lesson Outline

#### 1. Explain: X

%s
"""
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.type.type for kind in KINDS])


def read_example(text: str) -> LessonPlan:
    plan, problems = read_text(text, "plan.md")
    assert isinstance(plan, LessonPlan) and problems == []
    return plan


def blocks(plan: LessonPlan, kind: BlockKind) -> list[str]:
    """Return the outermost blocks of a kind without the lines at which they stand."""
    nodes = plan.design.outline.sections[0].nodes
    found = [repr(node) for node in nodes if type(node) is kind.type]
    return [re.sub(r"Src\([^)]*\)|line=\d+", "", one) for one in found]


@each_kind
def test_an_example_is_read_as_its_type(kind: BlockKind) -> None:
    assert len(blocks(read_example(FRAME % kind.example), kind)) == 1


@each_kind
def test_what_is_written_is_read_as_the_same(kind: BlockKind) -> None:
    text = FRAME % kind.example
    again = format_text(text, "plan.md")
    assert blocks(read_example(again), kind) == blocks(read_example(text), kind)
    assert format_text(again, "plan.md") == again


@each_kind
def test_a_plan_with_it_survives_json(kind: BlockKind) -> None:
    adapter = plan_adapter()
    plan = read_example(FRAME % kind.example)
    assert adapter.validate_json(adapter.dump_json(plan)) == plan


@each_kind
def test_an_example_becomes_a_page(kind: BlockKind) -> None:
    given = sources()
    figures = {"levels": given.figures["fig"]}
    ran = {"two-steps": RanExercise(double_run())}
    shown = replace(given, figures=figures, exercises=ran)
    page = render_lesson(read_example(FRAME % kind.example), shown)
    assert parsed(page) and 'class="missing"' not in page
    words = re.findall(r"[A-Z][a-z]+(?: [a-z]+)+\.", kind.example)
    assert all(sentence in page for sentence in words)


@each_kind
def test_it_has_a_partial_and_stands_in_the_documents(kind: BlockKind) -> None:
    assert (TEMPLATES / "blocks" / f"{kind.type.type}.html.j2").is_file()
    told = (ROOT / "docs/authoring.md").read_text(encoding="utf-8")
    table = told.partition("## Directives")[2].partition("\n## ")[0]
    names = kind.names or (kind.type.type,)
    assert [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", table)] == []


def test_every_file_has_its_kinds_in_the_list() -> None:
    mine = [one for one in Block.__subclasses__() if "pipelines.blocks." in one.__module__]
    assert {*mine} <= {kind.type for kind in KINDS}
    modules = {kind.read.__module__.rpartition(".")[2] for kind in KINDS}
    files = {path.stem for path in (ROOT / "pipelines/blocks").glob("*.py")}
    assert modules == files - {"__init__", "kind", "kinds"}


def test_no_directive_has_two_kinds() -> None:
    names = [name for kind in KINDS for name in kind.names or (kind.type.type,)]
    assert len(names) == len(set(names))
    assert set(DIRECTIVES) == {*names, "builder"}
