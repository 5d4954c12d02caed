"""A plan file → a typed plan, with every problem that was found on the way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pipelines.contracts.plan import (
    AnyPlan,
    Extra,
    LessonPlan,
    ModulePlan,
    PlainDocument,
    Segment,
    SegmentKind,
)
from pipelines.contracts.problems import Problem
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.lesson import LessonReader, is_lesson
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.meta import is_explicit, is_metadata, read_meta, read_pairs
from pipelines.plan.module import read_module
from pipelines.plan.reading import Reading
from pipelines.plan.source import Source, decode, normalise
from pipelines.plan.structure import Part, fenced, headings, tree

_MODULE = re.compile(r"module\b", re.IGNORECASE)
_TITLE_FRAME = re.compile(
    r"^(?:lesson(?: plan(?:ning)?)?(?:\s+\d+)?\s*:|module\s+(?P<number>[\d.]+)\s*[:–—-]+)\s*"
    r"|\s*(?:--+|[–—])\s*(?:lesson )?plan(?:ning document)?\s*$"
    r"|\s*\((?:module )?\d+(?:\.\d+)*(?:, lesson \d+)?\)\s*$",
    re.IGNORECASE,
)


def read_plan(path: Path) -> tuple[AnyPlan, list[Problem]]:
    """Read a plan file.

    Returns:
        The plan, and all problems of its content, in the order of lines.

    Raises:
        InputProblems: If the file is not UTF-8.
    """
    return read_text(decode(path.read_bytes(), str(path)), str(path))


def read_text(text: str, file: str = "plan.md") -> tuple[AnyPlan, list[Problem]]:
    """Read the text of a plan; `file` is how problems call it."""
    reading = Reading(Source(file, normalise(text)))
    lines = reading.source.lines
    inside, unclosed = fenced(lines)
    found = headings(lines, inside)
    root = tree(found, len(lines))
    _note_damage(reading, unclosed)
    plan = _Document(reading, root).read(_segments(reading, found))
    return plan, sorted(set(reading.problems))


def _note_damage(reading: Reading, unclosed: int) -> None:
    for line in reading.source.damaged:
        reading.problem(
            line,
            "ML202",
            "double-encoded characters; read as they were meant",
            "save the line as UTF-8 once",
            "warning",
        )
    if unclosed:
        reading.problem(
            unclosed, "ML213", "this code fence is never closed", "end it with a fence line"
        )


def _segments(reading: Reading, found: list[Part]) -> tuple[Segment, ...]:
    """Cut the file at its headings; the pieces, in order, are the file."""
    lines = reading.source.raw_lines
    starts = [1, *(part.line for part in found if part.line > 1)]
    stops = [start - 1 for start in starts[1:]] + [len(lines)]
    by_line = {part.line: part for part in found}
    segments = []
    for start, stop in zip(starts, stops, strict=True):
        part = by_line.get(start)
        raw = "\n".join(lines[start - 1 : stop]) + ("\n" if stop < len(lines) else "")
        segments.append(
            Segment(
                src=reading.src(start, stop),
                kind=SegmentKind.SECTION if part else SegmentKind.PREAMBLE,
                heading=part.title if part else "",
                level=part.level if part else 0,
                raw=raw,
            )
        )
    return tuple(segments)


class _Document:
    """Decides what kind of document it is, and has it read."""

    def __init__(self, reading: Reading, root: Part) -> None:
        self.reading, self.root = reading, root
        first = root.children[0] if root.children else None
        self.head = first if first and first.level == 1 else None
        top = self.head or root
        self.sections = top.children
        if self.head:
            self.sections = [*self.head.children, *root.children[1:]]
        self.pairs = read_pairs(reading, *top.own)
        reading.explicit = is_explicit(self.pairs)
        self.top = top

    def read(self, segments: tuple[Segment, ...]) -> AnyPlan:
        written = self.head.title if self.head else ""
        common: dict[str, Any] = {
            "file": self.reading.source.file,
            "segments": segments,
            "meta": read_meta(self.pairs),
        }
        stem = Path(self.reading.source.file).stem
        title = cleaned(written) or common["meta"].slug or stem
        common["title"] = title
        common["title_spans"] = self.reading.spans(title, self.head.line if self.head else 1)
        slug = common["meta"].slug or stem
        if is_lesson(self.root):
            reader = LessonReader(self.reading, self.sections)
            fields = reader.fields()
            fields["extra"] = self.introduction() + fields["extra"]
            return LessonPlan(**common, id=slug, **fields, guesses=self.guesses())
        if _MODULE.match(written) and self.sections:
            fields = read_module(self.reading, self.sections)
            fields["extra"] = self.introduction() + fields["extra"]
            number = _TITLE_FRAME.match(written)
            if number and number["number"] and not common["meta"].module_number:
                update = {"module_number": number["number"]}
                common["meta"] = common["meta"].model_copy(update=update)
            return ModulePlan(**common, id=slug, **fields, guesses=self.guesses())
        first = 1 if self.head is None else self.head.line + 1
        nodes = read_blocks(self.reading, first, len(self.reading.source.lines))
        return PlainDocument(**common, id=slug, nodes=nodes, guesses=self.guesses())

    def introduction(self) -> tuple[Extra, ...]:
        """Keep what stands before the first section and is no `**Key:** value` line."""
        raws = [
            raw
            for raw in raw_blocks(self.reading, *self.top.own)
            if raw.kind != "rule" and not is_metadata(raw.text)
        ]
        if not raws:
            return ()
        title = self.reading.spans(self.top.title, max(self.top.line, 1))
        src = self.reading.src(raws[0].line, raws[-1].end)
        return (Extra(src=src, title=title, level=1, nodes=typed(self.reading, raws)),)

    def guesses(self) -> tuple[Any, ...]:
        return tuple(self.reading.guesses)


def cleaned(title: str) -> str:
    """Return a title without its frame: `# Lesson: X (7.3.1)` → X."""
    while (shorter := _TITLE_FRAME.sub("", title).strip()) != title:
        title = shorter
    return title
