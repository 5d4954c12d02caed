"""The text of a plan → a typed plan, with every problem that was found on the way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.contracts.controls import CONTROLS
from pipelines.contracts.plan import (
    APPENDIX,
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
from pipelines.plan.coverage import leftovers
from pipelines.plan.elsewhere import report_elsewhere
from pipelines.plan.frame import is_lesson
from pipelines.plan.front_matter import front_matter
from pipelines.plan.lesson import LessonReader
from pipelines.plan.lines import Heading, Source, fenced, headings, normalise, tree
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.meta import (
    is_explicit,
    is_metadata,
    read_meta,
    read_pairs,
    read_title,
    slug_of,
    with_title,
)
from pipelines.plan.module_plan import ModuleReader
from pipelines.plan.reading import DirectiveReader, Importer, Reading

_METADATA = re.compile(r"\W*(?:lesson )?(?:meta(?:data)?|overview|at a glance)\b", re.IGNORECASE)
_MODULE = re.compile(r"module\b", re.IGNORECASE)


def read_text(
    text: str,
    file: str,
    directives: Mapping[str, DirectiveReader],
    importer: Callable[[], Importer] | None = None,
) -> tuple[AnyPlan, list[Problem]]:
    """Read the text of a plan.

    Args:
        file: How problems call it.
        directives: What reads each directive, by its name.
        importer: Makes what reads hand-written plans; without it they are read as they stand.

    Returns:
        The plan, and all problems of its content, in the order of lines.
    """
    reading = Reading(Source(file, normalise(text)), importer, directives)
    lines = reading.source.lines
    inside, unclosed = fenced(lines)
    found = headings(lines, inside)
    root = tree(found, len(lines))
    _note_damage(reading, unclosed, found)
    document = _Document(reading, root)
    report_elsewhere(reading)
    plan = _complete(reading, document.read_document(_segments(reading, found)))
    return plan, sorted(set(reading.problems))


def _complete(reading: Reading, plan: AnyPlan) -> AnyPlan:
    """Add table headers, labels, the lines that no node holds, and the list of guesses."""
    plan = replace(plan, tables=tuple(reading.heads), labels=tuple(reading.labels))
    kept = leftovers(plan)
    for one in kept:
        override = "write it in a form of the dialect, or under a heading of its own"
        reading.guess(one.src.line, "left over", "kept as it is, not shown", one.raw, override)
    guesses = tuple(sorted(reading.guesses, key=lambda guess: guess.src.line))
    return replace(plan, leftover=kept, guesses=guesses)


def _note_damage(reading: Reading, unclosed: list[int], found: list[Heading]) -> None:
    """Report what is damaged; it was read as it was meant."""
    for line in reading.source.damaged:
        message = "double-encoded characters; read as they were meant"
        reading.problem(line, "ML202", message, "save the line as UTF-8 once", "warning")
    for number, row in reading.source.spaced:
        message = f"{row.count(chr(160)) or 'odd'} spaces that are no plain ones; read as spaces"
        reading.problem(number, "ML202", message, "write plain spaces", "warning")
    for number, text in enumerate(reading.source.lines, 1):
        if not text.isprintable() and (odd := CONTROLS.search(text)):
            message = f"the character U+{ord(odd[0]):04X}, which nobody sees; pages show �"
            reading.problem(number, "ML202", message, "remove it", "warning")
    for part in found:
        if re.search(r"\S {2,}\S", part.title) and not re.match(r"\W*[A-Z]{5,}", part.title):
            message = "a dash in this heading is lost"
            reading.problem(part.line, "ML202", message, "write it again, or one space", "warning")
    for line in unclosed:
        message = "this code fence is never closed"
        reading.problem(line, "ML213", message, "end it with a fence line")


def _segments(reading: Reading, found: list[Heading]) -> tuple[Segment, ...]:
    """Cut the file at its headings; the pieces, in order, are the file."""
    lines = reading.source.raw_lines
    starts = [1, *(part.line for part in found if part.line > 1)]
    stops = [start - 1 for start in starts[1:]] + [len(lines)]
    by_line = {part.line: part for part in found}
    segments = []
    for start, stop in zip(starts, stops, strict=True):
        raw = "\n".join(lines[start - 1 : stop]) + ("\n" if stop < len(lines) else "")
        src, kind = reading.src(start, stop), SegmentKind.PREAMBLE
        title, level = "", 0
        if part := by_line.get(start):
            kind, title, level = SegmentKind.SECTION, part.title, part.level
        segments.append(Segment(src=src, kind=kind, heading=title, level=level, raw=raw))
    return tuple(segments)


class _Document:
    """Decides what kind of document it is, and has it read."""

    def __init__(self, reading: Reading, root: Heading) -> None:
        self.reading, self.root = reading, root
        first = root.children[0] if root.children else None
        self.head = first if first and first.level == 1 else None
        top = self.head or root
        self.front, self.front_pairs = front_matter(reading)
        self.sections = top.children
        if self.head:
            self.sections = [*self.head.children, *root.children[1:]]
        own = read_pairs(reading, max(top.own[0], self.front + 1), top.own[1])
        self.pairs = {**self.front_pairs, **self._above(), **own}
        reading.explicit = is_explicit(self.pairs)
        self.top = top

    def _above(self) -> dict[str, str]:
        """Read front matter, and a first section that holds nothing but keys and values."""
        last = self.head.line - 1 if self.head else 0
        pairs = read_pairs(self.reading, 1, last)
        first = self.sections[0] if self.sections else None
        if first and _METADATA.match(first.title):
            pairs |= read_pairs(self.reading, *first.own)
        return pairs

    def read_document(self, segments: tuple[Segment, ...]) -> AnyPlan:
        written = self.head.title if self.head else ""
        heading = read_title(written or self.front_pairs.get("title", ""))
        meta = with_title(read_meta(self.pairs), heading)
        stem = Path(self.reading.source.file).stem
        title = heading.title or meta.slug or stem
        common: dict[str, Any] = {
            "file": self.reading.source.file,
            "segments": segments,
            "meta": meta,
            "title": title,
            "title_form": written,
            "title_spans": self.reading.spans(title, self.head.line if self.head else 1),
        }
        lesson = is_lesson(self.root) or meta.kind.lower() == APPENDIX
        common["id"] = slug_of(self.reading, meta.slug or heading.slug, lesson=lesson)
        if lesson:
            return LessonPlan(**common, **self.full(LessonReader(self.reading, self.sections)))
        if _MODULE.match(written) and self.sections:
            return ModulePlan(**common, **self.full(ModuleReader(self.reading, self.sections)))
        begin = self.front + 1
        first = begin if self.head is None else self.head.line + 1
        before = () if self.head is None else read_blocks(self.reading, begin, self.head.line - 1)
        nodes = read_blocks(self.reading, first, len(self.reading.source.lines))
        return PlainDocument(**common, nodes=before + nodes)

    def full(self, reader: LessonReader | ModuleReader) -> dict[str, Any]:
        """Return a reader's fields, what stands above the title and the first section kept."""
        fields = reader.fields(self.pairs.get("Status", ""))
        return {**fields, "extra": self.introduction() + fields["extra"]}

    def introduction(self) -> tuple[Extra, ...]:
        """Keep what stands before the first section and is no `**Key:** value` line."""
        above = raw_blocks(self.reading, 1, self.head.line - 1) if self.head else []
        raws = [
            raw
            for raw in (*above, *raw_blocks(self.reading, *self.top.own))
            if raw.line > self.front and raw.kind != "rule" and not is_metadata(raw.text)
        ]
        if not raws:
            return ()
        title = self.reading.spans(self.top.title, max(self.top.line, 1))
        src = self.reading.src(raws[0].line, raws[-1].end)
        return (Extra(src=src, title=title, level=1, nodes=typed(self.reading, raws)),)
