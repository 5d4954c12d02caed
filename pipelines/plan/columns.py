"""Tables whose columns have roles: the rows by role, whatever the headers are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.contracts.plan import TableHead
from pipelines.contracts.spans import Spans, Src
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.tables import Grid, grid


@dataclass(frozen=True)
class Row:
    """One row of a table, by role; the texts of other columns by their header."""

    reading: Reading
    src: Src
    cells: dict[str, str]
    others: dict[str, str]
    order: tuple[str, ...] = ()  # roles from left to right

    def text(self, role: str) -> str:
        return self.cells.get(role, "")

    def spans(self, role: str) -> Spans:
        return self.reading.spans(self.text(role), self.src.line)

    @property
    def extra(self) -> dict[str, Spans]:
        return {
            name: self.reading.spans(text, self.src.line) for name, text in self.others.items()
        }


def rows(reading: Reading, raws: list[Raw], roles: dict[str, str]) -> Iterator[Row]:
    """Yield the rows of all tables among `raws`."""
    for raw in raws:
        if raw.kind == "table":
            cells = grid(reading, raw)
            head = TableHead(src=reading.src(raw.line, raw.line + 1), columns=cells.columns)
            reading.heads.append(head)
            yield from _rows_of(reading, cells, _places(cells, roles))


def _places(cells: Grid, roles: dict[str, str]) -> dict[str, int]:
    """Return the column of each role: the first unused header that its pattern begins."""
    places: dict[str, int] = {}
    for role, pattern in roles.items():
        for index, header in enumerate(cells.columns):
            if index not in places.values() and re.match(pattern, header.strip("* ").lower()):
                places[role] = index
                break
    return places


def _rows_of(reading: Reading, cells: Grid, places: dict[str, int]) -> Iterator[Row]:
    taken = set(places.values())
    for line, row in cells.rows:
        yield Row(
            reading,
            reading.src(line),
            {role: row[index] for role, index in places.items()},
            {
                header or f"column {index + 1}": row[index]
                for index, header in enumerate(cells.columns)
                if index not in taken and row[index]
            },
            tuple(sorted(places, key=lambda role: places[role])),
        )
