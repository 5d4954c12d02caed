"""ComparisonRow: a table with an empty first header cell, sides, or `A vs B` bullets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.contracts.blocks import Block, Blocks, Comparison, Table
from pipelines.contracts.spans import Spans
from pipelines.handwritten.voice import unquoted
from pipelines.plan.blocks import flattened, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_SIDE = re.compile(
    r"(?:\*\*)?(?:left|right)(?:\s*\((?P<title>[^()]*)\))?\s*:(?:\*\*)?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(
    r"(?:\*\*)?(?P<title>[^*:\n]{1,80}?)(?:\*\*)?\s*(?::(?:\*\*)?|--+|—|$)\s*(?P<rest>.*)",
    re.DOTALL,
)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)


def is_comparison(title: str, raw: Raw) -> bool:
    """Whether a list's items are the columns: `Left: …`, or what the title compares."""
    if raw.kind != "list" or not 2 <= len(raw.children) <= 4:
        return False
    texts = [item.children[0].text if item.children else "" for item in raw.children]
    if all(map(_SIDE.match, texts)):
        return True
    names = [one.strip(" .*:").lower() for one in _VERSUS.split(unquoted(title))]
    heads = [match["title"].strip().lower() for text in texts if (match := _NAMED.match(text))]
    return len(names) == len(texts) and names == heads


def comparison(reading: Reading, rest: str, raw: Raw, body: Sequence[Raw]) -> Blocks:
    """Join a comparison's title and its columns; () if there are none."""
    src = reading.src(raw.line, max([raw.end, *(one.end for one in body)]))
    title = reading.spans(unquoted(rest), raw.line)
    if not body:
        message = "comparison without a table"
        reading.guess(raw.line, message, "shown as text", raw.text, "add a table")
        return ()
    if body[0].kind == "list":
        columns, rows = _sides(reading, body[0])
        return (Comparison(src=src, title=title, columns=columns, rows=rows),)
    return tuple(replace(_compared(one), title=title, src=src) for one in typed(reading, body))


def _compared(one: Block) -> Comparison:
    if isinstance(one, Table):
        return Comparison(src=one.src, columns=one.columns[1:], rows=one.rows)
    assert isinstance(one, Comparison)  # a call takes nothing but a table
    return one


def _sides(reading: Reading, raw: Raw) -> tuple[tuple[Spans, ...], tuple[tuple[Spans, ...], ...]]:
    """Make columns of a list's items, and rows of the first, second, … thing said of each."""
    columns, cells = [], []
    for item in raw.children:
        title, text = _side(item.children[0].text)
        columns.append(reading.spans(title, item.line))
        first = [reading.spans(text, item.line)] if text else []
        cells.append([*first, *_said(reading, item.children[1:])])
    height = max(len(one) for one in cells)
    rows = tuple(
        ((), *(one[at] if at < len(one) else () for one in cells)) for at in range(height)
    )
    return tuple(columns), rows


def _side(text: str) -> tuple[str, str]:
    """Return the name of a side and what is said of it."""
    side = _SIDE.match(text)
    if side and side["title"]:
        return side["title"], side["rest"].strip()
    text = side["rest"] if side else text
    named = _NAMED.match(text)
    if not named:
        return "", text.strip()
    return unquoted(named["title"]), named["rest"].strip()


def _said(reading: Reading, raws: Sequence[Raw]) -> list[Spans]:
    """Return the items of the lists below a side, and its other blocks."""
    found = []
    for raw in raws:
        parts = raw.children if raw.kind == "list" else (raw,)
        for part in parts:
            inner = part.children if part.kind == "item" else (part,)
            found.append(flattened(typed(reading, inner)))
    return found
