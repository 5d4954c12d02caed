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
        written = _join_parts(_with_markers(tuple(group)))
        noted = voice is Voice.BUILDER
        parts.append(_write_directive("builder", "", {}, written) if noted else written)
    return _join_parts(parts)


def write_inline(spans: Spans) -> str:
    """Write spans for a place that is one line: a title, a heading, a cell."""
    return " ".join(write_spans(spans).replace("\\\n", " ").split("\n")).strip()


def _join_parts(parts: Iterable[Lines]) -> Lines:
    lines: Lines = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines


def _write_paragraph(spans: Spans) -> Lines:
    text = write_spans(spans)
    if text and not is_one_paragraph(text):
        text = _LEADING_NUMBER.sub(r"\1\\\2", text, count=1) if text[0].isdigit() else "\\" + text
    return text.split("\n") if text else []


def _write_directive(name: str, title: Spans | str, options: dict[str, str], body: Lines) -> Lines:
    """Write a directive with one colon more than any that it holds."""
    most = max((len(m[1]) for line in body if (m := _COLONS.match(line))), default=2)
    colons = ":" * (most + 1)
    written = title if isinstance(title, str) else write_inline(title)
    head = f"{colons}{{{name}}} {written}".rstrip()
    settings = [f":{key}: {value}".rstrip() for key, value in options.items()]
    gap = [""] if body and body[0].startswith(":") and not _COLONS.match(body[0]) else []
    return [head, *settings, *gap, *body, colons]


def _write_optional(name: str, content: Any, write: Callable[[Any], Lines]) -> Lines:
    """Write a directive without a title, or nothing where it has no content."""
    return _write_directive(name, "", {}, write(content)) if content else []


# --- Markdown ---


