"""Blocks → lines of the exact spelling: Markdown, and a directive for everything that it lacks.

Lists are written with a margin of four columns, so that a directive in an item cannot be taken
for one of the section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from pipelines.blocks.kind import Lines
from pipelines.blocks.kinds import kind_of
from pipelines.contracts.blocks import (
    Block,
    Blocks,
    Code,
    Formula,
    Item,
    List,
    Paragraph,
    Quote,
    Rule,
    Subheading,
    Table,
    Unknown,
)
from pipelines.contracts.spans import Spans, Voice
from pipelines.plan.markdown import is_one_paragraph
from pipelines.planwriter.write_spans import write_spans

_LEADING_NUMBER = re.compile(r"(\d{1,9})([.)])")
# beside a marker a fence is none, and the markers of empty lists are a rule: `- - -`
_NOT_BESIDE = re.compile(r"```|(?:(?:- *){2,}|(?:\* *){2,})$")
_ENDS_FORMULA = re.compile(r"\$\$\s*(?:\([^)$]+\)\s*)?$")
_COLONS = re.compile(r" *(:{3,})")


class MarkdownWriter:
    """Writes blocks: Markdown itself, all else as its kind says."""

    def blocks(self, blocks: Blocks) -> Lines:
        """Write blocks with an empty line between them; notes to the builder get a directive."""
        parts: list[Lines] = []
        for voice, group in groupby(blocks, key=lambda block: block.voice):
            written = self.joined(self._with_markers(tuple(group)))
            noted = voice is Voice.BUILDER
            parts.append(self.directive("builder", "", {}, written) if noted else written)
        return self.joined(parts)

    def inline(self, spans: Spans) -> str:
        """Write spans for a place that is one line: a title, a heading, a cell."""
        return " ".join(write_spans(spans).replace("\\\n", " ").split("\n")).strip()

    def joined(self, parts: Iterable[Lines]) -> Lines:
        """Put an empty line between parts; those without lines are left out."""
        lines: Lines = []
        for part in parts:
            lines += ["", *part] if lines and part else part
        return lines

    def paragraph(self, spans: Spans) -> Lines:
        """Write a paragraph that is read as one, whatever its lines begin with."""
        text = write_spans(spans)
        lines = text.split("\n") if text else []
        if text and not is_one_paragraph(text):
            for at, line in enumerate(lines):
                before = lines[at - 1 : at] if at else []
                if line and not is_one_paragraph("\n".join([*before, line])):
                    lines[at] = _as_text(line)
        return lines

    def directive(
        self, name: str, title: Spans | str, options: Mapping[str, str], body: Lines
    ) -> Lines:
        """Write a directive with one colon more than any that it holds."""
        most = max((len(m[1]) for line in body if (m := _COLONS.match(line))), default=2)
        colons = ":" * (most + 1)
        written = title if isinstance(title, str) else self.inline(title)
        head = f"{colons}{{{name}}} {written}".rstrip()
        settings = [f":{key}: {value}".rstrip() for key, value in options.items()]
        gap = [""] if body and body[0].startswith(":") and not _COLONS.match(body[0]) else []
        return [head, *settings, *gap, *body, colons]

    def table(self, columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
        """Write a table with a header."""
        return [self._row(columns), "|" + "---|" * len(columns), *map(self._row, rows)]

    def _row(self, cells: Sequence[Spans]) -> str:
        texts = (self.inline(cell).replace("|", "\\|") for cell in cells)
        return "|" + "".join(f" {text} |" if text else " |" for text in texts)

    def _block(self, block: Block) -> Lines:
        if kind := kind_of(block):
            return kind.write(self, block)
        match block:
            case Paragraph():
                return self.paragraph(block.spans)
            case Subheading():
                return [f"##### {self.inline(block.spans)}"]
            case Table():
                return self.table(block.columns, block.rows)
            case Code():
                return _code(block)
            case Formula():
                return _formula(block)
            case Quote():
                return self._quote(block)
            case Rule():
                return ["***"]
            case Unknown():
                return block.raw.split("\n")
        raise TypeError(f"no writer for {block.type}")

    def _with_markers(self, blocks: Sequence[Block]) -> Iterable[Lines]:
        """Write blocks; of two lists in a row the second takes other markers, to stay a second."""
        previous: Block | None = None
        turn = 0
        for block in blocks:
            if isinstance(block, List):
                follows = isinstance(previous, List) and previous.ordered == block.ordered
                turn = (turn + 1) % 2 if follows else 0
                yield self._list(block, turn)
            else:
                turn = 0
                yield self._block(block)
            previous = block

    def _list(self, block: List, turn: int) -> Lines:
        lines: Lines = []
        for offset, item in enumerate(block.items):
            number = f"{block.start + offset}{'.)'[turn]}"
            marker = number if block.ordered else "-*"[turn]
            written = self._item(item)
            blank = lines and (len(written) > 1 or lines[-1].startswith(" "))
            lines += [""] if blank else []
            margin = max(4, len(marker) + 1)
            if _NOT_BESIDE.match(written[0]):
                written = ["", *written]
            lines.append(f"{marker:<{margin}}{written[0]}".rstrip())
            lines += [" " * margin + line if line else "" for line in written[1:]]
        return lines

    def _item(self, item: Item) -> Lines:
        """Write an item; a note to the builder among the student's text is a marked quotation."""
        lines = self._with_notes(item.nodes) or [""]
        if item.ticked is None:
            return lines
        box = "[x]" if item.ticked else "[ ]"
        first = item.nodes[0] if item.nodes else None
        begins = isinstance(first, Paragraph) and first.voice is Voice.STUDENT
        return [f"{box} {lines[0]}", *lines[1:]] if begins else [box, "", *lines]

    def _with_notes(self, nodes: Blocks) -> Lines:
        """Write what lies where no directive can stand: in an item, in a quotation."""
        parts: list[Lines] = []
        for voice, group in groupby(nodes, key=lambda node: node.voice):
            written = self.joined(self._with_markers(tuple(group)))
            parts.append(_note(written) if voice is Voice.BUILDER else written)
        return self.joined(parts)

    def _quote(self, block: Quote) -> Lines:
        """Write a quotation; within a note to the builder it says no more who it speaks to."""
        noted = block.voice is Voice.BUILDER
        nodes = block.nodes
        lines = self.joined(self._with_markers(nodes)) if noted else self._with_notes(nodes)
        return _quoted_lines(lines or [""])


def _as_text(line: str) -> str:
    """Escape what a line begins with, so that it begins nothing."""
    number = _LEADING_NUMBER.match(line)
    return _LEADING_NUMBER.sub(r"\1\\\2", line, count=1) if number else "\\" + line


def _formula(block: Formula) -> Lines:
    """Write a formula; a last line that itself looks like the end is ended where it stands."""
    end = f"$$ ({block.label})" if block.label else "$$"
    *lines, last = block.latex.split("\n")
    return ["$$", *lines, last + end] if _ENDS_FORMULA.search(last) else ["$$", *lines, last, end]


def _code(block: Code) -> Lines:
    runs = re.findall(r"`{3,}", block.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    lines = block.text.removesuffix("\n").split("\n") if block.text else []
    return [fence + block.language, *lines, fence]


def _note(lines: Lines) -> Lines:
    plain = bool(lines) and is_one_paragraph("\n".join(lines[:1]))
    first = [f"> builder: {lines[0]}"] if plain else ["> builder:", ">", f"> {lines[0]}"]
    return [*first, *_quoted_lines(lines[1:])]


def _quoted_lines(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]
