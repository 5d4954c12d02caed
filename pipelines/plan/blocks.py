"""Raw blocks → typed blocks, for all that means the same in both spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipelines.contracts.blocks import (
    Block,
    Blocks,
    Code,
    Comparison,
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
from pipelines.contracts.spans import Break, Node, Span, Spans, Voice
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.options import check_options
from pipelines.plan.reading import Reading, plain
from pipelines.plan.tables import Grid, grid, read_row

_OVERRIDE = re.compile(r"\s*(?P<voice>builder|student):\s*(?P<text>.*)", re.IGNORECASE | re.DOTALL)
# where the directives belong that are none by themselves
_PARTS = {"answer": "question", "part": "question", "predict": "exercise", "tests": "exercise"} | {
    "purpose": "exercise",
    "key-insight": "exercise",
    "expected": "exercise",
    "bonus": "exercise",
}


def read_blocks(reading: Reading, first: int, last: int) -> Blocks:
    """Read the one-based lines `first` to `last` as they are, guessing nothing."""
    return typed(reading, raw_blocks(reading, first, last)) if first <= last else ()


def typed(reading: Reading, raws: Iterable[Raw]) -> Blocks:
    return tuple(block for raw in raws for block in typed_one(reading, raw))


def typed_one(reading: Reading, raw: Raw) -> Blocks:
    """Turn one raw block into blocks; a builder's note may be several."""
    src = reading.src(raw.line, raw.end)
    if raw.kind == "paragraph":
        return (Paragraph(src=src, spans=reading.spans(raw.text, raw.line)),)
    if raw.kind == "heading":
        return (subheading(reading, raw.text, raw.line),)
    if raw.kind == "list":
        items = tuple(item(reading, child) for child in raw.children)
        start, voice = max(raw.level, 0), common_voice(items)
        return (List(src=src, voice=voice, ordered=raw.level >= 0, start=start, items=items),)
    if raw.kind == "table":
        return (table(reading, grid(reading, raw)),)
    if raw.kind == "code":
        return (Code(src=src, language=raw.name.split(" ")[0], text=raw.text),)
    if raw.kind == "formula":
        return (Formula(src=src, latex=raw.text.strip(), label=raw.name),)
    if raw.kind == "quote":
        return quoted(reading, raw)
    if raw.kind == "rule":
        return (Rule(src=src),)
    return directive(reading, raw)


def directive(reading: Reading, raw: Raw) -> Blocks:
    """Read a directive; one that is unknown is reported, kept and shown."""
    if raw.name in _PARTS:
        _misplaced(reading, raw, f"inside `{{{_PARTS[raw.name]}}}`")
        return typed(reading, raw.children)
    if raw.name not in reading.directives:
        known = ", ".join(sorted(reading.directives))
        reading.problem(
            raw.line, "ML204", f"unknown directive `{raw.name}`", f"the directives are {known}"
        )
        return (unknown(reading, raw),)
    read, options = reading.directives[raw.name]
    if options is not None:
        check_options(reading, raw, options)
    return read(reading, raw)


def unknown(reading: Reading, raw: Raw) -> Unknown:
    """Keep a directive as it stands."""
    text = "\n".join(reading.source.lines[raw.line - 1 : raw.end])
    return Unknown(src=reading.src(raw.line, raw.end), name=raw.name, raw=text)


def _misplaced(reading: Reading, raw: Raw, where: str) -> None:
    reading.problem(
        raw.line,
        "ML207",
        f"`{{{raw.name}}}` does not belong here",
        f"put it {where}; a directive around others has one colon more",
    )


def subheading(reading: Reading, text: str, line: int) -> Subheading:
    spans = reading.spans(text, line)
    return Subheading(src=reading.src(line), spans=spans, slug=reading.slug(plain(spans)))


def quoted(reading: Reading, raw: Raw) -> Blocks:
    """Read a quotation; `> builder: …` and `> student: …` say who it speaks to."""
    first = raw.children[0] if raw.children else None
    match = _OVERRIDE.match(first.text) if first and first.kind == "paragraph" else None
    if not first or not match:
        return (Quote(src=reading.src(raw.line, raw.end), nodes=typed(reading, raw.children)),)
    rest = [replace(first, text=match["text"])] if match["text"].strip() else []
    return spoken(typed(reading, [*rest, *raw.children[1:]]), Voice(match["voice"].lower()))


def item(reading: Reading, raw: Raw) -> Item:
    nodes = typed(reading, raw.children)
    src = reading.src(raw.line, raw.end)
    return Item(src=src, voice=common_voice(nodes), nodes=nodes, ticked=raw.ticked)


def common_voice(nodes: Iterable[Node]) -> Voice:
    """What holds nothing but notes to the builder is one."""
    voices = {node.voice for node in nodes}
    return Voice.BUILDER if voices == {Voice.BUILDER} else Voice.STUDENT


def table(reading: Reading, cells: Grid) -> Table | Comparison:
    """Read a table; one with an empty first header cell compares its columns."""
    columns = read_row(reading, cells.line, cells.columns)
    rows = tuple(read_row(reading, line, row) for line, row in cells.rows)
    src = reading.src(cells.line, cells.end)
    if len(columns) > 1 and not columns[0]:
        return Comparison(src=src, columns=columns[1:], rows=rows)
    return Table(src=src, columns=columns, rows=rows)


def spoken(blocks: Blocks, voice: Voice) -> Blocks:
    """Give blocks, and all that they hold, a voice."""
    return tuple(_spoken(block, voice) for block in blocks)


def _spoken(block: Block, voice: Voice) -> Block:
    changes: dict[str, Any] = {"voice": voice}
    for name in ("nodes", "prompt", "answer"):
        if inner := getattr(block, name, ()):
            changes[name] = spoken(inner, voice)
    if isinstance(block, List):
        changes["items"] = tuple(
            replace(one, voice=voice, nodes=spoken(one.nodes, voice)) for one in block.items
        )
    return replace(block, **changes)


def flattened(blocks: Blocks) -> Spans:
    """Return blocks as one run of spans, for fields that hold a sentence or two."""
    spans: list[Span] = []
    for block in blocks:
        if isinstance(block, List):
            inner = tuple(node for one in block.items for node in one.nodes)
            part: Spans = flattened(inner)
        else:
            part = getattr(block, "spans", ()) or flattened(getattr(block, "nodes", ()))
        if part:
            spans += [Break(), *part] if spans else part
    return tuple(spans)
