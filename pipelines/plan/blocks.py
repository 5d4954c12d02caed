"""Raw blocks → typed blocks: paragraphs, lists, tables, and what all directives have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
from pipelines.contracts.names import RULE, is_identifier, shown
from pipelines.contracts.spans import Break, Node, Span, Spans, Text, Voice
from pipelines.plan.inline import plain
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_OVERRIDE = re.compile(r"\s*(?P<voice>builder|student):\s*(?P<text>.*)", re.IGNORECASE | re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")
_NORM = re.compile(r"(?<=\s)\|(?P<inside>[^|\s][^|]{0,18}[^|\s]|[^|\s])\|(?=[\s.,;)])")
_OPENERS, _CLOSERS = "([{", ")]}"
# directives that are a part of others
_PARTS = dict.fromkeys(("answer", "part"), "question") | dict.fromkeys(
    ("predict", "tests", "purpose", "key-insight", "expected", "bonus"), "exercise"
)
_NO, _YES = {"no", "false"}, {"yes", "true", ""}


def read_blocks(reading: Reading, first: int, last: int) -> Blocks:
    """Read the one-based lines `first` to `last` as they are, guessing nothing."""
    return typed(reading, raw_blocks(reading, first, last)) if first <= last else ()


def typed(reading: Reading, raws: Iterable[Raw]) -> Blocks:
    """Turn raw blocks into blocks."""
    return tuple(block for raw in raws for block in _typed_one(reading, raw))


def _typed_one(reading: Reading, raw: Raw) -> Blocks:
    """Turn one raw block into blocks; a builder's note may be several."""
    src = reading.src(raw.line, raw.end)
    match raw.kind:
        case "paragraph":
            return (Paragraph(src=src, spans=reading.spans(raw.text, raw.line)),)
        case "heading":
            return (subheading(reading, raw.text, raw.line),)
        case "list":
            items = tuple(item(reading, child) for child in raw.children)
            start, voice = max(raw.level, 0), _common_voice(items)
            return (List(src=src, voice=voice, ordered=raw.level >= 0, start=start, items=items),)
        case "table":
            return (_typed_table(reading, table_grid(reading, raw)),)
        case "code":
            return (Code(src=src, language=raw.name.split(" ")[0], text=raw.text),)
        case "formula":
            return (Formula(src=src, latex=raw.text.strip(), label=raw.name),)
        case "quote":
            return _quoted(reading, raw)
        case "rule":
            return (Rule(src=src),)
        case "comment":  # for those who write and build
            words = re.sub(r"^(?:builder|student):\s*", "", raw.text, flags=re.IGNORECASE)
            text = Text(text=words)
            return (Paragraph(src=src, voice=Voice.BUILDER, spans=(text,)),) if words else ()
    return _directive(reading, raw)


def subheading(reading: Reading, text: str, line: int) -> Subheading:
    """Read a heading inside a section."""
    spans = reading.title(text, line)
    return Subheading(src=reading.src(line), spans=spans, slug=reading.slug(plain(spans)))


def item(reading: Reading, raw: Raw) -> Item:
    """Read an item of a list."""
    nodes = typed(reading, raw.children)
    src = reading.src(raw.line, raw.end)
    return Item(src=src, voice=_common_voice(nodes), nodes=nodes, ticked=raw.ticked)


def _common_voice(nodes: Iterable[Node]) -> Voice:
    """What holds nothing but notes to the builder is one."""
    voices = {node.voice for node in nodes}
    return Voice.BUILDER if voices == {Voice.BUILDER} else Voice.STUDENT


def _quoted(reading: Reading, raw: Raw) -> Blocks:
    """Read a quotation; `> builder: …` and `> student: …` say who it speaks to."""
    first = raw.children[0] if raw.children else None
    match = _OVERRIDE.match(first.text) if first and first.kind == "paragraph" else None
    if not first or not match:
        return (Quote(src=reading.src(raw.line, raw.end), nodes=typed(reading, raw.children)),)
    rest = [replace(first, text=match["text"])] if match["text"].strip() else []
    return with_voice(typed(reading, [*rest, *raw.children[1:]]), Voice(match["voice"].lower()))


