"""Pipe tables: lines → cells; a bar inside mathematics does not shift the columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.contracts.spans import Spans
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading

_BAR = re.compile(r"(?<!\\)\|")
_NORM = re.compile(r"(?<=\s)\|(?P<inside>[^|\s][^|]{0,18}[^|\s]|[^|\s])\|(?=[\s.,;)])")
_OPENERS, _CLOSERS = "([{", ")]}"


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


def grid(reading: Reading, raw: Raw) -> Grid:
    """Cut a raw table into cells; complain about rows of another length than the header."""
    (_, header), *body = raw.rows
    columns = tuple(_cells(header))
    rows = tuple((line, _row(reading, line, text, len(columns))) for line, text in body)
    return Grid(columns, rows, raw.line, raw.end)


def read_row(reading: Reading, line: int, cells: tuple[str, ...]) -> tuple[Spans, ...]:
    return tuple(reading.spans(cell, line) for cell in cells)


def _cells(line: str) -> list[str]:
    return [_unescaped(cell) for cell in _BAR.split(_trimmed(line))]


def _trimmed(line: str) -> str:
    line = line.strip().lstrip("> ").removeprefix("|")
    return line[:-1] if line.endswith("|") and not line.endswith("\\|") else line


def _unescaped(cell: str) -> str:
    return cell.strip().replace("\\|", "|")


def _row(reading: Reading, line: int, text: str, count: int) -> tuple[str, ...]:
    cells = _cells(text)
    if len(cells) == count:
        return tuple(cells)
    healed = _cells_outside_brackets(text)
    if len(healed) != count:
        healed = _cells(_NORM.sub(r"\\|\g<inside>\\|", text))
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
