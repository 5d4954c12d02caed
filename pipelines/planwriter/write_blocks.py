"""Blocks → lines of the exact spelling: Markdown, and a directive for everything that it lacks.

Lists are written with a margin of four columns, so that a directive in an item cannot be taken
for one of the section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from pipelines.contracts.blocks import (
    Block,
    Blocks,
    Callout,
    Card,
    Cards,
    Chooser,
    Claim,
    Code,
    Comparison,
    Exercise,
    FigureRequest,
    Formula,
    Item,
    List,
    Listing,
    MisconceptionBlock,
    Paragraph,
    Part,
    Prediction,
    Question,
    Quote,
    TableRequest,
    Timeline,
)
from pipelines.contracts.spans import Spans, Voice
from pipelines.plan.markdown import is_one_paragraph
from pipelines.planwriter.write_spans import write_spans

Lines = list[str]
_LEADING_NUMBER = re.compile(r"(\d{1,9})([.)])")
_COLONS = re.compile(r" *(:{3,})")


def write_blocks(blocks: Blocks) -> Lines:
    """Write blocks with an empty line between them; notes to the builder get their directive."""
    parts: list[Lines] = []
    for voice, group in groupby(blocks, key=lambda block: block.voice):
        written = _joined(_with_markers(tuple(group)))
        noted = voice is Voice.BUILDER
        parts.append(_directive("builder", "", {}, written) if noted else written)
    return _joined(parts)


def write_inline(spans: Spans) -> str:
    """Write spans for a place that is one line: a title, a heading, a cell."""
    return " ".join(write_spans(spans).replace("\\\n", " ").split("\n")).strip()


def _joined(parts: Iterable[Lines]) -> Lines:
    lines: Lines = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines


def _paragraph(spans: Spans) -> Lines:
    text = write_spans(spans)
    if text and not is_one_paragraph(text):
        text = _LEADING_NUMBER.sub(r"\1\\\2", text, count=1) if text[0].isdigit() else "\\" + text
    return text.split("\n") if text else []


def _directive(name: str, title: Spans | str, options: dict[str, str], body: Lines) -> Lines:
    """Write a directive with one colon more than any that it holds."""
    most = max((len(m[1]) for line in body if (m := _COLONS.match(line))), default=2)
    colons = ":" * (most + 1)
    written = title if isinstance(title, str) else write_inline(title)
    head = f"{colons}{{{name}}} {written}".rstrip()
    settings = [f":{key}: {value}".rstrip() for key, value in options.items()]
    gap = [""] if body and body[0].startswith(":") and not _COLONS.match(body[0]) else []
    return [head, *settings, *gap, *body, colons]


def _optional(name: str, content: Any, write: Callable[[Any], Lines]) -> Lines:
    """Write a directive without a title, or nothing where it has no content."""
    return _directive(name, "", {}, write(content)) if content else []


# --- Markdown ---


def _table(columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
    return [_row(columns), "|" + "---|" * len(columns), *map(_row, rows)]


def _row(cells: Sequence[Spans]) -> str:
    texts = (write_inline(cell).replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {text} |" if text else " |" for text in texts)


def _code(block: Code) -> Lines:
    runs = re.findall(r"`{3,}", block.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    lines = block.text.removesuffix("\n").split("\n") if block.text else []
    return [fence + block.language, *lines, fence]


def _formula(block: Formula) -> Lines:
    label = f" ({block.label})" if block.label else ""
    return ["$$", *block.latex.split("\n"), f"$${label}"]


def _with_markers(blocks: Sequence[Block]) -> Iterable[Lines]:
    """Write blocks; of two lists in a row the second takes other markers, to stay a second."""
    previous: Block | None = None
    turn = 0
    for block in blocks:
        if isinstance(block, List):
            follows = isinstance(previous, List) and previous.ordered == block.ordered
            turn = (turn + 1) % 2 if follows else 0
            yield _list(block, turn)
        else:
            turn = 0
            yield _WRITERS[block.type](block)
        previous = block


def _list(block: List, turn: int) -> Lines:
    lines: Lines = []
    for offset, item in enumerate(block.items):
        number = f"{block.start + offset}{'.)'[turn]}"
        marker = number if block.ordered else "-*"[turn]
        written = _item(item)
        blank = lines and (len(written) > 1 or lines[-1].startswith(" "))
        lines += [""] if blank else []
        margin = max(4, len(marker) + 1)
        if written[0].startswith("```"):  # a fence is one only at the start of its line
            written = ["", *written]
        lines.append(f"{marker:<{margin}}{written[0]}".rstrip())
        lines += [" " * margin + line if line else "" for line in written[1:]]
    return lines


def _item(item: Item) -> Lines:
    """Write an item; a note to the builder among the student's text is a marked quotation."""
    lines = _with_notes(item.nodes) or [""]
    box = "" if item.ticked is None else "[x] " if item.ticked else "[ ] "
    return [box + lines[0], *lines[1:]]


def _with_notes(nodes: Blocks) -> Lines:
    """Write what lies where no directive can stand: in an item, in a quotation."""
    parts: list[Lines] = []
    for voice, group in groupby(nodes, key=lambda node: node.voice):
        written = _joined(_with_markers(tuple(group)))
        parts.append(_note(written) if voice is Voice.BUILDER else written)
    return _joined(parts)


