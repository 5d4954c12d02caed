"""What a figure may see and what it must say.

A figure is a module of `pipelines.figures` with

    ROLES: tuple[str, ...]            options that name experiments ("teacher", "student")
    def prepare(data: FigureData, options: dict[str, str]) -> Picture
    def draw(picture: Picture, theme: Theme) -> matplotlib.figure.Figure | bytes   (bytes: SVG)
    def describe(picture: Picture) -> Description

`prepare` alone reads data; what it returns (any frozen dataclass) is all that is drawn, told in
the alternative text and listed in the table, so that the three cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.contracts.files import Strict

if TYPE_CHECKING:  # pages describe figures, and do without numpy
    from pipelines.contracts.artifacts import Arrays, History
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
    from pipelines.contracts.measurement import Ledger

WIDE, NARROW = 672, 340  # of a text column, and of what a telephone leaves: CSS pixels
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