def _write_table(columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
    return [_write_row(columns), "|" + "---|" * len(columns), *map(_write_row, rows)]


def _write_row(cells: Sequence[Spans]) -> str:
    texts = (write_inline(cell).replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {text} |" if text else " |" for text in texts)


def _write_code(block: Code) -> Lines:
    runs = re.findall(r"`{3,}", block.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    lines = block.text.removesuffix("\n").split("\n") if block.text else []
    return [fence + block.language, *lines, fence]


def _write_formula(block: Formula) -> Lines:
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
            yield _write_list(block, turn)
        else:
            turn = 0
            yield _WRITERS[block.type](block)
        previous = block


def _write_list(block: List, turn: int) -> Lines:
    lines: Lines = []
    for offset, item in enumerate(block.items):
        number = f"{block.start + offset}{'.)'[turn]}"
        marker = number if block.ordered else "-*"[turn]
        written = _write_item(item)
        blank = lines and (len(written) > 1 or lines[-1].startswith(" "))
        lines += [""] if blank else []
        margin = max(4, len(marker) + 1)
        if written[0].startswith("```"):  # a fence is one only at the start of its line
            written = ["", *written]
        lines.append(f"{marker:<{margin}}{written[0]}".rstrip())
        lines += [" " * margin + line if line else "" for line in written[1:]]
    return lines


def _write_item(item: Item) -> Lines:
    """Write an item; a note to the builder among the student's text is a marked quotation."""
    lines = _with_notes(item.nodes) or [""]
    box = "" if item.ticked is None else "[x] " if item.ticked else "[ ] "
    return [box + lines[0], *lines[1:]]


def _with_notes(nodes: Blocks) -> Lines:
    """Write what lies where no directive can stand: in an item, in a quotation."""
    parts: list[Lines] = []
    for voice, group in groupby(nodes, key=lambda node: node.voice):
        written = _join_parts(_with_markers(tuple(group)))
        parts.append(_write_note(written) if voice is Voice.BUILDER else written)
    return _join_parts(parts)


def _write_note(lines: Lines) -> Lines:
    plain = bool(lines) and is_one_paragraph("\n".join(lines[:1]))
    first = [f"> builder: {lines[0]}"] if plain else ["> builder:", ">", f"> {lines[0]}"]
    return [*first, *_quoted_lines(lines[1:])]


def _write_quote(block: Quote) -> Lines:
    """Write a quotation; within a note to the builder it says no more who it speaks to."""
    noted = block.voice is Voice.BUILDER
    lines = _join_parts(_with_markers(block.nodes)) if noted else _with_notes(block.nodes)
    return _quoted_lines(lines or [""])


def _quoted_lines(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]


# --- directives ---


def _write_comparison(block: Comparison) -> Lines:
    lines = _write_table(((), *block.columns), block.rows)
    return _write_directive("comparison", block.title, {}, lines) if block.title else lines


def _write_timeline(block: Timeline) -> Lines:
    paragraphs = (Paragraph(src=block.src, spans=spans) for spans in block.entries)
    items = tuple(Item(src=block.src, nodes=(paragraph,)) for paragraph in paragraphs)
    body = _write_list(List(src=block.src, ordered=False, items=items), turn=0)
    return _write_directive("timeline", block.title, {}, body)


def _write_chooser(block: Chooser) -> Lines:
    asks = {"asks": ", ".join(block.asks)}
    return _write_directive("chooser", block.title, asks, _write_table(block.columns, block.rows))


def _write_card(block: Card) -> Lines:
    colour = {"colour": block.colour} if block.colour else {}
    return _write_directive("card", block.title, colour, write_blocks(block.nodes))


def _write_cards(block: Cards) -> Lines:
    return _write_directive(
        "cards", "", {}, [line for card in block.cards for line in _write_card(card)]
    )


def _write_callout(block: Callout) -> Lines:
    aside = {"aside": ""} if block.aside else {}
    return _write_directive(block.kind.value, block.title, aside, write_blocks(block.nodes))


def _write_misbelief(block: MisconceptionBlock) -> Lines:
    number, body = _numbered(block.number), write_blocks(block.nodes)
    return _write_directive("misbelief", block.statement, number, body)


def _numbered(number: int | None) -> dict[str, str]:
    return {} if number is None else {"number": str(number)}


def _write_question(block: Question) -> Lines:
    answer = _write_optional("answer", block.answer, write_blocks)
    body = _join_parts([write_blocks(block.prompt), *map(_write_part, block.parts), answer])
    return _write_directive("question", "", {}, body)


def _write_part(part: Part) -> Lines:
    answer = _write_optional("answer", part.answer, write_blocks)
    return _write_directive(
        "part", part.label, {}, _join_parts([_write_paragraph(part.spans), answer])
    )


def _write_exercise(block: Exercise) -> Lines:
    level = {} if block.level.value == "unknown" else {"level": block.level.value}
    sentences = [
        _write_optional(name, getattr(block, name.replace("-", "_")), _write_paragraph)
        for name in ("tests", "purpose", "key-insight", "expected", "bonus")
    ]
    asides = [("remark", block.notes), ("hint", block.hints)]
    notes = [_write_optional(name, blocks, write_blocks) for name, blocks in asides]
    predictions = map(_write_prediction, block.predictions)
    body = _join_parts([write_blocks(block.nodes), *predictions, *sentences, *notes])
    return _write_directive("exercise", block.title, level | _numbered(block.number), body)


def _write_prediction(one: Prediction) -> Lines:
    answer = _write_optional("answer", one.answer, _write_paragraph)
    return _write_directive(
        "predict", "", {}, _join_parts([_write_paragraph(one.question), answer])
    )


def _write_request(name: str, asked: str, block: FigureRequest | TableRequest) -> Lines:
    named = {} if block.id == asked else {"id": block.id}
    return _write_directive(name, asked, named | block.options, _write_paragraph(block.caption))


def _write_listing(block: Listing) -> Lines:
    pairs = ", ".join(f"{repository} = {name}" for repository, name in block.models.items())
    models = {"models": pairs} if pairs else {}
    return _write_directive("listing", block.id, models, _write_paragraph(block.caption))


def _write_claim(block: Claim) -> Lines:
    options = {"check": block.check} if block.check else {}
    options |= {} if block.holds else {"holds": "no"}
    options |= {"fails": block.fails} if block.fails else {}
    options |= {"short": write_inline(block.short)} if block.short else {}
    options |= {"because": write_inline(block.because)} if block.because else {}
    if block.freed:
        reason = write_inline(block.freed_because)
        options |= {"freed": f"{', '.join(block.freed)} {reason}"}
    return _write_directive("claim", block.id, options, write_blocks(block.nodes))


_WRITERS: dict[str, Callable[[Any], Lines]] = {
    "paragraph": lambda block: _write_paragraph(block.spans),
    "subheading": lambda block: [f"##### {write_inline(block.spans)}"],
    "table": lambda block: _write_table(block.columns, block.rows),
    "comparison": _write_comparison,
    "timeline": _write_timeline,
    "chooser": _write_chooser,
    "code": _write_code,
    "formula": _write_formula,
    "quote": _write_quote,
    "rule": lambda block: ["***"],
    "card": _write_card,
    "cards": _write_cards,
    "callout": _write_callout,
    "misbelief": _write_misbelief,
    "question": _write_question,
    "exercise": _write_exercise,
    "figure": lambda block: _write_request("figure", block.figure, block),
    "table_request": lambda block: _write_request("table", block.table, block),
    "listing": _write_listing,
    "claim": _write_claim,
    "unknown": lambda block: block.raw.split("\n"),
}
