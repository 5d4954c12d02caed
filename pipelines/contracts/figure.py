"""What a figure may see and what it must say.

A figure is a module of `pipelines.figures` with

    ROLES: tuple[str, ...]            options that name experiments ("teacher", "student")
    def prepare(data: FigureData, options: dict[str, str]) -> Picture
    def draw(picture: Picture, theme: Theme) -> matplotlib.figure.Figure | bytes   (bytes: SVG)
    def describe(picture: Picture) -> Description
    def still(picture: Picture, theme: Theme) -> matplotlib.figure.Figure   (if `draw` gives bytes)

`prepare` alone reads data; what it returns (any frozen dataclass) is all that is drawn, told in
the alternative text and listed in the table, so that the three cannot disagree.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.contracts.files import Strict

_MINUS = re.compile(r"\N{MINUS SIGN}(?=[\d.])")
_NUMBER = re.compile(r"[-+]?[\d.]")
_FORMULA = ("=", "+", "-", "@", "\t")

if TYPE_CHECKING:  # pages describe figures, and do without numpy
    from pipelines.contracts.artifacts import Arrays, History
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
    from pipelines.contracts.measurement import Ledger

WIDE, NARROW = 672, 340  # of a text column, and of what a telephone leaves: CSS pixels
TALLEST = 910  # of a wide drawing: a page of paper holds so much with letters of 9 pt
FORM_NAMES = ("light", "dark", "light-narrow", "dark-narrow")  # a file `<id>.<form>.svg` for each


@dataclass(frozen=True)
class FigureData:
    """Everything of a build that is drawn.

    Attributes:
        latent: Models of the tiny Stable Diffusion; `experiments` are those in 2D.
        samples: Of each experiment: see docs/experiments.md for the names of the arrays.
        histories: Of each experiment: one history a seed.
    """

    experiments: dict[str, Experiment]
    samples: dict[str, Arrays]
    histories: dict[str, tuple[History, ...]]
    ledger: Ledger
    latent: dict[str, LatentExperiment] = field(default_factory=dict)


class DataTable(Strict):
    """The numbers behind a figure, or a table of the ledger, ready to be set.

    A cell is a text, or a number with its number of decimals ("0.0691" → value 0.0691).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def cells(self) -> int:
        """How many cells the table has, its heads among them."""
        return len(self.columns) * (len(self.rows) + 1)

    @property
    def as_csv(self) -> str:
        """The table for programs: a line of columns, a line a row, minus signs as ASCII has them.

        Whatever a spreadsheet would take for a formula is kept from being one by an apostrophe.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([_inert(cell) for cell in row] for row in (self.columns, *self.rows))
        return text.getvalue()


def _inert(cell: str) -> str:
    plain = _MINUS.sub("-", cell)
    return f"'{plain}" if plain.startswith(_FORMULA) and not _NUMBER.match(plain) else plain


class Description(Strict):
    """A figure in words.

    `alt` is what one sees, said to those who cannot: some sentences made from the data by the
    words of `figures/seen.py`, at most 450 characters.
    """

    alt: str
    table: DataTable
    timed: bool = False  # shows CPU-seconds, which differ from build to build
    wide: tuple[int, int] = (0, 0)  # width and height in CSS pixels; known when it is drawn
    narrow: tuple[int, int] = (0, 0)