def with_voice(blocks: Blocks, voice: Voice) -> Blocks:
    """Give blocks, and all that they hold, a voice."""
    return tuple(_with_voice(block, voice) for block in blocks)


def _with_voice(block: Block, voice: Voice) -> Block:
    changes: dict[str, Any] = {"voice": voice}
    for name in ("nodes", "prompt", "answer"):
        if inner := getattr(block, name, ()):
            changes[name] = with_voice(inner, voice)
    if isinstance(block, List):
        changes["items"] = tuple(
            replace(one, voice=voice, nodes=with_voice(one.nodes, voice)) for one in block.items
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


# --- tables: a bar inside mathematics does not shift the columns ---


@dataclass(frozen=True)
class Grid:
    """A table as text: `\\|` in a cell has become a bar.

    Attributes:
        rows: Line and cells of each row; as many cells as `columns`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    line: int
    end: int


def _typed_table(reading: Reading, cells: Grid) -> Table | Comparison:
    """Read a table; one with an empty first header cell compares its columns."""
    columns = tuple(reading.spans(cell, cells.line) for cell in cells.columns)
    rows = tuple(tuple(reading.spans(cell, line) for cell in row) for line, row in cells.rows)
    src = reading.src(cells.line, cells.end)
    if len(columns) > 1 and not columns[0]:
        return Comparison(src=src, columns=columns[1:], rows=rows)
    return Table(src=src, columns=columns, rows=rows)


def table_grid(reading: Reading, raw: Raw) -> Grid:
    """Cut a raw table into cells; complain about rows of another length than the header."""
    (_, header), *body = raw.rows
    columns = tuple(_grid_cells(header))
    rows = tuple((line, _grid_row(reading, line, text, len(columns))) for line, text in body)
    return Grid(columns, rows, raw.line, raw.end)


def _grid_cells(line: str) -> list[str]:
    return [_unescaped(cell) for cell in _BAR.split(_trimmed(line))]


def _trimmed(line: str) -> str:
    line = line.strip().lstrip("> ").removeprefix("|")
    return line[:-1] if line.endswith("|") and not line.endswith("\\|") else line


def _unescaped(cell: str) -> str:
    return cell.strip().replace("\\|", "|")


def _grid_row(reading: Reading, line: int, text: str, count: int) -> tuple[str, ...]:
    cells = _grid_cells(text)
    if len(cells) == count:
        return tuple(cells)
    healed = _cells_outside_brackets(text)
    if len(healed) != count:
        healed = _grid_cells(_NORM.sub(r"\\|\g<inside>\\|", text))
    if len(healed) != count:
        healed = [*cells[: count - 1], " | ".join(cells[count - 1 :])] if count else []
        healed += [""] * (count - len(healed))
    reading.problem(
        line,
        "ML203",
        f"this row has {len(cells)} cells, its header {count}",
        "write a bar inside a cell as `\\|`, and end every cell with `|`",
        "error" if reading.explicit else "warning",
    )
    return tuple(healed)


def _cells_outside_brackets(line: str) -> list[str]:
    """Split at the bars that stand in no bracket and no code: `P(A | B)` is one cell."""
    cells, depth, code, start = [], 0, False, 0
    text = _trimmed(line)
    for at, sign in enumerate(text):
        if sign == "`":
            code = not code
        elif sign in _OPENERS:
            depth += 1
        elif sign in _CLOSERS:
            depth = max(0, depth - 1)
        elif sign == "|" and not depth and not code and text[at - 1 : at] != "\\":
            cells.append(_unescaped(text[start:at]))
            start = at + 1
    return [*cells, _unescaped(text[start:])]


# --- directives ---


def _directive(reading: Reading, raw: Raw) -> Blocks:
    """Read a directive; one that is unknown is reported, kept and shown."""
    if raw.name in _PARTS:
        message = f"`{{{raw.name}}}` does not belong here"
        remedy = (
            f"put it inside `{{{_PARTS[raw.name]}}}`; a directive around others has one colon more"
        )
        reading.problem(raw.line, "ML207", message, remedy)
        return typed(reading, raw.children)
    if raw.name not in reading.directives:
        message = f"unknown directive `{raw.name}`"
        remedy = f"the directives are {', '.join(sorted(reading.directives))}"
        reading.problem(raw.line, "ML204", message, remedy)
        return (unknown(reading, raw),)
    read, options = reading.directives[raw.name]
    if options is not None:
        check_options(reading, raw, options)
    found = read(reading, raw)
    return found if isinstance(found, tuple) else (found,)


def read_builder(reading: Reading, raw: Raw) -> Blocks:
    """Read a note to the builder."""
    return with_voice(typed(reading, raw.children), Voice.BUILDER)


def split_off(raw: Raw, *names: str) -> tuple[list[Raw], dict[str, list[Raw]]]:
    """Return the other children, and those directives that bear one of `names`."""
    parts: dict[str, list[Raw]] = {name: [] for name in names}
    rest: list[Raw] = []
    for child in raw.children:
        mine = child.kind == "directive" and child.name in parts
        (parts[child.name] if mine else rest).append(child)
    return rest, parts


def inside(reading: Reading, directives: list[Raw]) -> Blocks:
    """Return what stands inside directives."""
    return typed(reading, [child for one in directives for child in one.children])


def unknown(reading: Reading, raw: Raw) -> Unknown:
    """Keep a directive as it stands."""
    text = "\n".join(reading.source.lines[raw.line - 1 : raw.end])
    return Unknown(src=reading.src(raw.line, raw.end), name=raw.name, raw=text)


def check_options(reading: Reading, raw: Raw, known: tuple[str, ...]) -> None:
    """Report the options that a directive does not take."""
    for key in raw.options:
        if key not in known:
            message = f"unknown option `:{key}:` of `{{{raw.name}}}`"
            remedy = f"it takes {', '.join(f'`:{name}:`' for name in known) or 'no options'}"
            reading.problem(line_of_option(reading, raw, key), "ML208", message, remedy)


def line_of_option(reading: Reading, raw: Raw, key: str) -> int:
    """Return the line of an option, or of its directive."""
    for line in range(raw.line + 1, raw.end + 1):
        if reading.source.line(line).strip().startswith(f":{key}:"):
            return line
    return raw.line


def bad_option(reading: Reading, raw: Raw, key: str, wanted: str) -> None:
    """Report an option whose value cannot be read."""
    message = f"`:{key}: {raw.options.get(key, '')}` is not understood"
    reading.problem(line_of_option(reading, raw, key), "ML208", message, f"write {wanted}")


def flag_option(reading: Reading, raw: Raw, key: str, *, default: bool) -> bool:
    """Read an option that says yes or no."""
    value = raw.options.get(key)
    if value is None:
        return default
    if value.lower() not in _YES | _NO:
        bad_option(reading, raw, key, "`yes` or `no`")
    return value.lower() not in _NO


def number_option(reading: Reading, raw: Raw) -> int | None:
    """Read the option `number`."""
    text = raw.options.get("number", "")
    if re.fullmatch(r"[0-9]{1,4}", text):
        return int(text)
    if "number" in raw.options:
        bad_option(reading, raw, "number", "a whole number")
    return None


def identifier(reading: Reading, raw: Raw, name: str) -> str:
    """Check and return an identifier: it becomes a file name and an anchor."""
    if is_identifier(name):
        return name
    reading.problem(raw.line, "ML211", f"`{shown(name)}` is no identifier", RULE)
    return reading.slug(name)
