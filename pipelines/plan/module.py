"""The frame of a module plan: goal, arc, sequence of lessons, topics, misconceptions."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contracts.plan import Blocks, Extra, ModuleLesson
from pipelines.plan import phases
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.lesson import keep, unruled
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.structure import Part

_SEQUENCE = {
    "slug": r"lesson|slug",
    "core": r"core|concept|topic",
    "load": r"type|load",
    "why": r"rationale|why|notes",
}
_TOPIC = re.compile(
    r"\*\*(?:lesson\s+\d+\s*)?[:(]*\s*(?P<name>[^*:()]+)\)?:?\*\*:?", re.IGNORECASE
)


def read_module(reading: Reading, sections: list[Part]) -> dict[str, Any]:
    """Return the fields of a `ModulePlan` that the headings give."""
    fields: dict[str, Any] = {}
    extra: list[Extra] = []
    for part in sections:
        name, value = _field(reading, part)
        if name and name not in fields and value:
            fields[name] = value
        else:
            extra.append(keep(reading, part))
    return {**fields, "extra": tuple(extra)}


def _field(reading: Reading, part: Part) -> tuple[str, Any]:
    title = part.title.lower()
    if "goal" in title:
        return "goal", _blocks(reading, part)
    if "narrative" in title:
        return "arc", _blocks(reading, part)
    if "sequence" in title:
        return "sequence", _lessons(reading, part)
    if "topic" in title or "concept distribution" in title:
        return "topics", _topics(reading, part)
    if "load" in title:
        return "load_trajectory", _lessons(reading, part)
    if "misconception" in title:
        return "misconceptions", phases.named(reading, raw_blocks(reading, *part.whole))
    return "", None


def _blocks(reading: Reading, part: Part) -> Blocks:
    return unruled(read_blocks(reading, *part.whole))


def _lessons(reading: Reading, part: Part) -> tuple[ModuleLesson, ...]:
    raws = raw_blocks(reading, *part.whole)
    return tuple(
        ModuleLesson(
            src=row.src,
            slug=row.text("slug").strip("`* "),
            core=row.spans("core"),
            load=row.text("load"),
            why=row.spans("why"),
        )
        for row in phases.rows(reading, raws, _SEQUENCE)
    )


def _topics(reading: Reading, part: Part) -> dict[str, Blocks]:
    """Read `**Lesson 6 (slug):**` and `### slug`, each with what follows it."""
    topics: dict[str, Blocks] = {}
    name = ""
    for raw in raw_blocks(reading, *part.whole):
        match = _TOPIC.fullmatch(raw.text.strip()) if raw.kind == "paragraph" else None
        if match or raw.kind == "heading":
            name = (match["name"] if match else raw.text).strip("`* ")
            topics.setdefault(name, ())
        elif raw.kind != "rule":
            topics[name] = topics.get(name, ()) + typed(reading, [raw])
    return topics