def _note(lines: Lines) -> Lines:
    plain = bool(lines) and is_one_paragraph("\n".join(lines[:1]))
    first = [f"> builder: {lines[0]}"] if plain else ["> builder:", ">", f"> {lines[0]}"]
    return [*first, *_quoted_lines(lines[1:])]


def _quote(block: Quote) -> Lines:
    """Write a quotation; within a note to the builder it says no more who it speaks to."""
    noted = block.voice is Voice.BUILDER
    lines = _joined(_with_markers(block.nodes)) if noted else _with_notes(block.nodes)
    return _quoted_lines(lines or [""])


def _quoted_lines(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]


# --- directives ---


def _comparison(block: Comparison) -> Lines:
    lines = _table(((), *block.columns), block.rows)
    return _directive("comparison", block.title, {}, lines) if block.title else lines


def _timeline(block: Timeline) -> Lines:
    paragraphs = (Paragraph(src=block.src, spans=spans) for spans in block.entries)
    items = tuple(Item(src=block.src, nodes=(paragraph,)) for paragraph in paragraphs)
    body = _list(List(src=block.src, ordered=False, items=items), turn=0)
    return _directive("timeline", block.title, {}, body)


def _chooser(block: Chooser) -> Lines:
    asks = {"asks": ", ".join(block.asks)}
    return _directive("chooser", block.title, asks, _table(block.columns, block.rows))


def _card(block: Card) -> Lines:
    colour = {"colour": block.colour} if block.colour else {}
    return _directive("card", block.title, colour, write_blocks(block.nodes))


def _cards(block: Cards) -> Lines:
    return _directive("cards", "", {}, [line for card in block.cards for line in _card(card)])


def _callout(block: Callout) -> Lines:
    aside = {"aside": ""} if block.aside else {}
    return _directive(block.kind.value, block.title, aside, write_blocks(block.nodes))


def _misbelief(block: MisconceptionBlock) -> Lines:
    number, body = _numbered(block.number), write_blocks(block.nodes)
    return _directive("misbelief", block.statement, number, body)


def _numbered(number: int | None) -> dict[str, str]:
    return {} if number is None else {"number": str(number)}


def _question(block: Question) -> Lines:
    answer = _optional("answer", block.answer, write_blocks)
    body = _joined([write_blocks(block.prompt), *map(_part, block.parts), answer])
    return _directive("question", "", {}, body)


def _part(part: Part) -> Lines:
    answer = _optional("answer", part.answer, write_blocks)
    return _directive("part", part.label, {}, _joined([_paragraph(part.spans), answer]))


def _exercise(block: Exercise) -> Lines:
    level = {} if block.level.value == "unknown" else {"level": block.level.value}
    sentences = [
        _optional(name, getattr(block, name.replace("-", "_")), _paragraph)
        for name in ("tests", "purpose", "key-insight", "expected", "bonus")
    ]
    asides = [("remark", block.notes), ("hint", block.hints)]
    notes = [_optional(name, blocks, write_blocks) for name, blocks in asides]
    predictions = map(_prediction, block.predictions)
    body = _joined([write_blocks(block.nodes), *predictions, *sentences, *notes])
    return _directive("exercise", block.title, level | _numbered(block.number), body)


def _prediction(one: Prediction) -> Lines:
    answer = _optional("answer", one.answer, _paragraph)
    return _directive("predict", "", {}, _joined([_paragraph(one.question), answer]))


def _request(name: str, asked: str, block: FigureRequest | TableRequest) -> Lines:
    named = {} if block.id == asked else {"id": block.id}
    return _directive(name, asked, named | block.options, _paragraph(block.caption))


def _listing(block: Listing) -> Lines:
    pairs = ", ".join(f"{repository} = {name}" for repository, name in block.models.items())
    models = {"models": pairs} if pairs else {}
    return _directive("listing", block.id, models, _paragraph(block.caption))


def _claim(block: Claim) -> Lines:
    options = {"check": block.check} if block.check else {}
    options |= {} if block.holds else {"holds": "no"}
    options |= {"fails": block.fails} if block.fails else {}
    options |= {"short": write_inline(block.short)} if block.short else {}
    options |= {"because": write_inline(block.because)} if block.because else {}
    if block.freed:
        reason = write_inline(block.freed_because)
        options |= {"freed": f"{', '.join(block.freed)} {reason}"}
    return _directive("claim", block.id, options, write_blocks(block.nodes))


_WRITERS: dict[str, Callable[[Any], Lines]] = {
    "paragraph": lambda block: _paragraph(block.spans),
    "subheading": lambda block: [f"##### {write_inline(block.spans)}"],
    "table": lambda block: _table(block.columns, block.rows),
    "comparison": _comparison,
    "timeline": _timeline,
    "chooser": _chooser,
    "code": _code,
    "formula": _formula,
    "quote": _quote,
    "rule": lambda block: ["***"],
    "card": _card,
    "cards": _cards,
    "callout": _callout,
    "misbelief": _misbelief,
    "question": _question,
    "exercise": _exercise,
    "figure": lambda block: _request("figure", block.figure, block),
    "table_request": lambda block: _request("table", block.table, block),
    "listing": _listing,
    "claim": _claim,
    "unknown": lambda block: block.raw.split("\n"),
}
