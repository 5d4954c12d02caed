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
    Rule,
    Subheading,
    Table,
    TableRequest,
    Unknown,
)
from pipelines.contracts.spans import Spans, Voice
from pipelines.plan.markdown import is_one_paragraph
from pipelines.planwriter.write_spans import write_spans

Lines = list[str]
_LEADING_NUMBER = re.compile(r"(\d{1,9})([.)])")
_COLONS = re.compile(r" *(:{3,})")


def joined(parts: Iterable[Lines]) -> Lines:
    lines: Lines = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines


def write_inline(spans: Spans) -> str:
    """Write spans for a place that is one line: a title, a heading, a cell."""
    return " ".join(write_spans(spans).replace("\\\n", " ").split("\n")).strip()


def write_paragraph(block: Paragraph) -> Lines:
    return paragraph(block.spans)


def paragraph(spans: Spans) -> Lines:
    text = write_spans(spans)
    if text and not is_one_paragraph(text):
        text = _LEADING_NUMBER.sub(r"\1\\\2", text, count=1) if text[0].isdigit() else "\\" + text
    return text.split("\n") if text else []


def write_subheading(block: Subheading) -> Lines:
    return [f"##### {write_inline(block.spans)}"]


def marked(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]


def write_plain_table(block: Table) -> Lines:
    return write_table(block.columns, block.rows)


