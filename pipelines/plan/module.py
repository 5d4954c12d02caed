"""The frame of a module plan: goal, arc, sequence of lessons, topics, misconceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.plan import Extra, ModuleLesson
from pipelines.contracts.planning import Concept, Named
from pipelines.plan import phases
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.columns import rows
from pipelines.plan.gathering import keep, unruled
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part

_SEQUENCE = {
    "slug": r"lesson|slug",
    "core": r"core|concept|topic",
    "load": r"type|load",
    "why": r"rationale|why|notes",
}
_STAGE = re.compile(r"\W*(?:the )?(?P<stage>beginning|middle|end)\b", re.IGNORECASE)
_NOT = re.compile(r"\W*(?:explicitly )?not\b", re.IGNORECASE)
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

    def fields(self, _status: str) -> dict[str, Any]:
        """Return the fields of a `ModulePlan` that the headings gave."""
        stages = arc_stages(self.found.get("arc", ()))
        excluded = {name: topics_excluded(one) for name, one in self.topics().items()}
        excluded = {name: one for name, one in excluded.items() if one}
        derived = {"arc_stages": stages, "topics_excluded": excluded}
        return {**self.found, **derived, "extra": self.extra}

    def topics(self) -> dict[str, Blocks]:
        return dict(self.found.get("topics", {}))


def arc_stages(arc: Blocks) -> dict[str, Blocks]:
    """Return beginning, middle and end of an arc that names them."""
    stages: dict[str, Blocks] = {}
    name = ""
    for block in arc:
        match = _STAGE.match(_text(block))
        name = match["stage"].lower() if match else name
        if name:
            stages[name] = (*stages.get(name, ()), block)
    return stages


def topics_excluded(blocks: Blocks) -> Blocks:
    """Return what a lesson's topics say that it does NOT cover."""
    items = [one for block in blocks for one in getattr(block, "items", ())]
    inner = [node for one in items for node in one.nodes]
    return tuple(one for one in (*blocks, *inner) if _NOT.match(_text(one)))


def _text(block: Block) -> str:
    return plain(getattr(block, "spans", ())).strip()


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
        for row in rows(reading, raws, _SEQUENCE)
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
    (r"prereq", "prerequisites", _blocks),
    (r"narrative|arc\b", "arc", _blocks),
    (r"sequence", "sequence", _lessons),
    (r"concept index|concepts? (?:taught|established)", "concepts", _concepts),
    (r"per-lesson|lesson summar", "summaries", _topics),
    (r"topic|concept distribution", "topics", _topics),
    (r"load", "load_trajectory", _lessons),
    (r"misconception", "misconceptions", _misconceptions),
)
