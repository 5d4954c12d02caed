"""A chooser: what it asks, and which rows fit which answers, read off the cells of its table.

The table is complete by itself; a script adds the questions.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts.blocks import AskKind, Chooser
from pipelines.contracts.spans import Emphasis, Spans
from pipelines.pages.page import Page
from pipelines.plan.inline import plain

SCRIPT = "chooser.js"


@dataclass(frozen=True)
class Ask:
    """One question.

    Attributes:
        name: Of its inputs, unique on the page.
        entries: What can be ticked, in the order in which the column first names it.
        cells: For each row the places of its entries; None fits whatever is ticked.
    """

    name: str
    kind: AskKind
    title: Spans
    entries: tuple[str, ...]
    cells: tuple[tuple[int, ...] | None, ...]


def view_chooser(page: Page, chooser: Chooser) -> tuple[Ask, ...]:
    """Return the questions of a chooser, one for each of its first columns."""
    return tuple(
        _ask(page.places.anchors.new("ask"), kind, title, [row[at] for row in chooser.rows])
        for at, (kind, title) in enumerate(zip(chooser.asks, chooser.columns, strict=False))
    )


def _ask(name: str, kind: AskKind, title: Spans, column: list[Spans]) -> Ask:
    listed = [_entries(cell) for cell in column]
    known = list(dict.fromkeys(entry for entries in listed for entry in entries or ()))
    cells = tuple(
        None if entries is None else tuple(known.index(entry) for entry in entries)
        for entries in listed
    )
    return Ask(name, kind, title, tuple(known), cells)


def _entries(cell: Spans) -> list[str] | None:
    """Return what a cell lists between commas; one in italics, or empty, fits everything."""
    if all(isinstance(span, Emphasis) for span in cell):
        return None
    return [entry for part in plain(cell).split(",") if (entry := part.strip())]
