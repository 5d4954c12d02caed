"""Student text or note to the builder: the rules against labelled lines.

Set A was at hand when the rules were written; set B was labelled before they were and not read
while they were changed. Losing the student's text is the worst error, and none is allowed.
"""

from __future__ import annotations

import csv
from typing import NamedTuple

import pytest
from checkout import ROOT

from pipelines.any_plan import read_text
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Voice
from pipelines.plan.inline import plain
from pipelines.planlint.texts import page_runs

LINES = ROOT / "tests/data/voice.tsv"
FRAME = "# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n### Lesson Outline\n\n"
TITLES = {"context": "Context", "next": "Next Step", "summary": "Summarize"}


class Line(NamedTuple):
    set: str
    context: str
    label: str
    line: str
    shown: str


def labelled() -> list[Line]:
    with LINES.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [Line(*row) for row in rows]


class Reading(NamedTuple):
    """What became of a line: the student's text and the builder's."""

    shown: str
    noted: str

    @property
    def label(self) -> str:
        return "X" if self.shown and self.noted else "H" if self.noted else "R"


def read(line: Line) -> Reading:
    title = TITLES.get(line.context, line.context.capitalize())
    plan, _ = read_text(f"{FRAME}#### 1. {title}\n\n{line.line}\n")
    assert isinstance(plan, LessonPlan) and plan.design.outline
    (section,) = plan.design.outline.sections
    assert section.kind is SectionKind(line.context)
    shown = " ".join(plain(spans) for spans, src in page_runs(plan) if src.line > 9)
    noted = " ".join(
        plain(getattr(node, "spans", ()))
        for node in walk(section.nodes)
        if getattr(node, "voice", None) is Voice.BUILDER
    )
    if any(isinstance(node, MisconceptionBlock) for node in walk(section.nodes)):
        noted = noted or "marked as a mistake"
    return Reading(shown, noted)


def is_lost(line: Line, got: Reading) -> bool:
    """The student's text, or a part of it, went to the builder only."""
    if line.label == "H":
        return False
    return line.shown not in got.shown if line.label == "X" else got.label != "R"


@pytest.mark.parametrize(
    ("name", "count", "least"), [("A", 100, 0.9), ("B", 100, 0.85), ("C", 90, 0.85)]
)
def test_accuracy(name: str, count: int, least: float) -> None:
    lines = [line for line in labelled() if line.set == name]
    got = [read(line) for line in lines]
    pairs = list(zip(lines, got, strict=True))
    right = [one.label == two.label for one, two in pairs]
    lost = [one.line for one, two in pairs if is_lost(one, two)]
    leaks = sum(one.label == "H" and two.label != "H" for one, two in pairs)
    wrong = [
        f"{one.label}->{two.label} {one.line}" for one, two in pairs if one.label != two.label
    ]
    accuracy = sum(right) / len(right)
    print(
        f"\nset {name}: {len(lines)} lines, {accuracy:.1%} right, {leaks} leaks, {len(lost)} lost"
    )
    print("\n".join(wrong))
    assert len(lines) >= count
    assert not lost
    assert accuracy >= least
