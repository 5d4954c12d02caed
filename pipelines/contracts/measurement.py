"""What was measured: tidy rows, and the ledger that holds a build's rows and cited facts.

What a row is called is in `pipelines.contracts.keys`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, FiniteFloat, RootModel, model_validator

from pipelines.contracts.files import Strict, read_json
from pipelines.contracts.keys import KEY_PATTERN

FACT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$")]


class Producer(Strict):
    """What made a row.

    Attributes:
        code: Digest of the code that did.
        published: When and on what, of a row that the module publishes; empty: in this build.
    """

    rule: str
    experiment: str = ""
    code: str = ""
    published: str = ""


class Measurement(Strict):
    """One number, how it came about and how far it may be trusted.

    Attributes:
        value: In `unit`; shares are fractions of one ("1"), not per cent.
        n: How many samples, repeats or networks stand behind it.
        spread: Standard deviation, in `unit`, or None where there is only one.
        spread_over: What the spread is over: "3 seeds", "9 repeats".
        trainings: The value of each training that `value` is the mean of; empty if the row does
            not depend on any training of this build.
        repeated: The values of whole repetitions of the training, made once and kept with the
            module: what one training alone cannot know.
        repeated_in: Which repetitions; rows of the same are compared training by training.
        borrowed: Standard deviation over trainings that an experiment like this one lends.
        parts: The same measured on each part of the draws: how far chance in drawing moves it.
        draws: Which draws the parts are of. Rows of equal draws are compared part by part.
        exact: Chance has no part in it.
        no_spread: Why there is nothing to tell how far chance moves it.
    """

    key: Key
    value: FiniteFloat  # a network that diverged must not reach a page as "nan"
    unit: str = "1"
    n: int = 1
    spread: FiniteFloat | None = None
    spread_over: str = ""
    trainings: tuple[FiniteFloat, ...] = ()
    repeated: tuple[FiniteFloat, ...] = ()
    repeated_in: str = ""
    borrowed: FiniteFloat | None = None
    parts: tuple[FiniteFloat, ...] = ()
    draws: str = ""
    exact: bool = False
    no_spread: str = ""
    seeds: tuple[int, ...] = ()
    nfe: int | None = None
    device: str = "cpu"
    threads: int = 1
    note: str = ""  # what was seen, in words: an error that is the result
    produced_by: Producer


class Measurements(RootModel[tuple[Measurement, ...]]):
    """A file of rows, sorted by key."""

    model_config = ConfigDict(defer_build=True)


class Timings(Strict):
    """Seconds, and the machine that they were taken on; of samples the machine alone."""

    hardware: dict[str, str] = Field(default_factory=dict)  # cpu, arithmetic, threads, torch
    rows: tuple[Measurement, ...]


_NAMED_PLACE = re.compile(
    r"(tables?|figures?|sections?|equations?|algorithms?) \S"
    r"|abstract|appendix|readme|model card|announcement|project page",
    re.IGNORECASE,
)


class Fact(Strict):
    """A cited figure: somebody else's measurement, with its conditions and its source.

    Attributes:
        conditions: Data set, guidance, hardware: never compare across these.
        source: A key of references.bib.
        place: Where in the source the figure stands: "Table 2".
        confidence: How the figure was seen. Primary: read at `place` in the work that reports it,
            or in a full-text copy of that work. Secondary: read elsewhere, in a later paper's
            table, a transcription or notes. Computed: from the source's formula or code.
    """

    id: str = Field(pattern=f"^{FACT_ID.pattern}$")
    value: float
    unit: str = "1"
    what: str  # "FID of consistency distillation, one step"
    conditions: str = ""
    source: str
    place: str = ""
    confidence: Literal["primary", "secondary", "computed"] = "secondary"
    line: int = 0

    @model_validator(mode="after")
    def _primary_figures_name_their_place(self) -> Self:
        if self.confidence == "primary" and not _NAMED_PLACE.search(self.place):
            raise ValueError(
                "a primary figure names the table, figure, section or page that reports it"
            )
        return self


class Ledger(Strict):
    """All that a page may quote. Wall-clock rows are apart: they differ from run to run."""

    preset: str
    publish: bool
    measurements: dict[str, Measurement]
    timings: dict[str, Measurement] = Field(default_factory=dict)
    facts: dict[str, Fact]
    hardware: dict[str, str] = Field(default_factory=dict)
    repetitions: str = ""  # when and on what trainings were repeated

    def with_timings(self, timings: Timings) -> Ledger:
        """Return this ledger with wall-clock rows beside the measured ones."""
        rows = {row.key: row for row in timings.rows}
        return self.model_copy(update={"timings": rows, "hardware": timings.hardware})

    def row(self, key: str) -> Measurement | None:
        """Return a measured or timed row, or None."""
        return self.measurements.get(key) or self.timings.get(key)


def load_ledger(path: Path) -> Ledger:
    return Ledger.model_validate(read_json(path))


def load_timings(path: Path) -> Timings:
    return Timings.model_validate(read_json(path))


def load_trainings(paths: Iterable[Path]) -> tuple[Measurement, ...]:
    """Return the training times in files `models/<experiment>.timing.json`."""
    return tuple(row for path in paths for row in load_timings(path).rows)
