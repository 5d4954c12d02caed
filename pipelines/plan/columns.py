"""Tables by their headers: what a table is about, and its rows by the roles of its columns."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.contracts.plan import TableHead
from pipelines.contracts.spans import Spans, Src, Text
from pipelines.plan.blocks import Grid, table_grid
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_LEADING = re.compile(r"#|no\.?|id|nr\.?", re.IGNORECASE)
_CONCEPT = r"(?:known |prior )?concept|topic|skill|knowledge|idea|term"
# role → patterns, each of which begins (or, after `.*`, ends) one of the header's cells
_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("prerequisites", (r".*\brequired|.*\bneeded", r".*\b(?:actual|current|available|have)\b")),
    ("misconceptions", (r"^misconception|^(?:wrong|false) (?:idea|belief)|^belief",)),
    ("modalities", (r"^modalit|^representation", r"what|why|rationale|how")),
    ("examples", (r"^example", r"type|kind|polarity|.*positive|\+|purpose")),
    ("gaps", (r"^(?:missing )?(?:gap|concept|prerequisite)", r"gap|size|magnitude|severity",
              r".*\bresol|action|plan|fix|remed")),
    ("concepts", (rf"^(?:{_CONCEPT})", r".*\bdepth|level")),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of a table, by role; the texts of other columns by their header."""

    reading: Reading
    src: Src
    cells: dict[str, str]
    others: dict[str, str]
    order: tuple[str, ...] = ()  # roles from left to right

    def text(self, role: str) -> str:
        """Return a cell as written, "" where the table has no such column."""
        return self.cells.get(role, "")

    def spans(self, role: str) -> Spans:
        """Read a cell."""
        return self.reading.spans(self.text(role), self.src.line)

    @property
    def extra(self) -> dict[str, Spans]:
        """The cells of columns without a role, by their header."""
        line = self.src.line
        return {name: self.reading.spans(text, line) for name, text in self.others.items()}

    def spans_and_extra(self, role: str) -> Spans:
        """Return a cell, and after it those of columns without a role, each after its header."""
        spans = self.spans(role)
        for name, more in self.extra.items():
            spans = (*spans, Text(text=f" {name}: "), *more)
        return spans


def rows_by_role(reading: Reading, raws: list[Raw], roles: dict[str, str]) -> Iterator[Row]:
    """Yield the rows of all tables among `raws`."""
    for raw in raws:
        if raw.kind == "table":
            cells = table_grid(reading, raw)
            head = TableHead(src=reading.src(raw.line, raw.line + 1), columns=cells.columns)
            reading.heads.append(head)
            yield from _rows_of(reading, cells, _columns_by_role(cells, roles))


def _columns_by_role(cells: Grid, roles: dict[str, str]) -> dict[str, int]:
    """Return the column of each role: the first unused header that its pattern begins."""
    columns_of: dict[str, int] = {}
    for role, pattern in roles.items():
        for index, header in enumerate(cells.columns):
            if index not in columns_of.values() and re.match(pattern, header.strip("* ").lower()):
                columns_of[role] = index
                break
    return columns_of


def _rows_of(reading: Reading, cells: Grid, columns_of: dict[str, int]) -> Iterator[Row]:
    taken = set(columns_of.values())
    for line, row in cells.rows:
        yield Row(
            reading,
            reading.src(line),
            {role: row[index] for role, index in columns_of.items()},
            {
                header or f"column {index + 1}": row[index]
                for index, header in enumerate(cells.columns)
                if index not in taken and row[index]
            },
            tuple(sorted(columns_of, key=lambda role: columns_of[role])),
        )


def table_role(raw: Raw) -> str:
    """Name what the rows of a table are: prerequisites, gaps, …; "" if its header does not say."""
    cells = [cell.strip(" *`").lower() for cell in raw.rows[0][1].strip().strip("|").split("|")]
    cells = cells[1:] if cells and _LEADING.fullmatch(cells[0]) else cells
    for role, patterns in _ROLES:
        if all(_has(cells, pattern) for pattern in patterns):
            return role
    return ""


def _has(cells: list[str], pattern: str) -> bool:
    """Match one of the cells; a pattern that begins with `^` only the first."""
    return any(re.match(pattern, cell) for cell in (cells[:1] if pattern[0] == "^" else cells))


def tables_by_role(
    raws: Iterable[Raw], otherwise: str, known: Iterable[str]
) -> dict[str, list[Raw]]:
    """Sort tables by what they are about.

    Args:
        otherwise: The role of a table whose header does not say, or says one not in `known`.
    """
    found: dict[str, list[Raw]] = {}
    for raw in raws:
        role = table_role(raw)
        found.setdefault(role if role in known else otherwise, []).append(raw)
    return found
