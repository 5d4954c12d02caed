"""How far the numbers of a page may move before a finding that was verified of them reopens.

Two builds measure a number apart as a claim would compare it: nearer than two standard errors of
their difference nothing is decided. Less than what the page shows is no change either.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from pipelines.claims import DECIDED
from pipelines.contracts.figure import DataTable
from pipelines.contracts.measurement import Fact
from pipelines.pages.register import Quoted
from pipelines.rounds.shown import Shown

_DIGITS = re.compile(r"[-+\N{MINUS SIGN}]?\d[\d,\u202f]*(?:\.(?P<decimals>\d+))?(?P<e>e[-+]?\d+)?")
_SPREAD = re.compile(r"±\s*(\d+(?:\.\d+)?)")
_TO_THE_EYE = 0.02  # of a column's range: what a drawing does not show


def shown_number(source: Quoted | Fact, text: str) -> Shown:
    """Return a number that the page shows as some text."""
    if isinstance(source, Fact):
        return Shown(source.value)
    error = source.error or 0.0
    return Shown(source.value, max(DECIDED * math.sqrt(2) * error, _last_digit(text)))


def _last_digit(text: str) -> float:
    """Return what one more in the last digit of a number's text means: 0.001 of "6.9 %"."""
    match = _DIGITS.search(text)
    return _unit(match) / (100 if "%" in text else 1) if match else 0.0


def _unit(match: re.Match[str]) -> float:
    return 0.0 if match["e"] else float(10.0 ** -len(match["decimals"] or ""))


def drawn_numbers(table: DataTable) -> Iterator[Shown]:
    """Yield the numbers behind a figure, column by column; cells that hold words are left out.

    One is another when it differs by more than its spread, its last digit, and what the eye sees.
    """
    for column in zip(*table.rows, strict=False):
        cells = [_cell(cell) for cell in column if _DIGITS.match(cell)]
        values = [one.value for one in cells]
        seen = _TO_THE_EYE * (max(values) - min(values)) if values else 0.0
        yield from (Shown(one.value, max(one.within, seen)) for one in cells)


def _cell(cell: str) -> Shown:
    """Read the number that a cell begins with, and its spread or last digit."""
    match = _DIGITS.match(cell)
    assert match  # callers have looked
    plain = re.sub("[,\u202f]", "", match[0]).replace("\N{MINUS SIGN}", "-")
    spread = _SPREAD.search(cell)
    return Shown(float(plain), max(_unit(match), float(spread[1]) if spread else 0.0))
