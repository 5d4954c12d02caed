"""The fields of a module plan: goal, arc, sequence of lessons, topics, misconceptions."""

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.plan import ModuleLesson
from pipelines.contracts.planning import Concept, Named
from pipelines.plan import phases
from pipelines.plan.blocks import typed
from pipelines.plan.columns import rows_by_role
from pipelines.plan.inline import plain
from pipelines.plan.lesson import FieldCollector
from pipelines.plan.lines import Heading
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.reading import Reading

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


class ModuleReader(FieldCollector):
    """Goes through the headings of a module's plan or record and gathers its fields."""

    def __init__(self, reading: Reading, sections: list[Heading]) -> None:
        super().__init__(reading)
        self.found: dict[str, Any] = {}
        for part in sections:
            title = part.title.lower()
            known = ((name, read) for word, name, read in _FIELDS if re.search(word, title))
            name, read = next(known, ("", None))
            value = read(self, part) if read else None
            if value and name not in self.found:
                self.found[name] = value
            else:
                self.keep(part)

    def fields(self, _status: str) -> dict[str, Any]:
        """Return the fields of a `ModulePlan` that the headings gave."""
        topics = self.found.get("topics", {})
        excluded = {name: no for name, blocks in topics.items() if (no := _excluded(blocks))}
        stages = _stages(self.found.get("arc", ()))
        derived = {"arc_stages": stages, "topics_excluded": excluded}
        return {**self.found, **derived, "extra": tuple(self.extra)}

    def lesson_rows(self, part: Heading) -> tuple[ModuleLesson, ...]:
        """Read the rows of a table of lessons."""
        return tuple(
            ModuleLesson(
                src=row.src,
                slug=row.text("slug").strip("`* "),
                core=row.spans("core"),
                load=row.text("load"),
                why=row.spans("why"),
            )
            for row in rows_by_role(self.reading, raw_blocks(self.reading, *part.whole), _SEQUENCE)
        )

    def topics(self, part: Heading) -> dict[str, Blocks]:
        """Read `**Lesson 6 (slug):**` and `### slug`, each with what follows it."""
        topics: dict[str, Blocks] = {}
        name = ""
        for raw in raw_blocks(self.reading, *part.whole):
            match = _TOPIC.fullmatch(raw.text.strip()) if raw.kind == "paragraph" else None
            if match or raw.kind == "heading":
                name = (match["name"] if match else raw.text).strip("`* ")
                topics.setdefault(name, ())
                self.reading.label(raw.line, raw.text, raw.end)
            elif raw.kind != "rule":
                topics[name] = topics.get(name, ()) + typed(self.reading, [raw])
        return topics

    def concepts(self, part: Heading) -> tuple[Concept, ...]:
        """Read the concept index of a record."""
        return phases.read_concepts(self.reading, raw_blocks(self.reading, *part.whole))

    def misconceptions(self, part: Heading) -> tuple[Named, ...]:
        """Read the bullets of the module's misconceptions."""
        return phases.read_named(self.reading, raw_blocks(self.reading, *part.whole))


# headings in lower case, tried in order → field, and what reads it
_FIELDS: tuple[tuple[str, str, Callable[[ModuleReader, Heading], Any]], ...] = (
    (r"to the (?:reader|student)s?|welcome", "welcome", ModuleReader.part_blocks),
    (r"goal", "goal", ModuleReader.part_blocks),
    (r"prereq", "prerequisites", ModuleReader.part_blocks),
    (r"narrative|arc\b", "arc", ModuleReader.part_blocks),
    (r"sequence", "sequence", ModuleReader.lesson_rows),
    (r"concept index|concepts? (?:taught|established)", "concepts", ModuleReader.concepts),
    (r"per-lesson|lesson summar", "summaries", ModuleReader.topics),
    (r"topic|concept distribution", "topics", ModuleReader.topics),
    (r"load", "load_trajectory", ModuleReader.lesson_rows),
    (r"misconception", "misconceptions", ModuleReader.misconceptions),
)


def _stages(arc: Blocks) -> dict[str, Blocks]:
    """Return beginning, middle and end of an arc that names them."""
    stages: dict[str, Blocks] = {}
    name = ""
    for block in arc:
        match = _STAGE.match(_block_text(block))
        name = match["stage"].lower() if match else name
        if name:
            stages[name] = (*stages.get(name, ()), block)
    return stages


def _excluded(blocks: Blocks) -> Blocks:
    """Return what a lesson's topics say that it does NOT cover."""
    items = [one for block in blocks for one in getattr(block, "items", ())]
    inner = [node for one in items for node in one.nodes]
    return tuple(one for one in (*blocks, *inner) if _NOT.match(_block_text(one)))


def _block_text(block: Block) -> str:
    return plain(getattr(block, "spans", ())).strip()
