"""What the reader hands on before it reads any text: blocks, and the sections of an outline."""

from __future__ import annotations

from dataclasses import dataclass, field


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
class SectionDraft:
    """A section of an outline before its content is read."""

    number: str
    title: str
    line: int
    end: int
    raws: tuple[Raw, ...]
