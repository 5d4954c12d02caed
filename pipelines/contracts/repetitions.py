"""What one training alone cannot know: rows of trainings that were repeated, kept with a module.

A build trains most networks once or three times. How far another training, another order of
additions in another processor included, would move a row was measured once, by
`measured-lessons repetitions`, and is kept in `repetitions.json` beside the module plan. Every
ledger gets these values beside its rows.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.problems import InputProblems, Problem

NAME = "repetitions.json"
ENOUGH = 5  # trainings, for a spread that others may borrow


class Repetitions(BaseModel):
    """Attributes:
    made: When and on what, in words.
    trainings: What each value of a row is of: "seed 0", "seed 0, AVX2".
    rows: Key → one value for each of these.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    made: str
    trainings: tuple[str, ...]
    rows: dict[str, tuple[FiniteFloat, ...]]


NONE = Repetitions(made="", trainings=(), rows={})


def load_repetitions(path: Path) -> Repetitions:
    """Read a module's repetitions; a module need not have any.

    Raises:
        InputProblems: The file is not what `measured-lessons repetitions` writes.
    """
    if not path.is_file():
        return NONE
    try:
        found = Repetitions.model_validate(read_json(path))
    except (ValueError, ValidationError) as error:
        raise InputProblems([_broken(path, str(error).splitlines()[0])]) from error
    for key, values in found.rows.items():
        if len(values) != len(found.trainings):
            raise InputProblems([_broken(path, f"`{key}` has {len(values)} values")])
    return found


def _broken(path: Path, message: str) -> Problem:
    remedy = "make it anew: measured-lessons repetitions BUILD --out FILE"
    return Problem(str(path), 1, "ML102", f"no file of repetitions: {message}", remedy)


def with_repetitions(
    rows: Iterable[Measurement], found: Repetitions, lenders: Mapping[str, str]
) -> list[Measurement]:
    """Return rows with what repeated trainings tell of them.

    Args:
        lenders: Experiment → the one whose spread stands for its own, where it was not repeated.
    """
    return [_with(row, found, lenders) for row in rows]


def _with(row: Measurement, found: Repetitions, lenders: Mapping[str, str]) -> Measurement:
    if not row.trainings or row.no_spread:
        return row
    if values := found.rows.get(row.key):
        return row.model_copy(update={"repeated": values})
    experiment, system, metric = row.key.split("/")
    lender = lenders.get(experiment, "")
    borrowed = _borrowed(row.value, found.rows, lender, system, metric)
    return row.model_copy(update={"borrowed": borrowed}) if borrowed is not None else row


def _borrowed(
    value: float, rows: Mapping[str, tuple[float, ...]], lender: str, system: str, metric: str
) -> float | None:
    """Return the spread of the same system of another experiment, else its widest of this metric.

    A larger value is taken to spread more, in proportion; a smaller one not less.
    """
    same = rows.get(f"{lender}/{system}/{metric}")
    alike = [
        values
        for key, values in rows.items()
        if key.startswith(f"{lender}/") and key.endswith(f"/{metric}")
    ]
    spreads = [_scaled(value, values) for values in ([same] if same else alike)]
    return max(spreads, default=None)


def _scaled(value: float, values: tuple[float, ...]) -> float:
    mean = abs(statistics.fmean(values))
    return statistics.stdev(values) * (max(1.0, abs(value) / mean) if mean else 1.0)