def write_table(columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
    return [_row(columns), "|" + "---|" * len(columns), *map(_row, rows)]


def _row(cells: Sequence[Spans]) -> str:
    texts = (write_inline(cell).replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {text} |" if text else " |" for text in texts)


def write_code(block: Code) -> Lines:
    runs = re.findall(r"`{3,}", block.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    lines = block.text.removesuffix("\n").split("\n") if block.text else []
    return [fence + block.language, *lines, fence]


def write_formula(block: Formula) -> Lines:
    label = f" ({block.label})" if block.label else ""
    return ["$$", *block.latex.split("\n"), f"$${label}"]


def write_rule(block: Rule) -> Lines:
    return ["***"]


def write_unknown(block: Unknown) -> Lines:
    return block.raw.split("\n")


def directive(name: str, title: Spans | str, options: dict[str, str], body: Lines) -> Lines:
    """Write a directive with one colon more than any that it holds."""
    most = max((len(m[1]) for line in body if (m := _COLONS.match(line))), default=2)
    colons = ":" * (most + 1)
    written = title if isinstance(title, str) else write_inline(title)
    head = f"{colons}{{{name}}} {written}".rstrip()
    settings = [f":{key}: {value}".rstrip() for key, value in options.items()]
    gap = [""] if body and body[0].startswith(":") and not _COLONS.match(body[0]) else []
    return [head, *settings, *gap, *body, colons]


def write_blocks(blocks: Blocks) -> Lines:
    """Write blocks with an empty line between them; notes to the builder get their directive."""
    parts: list[Lines] = []
    for voice, group in groupby(blocks, key=lambda block: block.voice):
        written = joined(_with_markers(tuple(group)))
        parts.append(directive("builder", "", {}, written) if voice is Voice.BUILDER else written)
    return joined(parts)


def _with_markers(blocks: Sequence[Block]) -> Iterable[Lines]:
    """Write blocks; of two lists in a row the second takes other markers, to stay a second."""
    previous: Block | None = None
    turn = 0
    for block in blocks:
        follows = isinstance(block, List) and isinstance(previous, List)
        turn = (turn + 1) % 2 if follows and _same_kind(block, previous) else 0
        yield _list(block, turn) if isinstance(block, List) else _WRITERS[block.type](block)
        previous = block


def _same_kind(one: Any, other: Any) -> bool:
    return bool(one.ordered == other.ordered)


def _list(block: List, turn: int) -> Lines:
    lines: Lines = []
    for offset, item in enumerate(block.items):
        number = f"{block.start + offset}{'.)'[turn]}"
        marker = number if block.ordered else "-*"[turn]
        written = _item(item)
        blank = lines and (len(written) > 1 or _ends_deep(lines))
        lines += [""] if blank else []
        margin = max(4, len(marker) + 1)
        if written[0].startswith("```"):  # a fence is one only at the start of its line
            written = ["", *written]
        lines.append(f"{marker:<{margin}}{written[0]}".rstrip())
        lines += [" " * margin + line if line else "" for line in written[1:]]
    return lines


def _ends_deep(lines: Lines) -> bool:
    return lines[-1].startswith(" ")


def _item(item: Item) -> Lines:
    """Write an item; a note to the builder among the student's text is a marked quotation."""
    lines = _with_notes(item.nodes) or [""]
    box = "" if item.ticked is None else "[x] " if item.ticked else "[ ] "
    return [box + lines[0], *lines[1:]]


def _with_notes(nodes: Blocks) -> Lines:
    """Write what lies where no directive can stand: in an item, in a quotation."""
    parts: list[Lines] = []
    for voice, group in groupby(nodes, key=lambda node: node.voice):
        written = joined(_with_markers(tuple(group)))
        parts.append(_note(written) if voice is Voice.BUILDER else written)
    return joined(parts)


def _note(lines: Lines) -> Lines:
    plain = bool(lines) and is_one_paragraph("\n".join(lines[:1]))
    first = [f"> builder: {lines[0]}"] if plain else ["> builder:", ">", f"> {lines[0]}"]
    return [*first, *marked(lines[1:])]


def _comparison(block: Comparison) -> Lines:
    lines = write_table(((), *block.columns), block.rows)
    return directive("comparison", block.title, {}, lines) if block.title else lines


def _chooser(block: Chooser) -> Lines:
    asks = {"asks": ", ".join(block.asks)}
    return directive("chooser", block.title, asks, write_table(block.columns, block.rows))


def _quote(block: Quote) -> Lines:
    """Write a quotation; within a note to the builder it says no more who it speaks to."""
    noted = block.voice is Voice.BUILDER
    lines = joined(_with_markers(block.nodes)) if noted else _with_notes(block.nodes)
    return marked(lines or [""])


def _card(block: Card) -> Lines:
    colour = {"colour": block.colour} if block.colour else {}
    return directive("card", block.title, colour, write_blocks(block.nodes))


def _cards(block: Cards) -> Lines:
    return directive("cards", "", {}, [line for card in block.cards for line in _card(card)])


def _callout(block: Callout) -> Lines:
    aside = {"aside": ""} if block.aside else {}
    return directive(block.kind.value, block.title, aside, write_blocks(block.nodes))


def _misbelief(block: MisconceptionBlock) -> Lines:
    return directive(
        "misbelief", block.statement, _numbered(block.number), write_blocks(block.nodes)
    )


def _numbered(number: int | None) -> dict[str, str]:
    return {} if number is None else {"number": str(number)}


def _question(block: Question) -> Lines:
    parts = [_part(part) for part in block.parts]
    answer = directive("answer", "", {}, write_blocks(block.answer)) if block.answer else []
    body = joined([write_blocks(block.prompt), *parts, answer])
    return directive("question", "", {}, body)


def _part(part: Part) -> Lines:
    answer = directive("answer", "", {}, write_blocks(part.answer)) if part.answer else []
    return directive("part", part.label, {}, joined([paragraph(part.spans), answer]))


def _exercise(block: Exercise) -> Lines:
    level = {} if block.level.value == "unknown" else {"level": block.level.value}
    fields = [
        directive(name, "", {}, paragraph(spans))
        for name in ("tests", "purpose", "key-insight", "expected", "bonus")
        if (spans := getattr(block, name.replace("-", "_")))
    ]
    asides = [
        directive(name, "", {}, write_blocks(blocks))
        for name, blocks in (("remark", block.notes), ("hint", block.hints))
        if blocks
    ]
    predictions = map(_prediction, block.predictions)
    body = joined([write_blocks(block.nodes), *predictions, *fields, *asides])
    return directive("exercise", block.title, level | _numbered(block.number), body)


def _prediction(one: Prediction) -> Lines:
    answer = directive("answer", "", {}, paragraph(one.answer)) if one.answer else []
    return directive("predict", "", {}, joined([paragraph(one.question), answer]))


def _figure(block: FigureRequest) -> Lines:
    named = {} if block.id == block.figure else {"id": block.id}
    return directive("figure", block.figure, named | block.options, paragraph(block.caption))


def _table_request(block: TableRequest) -> Lines:
    named = {} if block.id == block.table else {"id": block.id}
    return directive("table", block.table, named | block.options, paragraph(block.caption))


def _listing(block: Listing) -> Lines:
    pairs = ", ".join(f"{repository} = {name}" for repository, name in block.models.items())
    return directive(
        "listing", block.id, {"models": pairs} if pairs else {}, paragraph(block.caption)
    )


def _claim(block: Claim) -> Lines:
    options = {"check": block.check} if block.check else {}
    options |= {} if block.holds else {"holds": "no"}
    options |= {"fails": block.fails} if block.fails else {}
    options |= {"short": write_inline(block.short)} if block.short else {}
    options |= {"because": write_inline(block.because)} if block.because else {}
    if block.freed:
        reason = write_inline(block.freed_because)
        options |= {"freed": f"{', '.join(block.freed)} {reason}"}
    return directive("claim", block.id, options, write_blocks(block.nodes))


_WRITERS: dict[str, Callable[[Any], Lines]] = {
    "paragraph": write_paragraph,
    "subheading": write_subheading,
    "table": write_plain_table,
    "comparison": _comparison,
    "chooser": _chooser,
    "code": write_code,
    "formula": write_formula,
    "quote": _quote,
    "rule": write_rule,
    "card": _card,
    "cards": _cards,
    "callout": _callout,
    "misbelief": _misbelief,
    "question": _question,
    "exercise": _exercise,
    "figure": _figure,
    "table_request": _table_request,
    "listing": _listing,
    "claim": _claim,
    "unknown": write_unknown,
}
