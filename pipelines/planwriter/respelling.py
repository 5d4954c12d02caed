"""Lines outside the outline, in the exact spelling where that would read them otherwise.

A few fields of the model are strings, not spans: the name of a modality or of a column, the
remark on a depth, the type of an example. Mathematics in them is text, and stays the text that
the author wrote.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan, Segment
from pipelines.contracts.planning import Concept, Example, Misconception, Modality, Prerequisite
from pipelines.contracts.spans import Depth, Emphasis, Math, Span, Spans, Strong, Text
from pipelines.handwritten.inline import read_handwritten_spans
from pipelines.plan.blocks import table_grid
from pipelines.plan.inline import joined, plain, read_spans
from pipelines.plan.lines import HEADING
from pipelines.plan.markdown import is_one_paragraph, raw_blocks
from pipelines.plan.meta import is_metadata
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.planwriter.repair import written_row
from pipelines.planwriter.write_blocks import MarkdownWriter
from pipelines.planwriter.write_spans import essence, write_spans

_ROWS = (Concept, Prerequisite, Misconception, Example, Modality)  # `extra` by column


@dataclass(frozen=True)
class Strings:
    """What of a plan is read as a string: names that stand alone or in bold, parts of lines."""

    names: frozenset[str] = frozenset()
    parts: tuple[re.Pattern[str], ...] = ()


def strings(plan: LessonPlan) -> Strings:
    """Return what of a plan is read as strings."""
    names = {one.name for one in plan.modalities}
    parts: set[str] = set()
    for one in walk(plan):
        names.update(one.extra if isinstance(one, _ROWS) else ())
        if isinstance(one, Depth) and one.note:
            parts.add(one.raw)
        elif isinstance(one, Example) and one.role and respelled(one.type_raw) != one.type_raw:
            parts.add(one.type_raw)
    longest_first = sorted(parts, key=lambda raw: (-len(raw), raw))
    return Strings(frozenset(names), tuple(map(_part_pattern, longest_first)))


def _part_pattern(raw: str) -> re.Pattern[str]:
    """Return what finds a part in a line, where it may be bold here and there."""
    return re.compile(r"(?:\*\*)?".join(map(re.escape, raw)))


@dataclass(frozen=True)
class Respelling:
    """Respells the lines of a plan's segments."""

    reading: Reading
    strings: Strings

    def respelled_lines(self, segment: Segment) -> Iterator[tuple[int, str]]:
        """Yield the lines of a segment that the exact spelling would read otherwise."""
        first, last = segment.src.line, segment.src.end
        heading = HEADING.match(self.reading.source.line(first)) if segment.heading else None
        if heading and segment.level > 2:
            title = heading["title"]
            yield from self._replaced(first, title, respelled(title))
        start = first + 1 if heading else first
        blocks = raw_blocks(self.reading, start, last) if start <= last else []
        if segment.level <= 1:
            blocks = [raw for raw in blocks if not is_metadata(raw.text)]
        yield from self._blocks(blocks)

    def _blocks(self, blocks: Sequence[Raw]) -> Iterator[tuple[int, str]]:
        for raw in blocks:
            if raw.kind == "table":
                yield from self._rows(raw)
            elif raw.kind in ("paragraph", "heading", "directive"):
                texts = raw.text.split("\n")
                new = _respelled_lines(texts, self.strings)
                for offset, (old, line) in enumerate(zip(texts, new, strict=True)):
                    yield from self._replaced(raw.line + offset, old, line)
            yield from self._blocks(raw.children)

    def _replaced(self, number: int, text: str, new: str) -> Iterator[tuple[int, str]]:
        line = self.reading.source.line(number)
        if new != text and text and text in line:
            before, _, after = line.rpartition(text)
            yield number, before + new + after

    def _rows(self, raw: Raw) -> Iterator[tuple[int, str]]:
        cells = table_grid(self.reading, raw)
        for number, row in ((raw.line, cells.columns), *cells.rows):
            new = tuple(respelled(cell, self.strings) for cell in row)
            if new != row:
                line = self.reading.source.line(number)
                yield number, line[: len(line) - len(line.lstrip(" >"))] + written_row(new)


def _respelled_lines(texts: list[str], kept: Strings) -> list[str]:
    """Respell the lines of a paragraph, each by itself if the whole then reads the same.

    Where something reaches over a line's end, or where the lines would become a table (`P(A | B)`
    as a formula has no bar), the first lines take the whole.
    """
    if len(texts) < 2:
        return [respelled(text, kept) for text in texts]
    whole, _ = read_handwritten_spans("\n".join(texts), 1)
    meant = _with_plain_names(whole, kept)
    for lines in _spellings(texts, kept):
        again, _ = read_spans("\n".join(lines), 1)
        stays = lines == texts or is_one_paragraph("\n".join(lines))
        if stays and essence(meant) == essence(again):
            return lines
    lines = MarkdownWriter().paragraph(meant)
    return [*lines, *("" for _ in texts[len(lines) :])]


def _spellings(texts: list[str], kept: Strings) -> Iterator[list[str]]:
    """Yield ways to write the lines of a paragraph: as they are, with mathematics, without."""
    yield texts
    yield [respelled(text, kept) for text in texts]
    yield [write_spans(_unset(read_handwritten_spans(text, 1)[0])) for text in texts]


def respelled(text: str, kept: Strings = Strings()) -> str:
    """Return a text as the exact spelling writes it; most texts need no change."""
    for part in kept.parts:
        found = part.search(text)
        before, after = (text[: found.start()], text[found.end() :]) if found else ("", "")
        if found and not before.count("**") % 2:
            return respelled(before, kept) + found[0] + respelled(after, kept)
    spans, _ = read_handwritten_spans(text, 1)
    exact, _ = read_spans(text, 1)
    meant = _with_plain_names(spans, kept)
    return text if essence(meant) == essence(exact) else _edges(text, write_spans(meant))


def _edges(text: str, written: str) -> str:
    """Keep the spaces that a part of a line begins and ends with."""
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return head + written.strip() + tail if text.strip() else text


def _with_plain_names(spans: Spans, kept: Strings) -> Spans:
    """Return spans whose names are without mathematics, wherever they are names."""
    if plain(spans) in kept.names:
        return _unset(spans)
    return tuple(
        replace(span, spans=_with_plain_names(span.spans, kept))
        if isinstance(span, Strong | Emphasis)
        else span
        for span in spans
    )


def _unset(spans: Spans) -> Spans:
    """Return spans with the text that mathematics was read from in its place."""
    found: list[Span] = []
    for span in spans:
        if isinstance(span, Math) and span.guessed:
            span = Text(text=span.raw)
        elif isinstance(span, Strong | Emphasis):
            span = replace(span, spans=_unset(span.spans))
        found.append(span)
    return joined(found)
