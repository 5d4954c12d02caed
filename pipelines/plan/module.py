"""The frame of a module plan: goal, arc, sequence of lessons, topics, misconceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.plan import Blocks, Concept, Extra, ModuleLesson, Named
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


class ModuleReader:
    """Goes through the headings of a module's plan or record and gathers its fields."""

    def __init__(self, reading: Reading, sections: list[Part]) -> None:
        self.found: dict[str, Any] = {}
        extra: list[Extra] = []
        for part in sections:
            name, value = _field(reading, part)
            if name and name not in self.found and value:
                self.found[name] = value
            else:
                extra.append(keep(reading, part))
        self.extra = tuple(extra)

    def fields(self) -> dict[str, Any]:
        """Return the fields of a `ModulePlan` that the headings gave."""
        return {**self.found, "extra": self.extra}


def _field(reading: Reading, part: Part) -> tuple[str, Any]:
    title = part.title.lower()
    for pattern, name, read in _FIELDS:
        if re.search(pattern, title):
            return name, read(reading, part)
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
            reading.label(raw.line, raw.text, raw.end)
        elif raw.kind != "rule":
            topics[name] = topics.get(name, ()) + typed(reading, [raw])
    return topics


def _concepts(reading: Reading, part: Part) -> tuple[Concept, ...]:
    return phases.concepts(reading, raw_blocks(reading, *part.whole))


def _misconceptions(reading: Reading, part: Part) -> tuple[Named, ...]:
    return phases.named(reading, raw_blocks(reading, *part.whole))


# headings in lower case, tried in order → field, and what reads it
_FIELDS: tuple[tuple[str, str, Callable[[Reading, Part], Any]], ...] = (
    (r"goal", "goal", _blocks),
    (r"narrative", "arc", _blocks),
    (r"sequence", "sequence", _lessons),
    (r"concept index|concepts? (?:taught|established)", "concepts", _concepts),
    (r"per-lesson|lesson summar", "summaries", _topics),
    (r"topic|concept distribution", "topics", _topics),
    (r"load", "load_trajectory", _lessons),
    (r"misconception", "misconceptions", _misconceptions),
)
