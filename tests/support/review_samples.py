"""A small finished lesson, its build, and what its review says needs a person."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from page_samples import row, sources

from pipelines.any_plan import read_text
from pipelines.contracts.figure import DataTable, Description
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.module.requests import figures
from pipelines.pages.render import render_review
from pipelines.pages.sources import DrawnFigure, Sources

DATA = Path("tests/data/review")
LESSON = DATA / "lesson.md"
KEYS = {
    1: "toy-cd/consistency@1/off_manifold",
    2: "toy-cd/consistency@2/off_manifold",
    4: "toy-cd/consistency@4/off_manifold",
}
MISSES = {1: 0.07, 2: 0.03, 4: 0.028}  # off the data, by the number of jumps
_NEED = re.compile(r'(?s)<summary>(?P<why>[^:<]+): \d+</summary>|<li><a href="#[^"]*">(.*?)</a>')


def read(text: str) -> LessonPlan:
    """Return a plan that was written by hand for a test."""
    plan, _ = read_text(text)
    assert isinstance(plan, LessonPlan)
    return plan


def a_build(misses: dict[int, float] = MISSES, *, by_chance: bool = False) -> Ledger:
    """Return measured shares of points off the data: exact, or such as chance makes them."""
    rows = {}
    for steps, value in misses.items():
        key = KEYS[steps]
        off = 0.05 if steps == 1 else -0.05
        parts = {"parts": (value - off, value + off), "draws": "moons"} if by_chance else {}
        rows[key] = row(key, value, exact=not by_chance, seeds=(0, 1), **parts)
    return Ledger(preset="default", publish=True, measurements=rows, facts={})


def made_from(plan: LessonPlan, ledger: Ledger, without: str = "") -> Sources:
    """Return sources in which every figure is drawn, but one if it is named."""
    table = DataTable(columns=("x",), rows=(("1",),))
    said = Description(alt="What one sees.", table=table, wide=(760, 300), narrow=(380, 300))
    drawn = {
        name: DrawnFigure(said, f"figures/{name}", "", use.experiments)
        for name, use in figures(plan).items()
        if name != without
    }
    return replace(sources(ledger, strict=False), figures=drawn)


def needs_of(html: str) -> list[str]:
    """Return what the first screen lists, each as "reason: what it is about"."""
    start = html.index('<section class="part" id="needs">')
    found, why = [], ""
    for match in _NEED.finditer(html[start : html.index("</section>", start)]):
        why = (match["why"] or why).lower()
        if match[2] is not None:
            found.append(f"{why}: {unescape(re.sub('<[^>]+>', '', match[2]))}")
    return found


def reviewed(text: str, ledger: Ledger | None = None, without: str = "") -> list[str]:
    """Return what the review of a plan says needs a person."""
    plan = read(text)
    made = made_from(plan, ledger or a_build(), without)
    return needs_of(render_review(plan, made))
