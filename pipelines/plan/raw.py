"""Blocks of Markdown with their text unread, and the sections of an outline made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TICK = re.compile(r"\[(?P<mark>[ xX✓✔]?)\](?:[ \t]+|(?=[^\W\d_]|\*\*))")


@dataclass(frozen=True)
class Raw:
    """A block with its text unread.

    Attributes:
        kind: paragraph, heading, list, item, table, code, formula, quote, rule, directive.
        text: Inline Markdown, code, TeX, or a directive's title.
        name: A code's language, a formula's label, a directive's name.
        level: A heading's level, an ordered list's first number; bullets have -1.
        rows: A table's lines with their numbers, the delimiter row left out.
    """

    kind: str
    line: int
    end: int
    text: str = ""
    name: str = ""
    level: int = -1
    ticked: bool | None = None
    children: tuple[Raw, ...] = ()
    rows: tuple[tuple[int, str], ...] = ()
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A section of an outline before its content is read."""

    number: str
    title: str
    line: int
    end: int
    raws: tuple[Raw, ...]


def unboxed(item: Raw) -> Raw:
    """Take the box off an item's text: `[x] …`."""
    first = item.children[0] if item.children else None
    match = _TICK.match(first.text) if first and first.kind == "paragraph" else None
    if not first or not match:
        return item
    text = Raw("paragraph", first.line, first.end, first.text[match.end() :])
    ticked = bool(match["mark"].strip())
    return Raw("item", item.line, item.end, ticked=ticked, children=(text, *item.children[1:]))
