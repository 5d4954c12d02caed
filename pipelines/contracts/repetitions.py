"""What one training alone cannot know: rows of trainings that were repeated, kept with a module.

A build trains most networks once or three times. How far another training, another order of
additions in another processor included, would move a row was measured once, by
`measured-lessons repetitions`, and is kept in `repetitions.json` beside the module plan. Every
ledger gets these values beside its rows.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pydantic import Field, FiniteFloat, RootModel, model_validator

from pipelines.contracts.files import Strict, read_json
from pipelines.contracts.keys import MeasurementKey, experiment_of
from pipelines.contracts.measurement import Key, Measurement
from pipelines.contracts.problems import InputProblems, Problem

NAME = "repetitions.json"
ENOUGH = 5  # trainings, for a spread that others may borrow


class Group(Strict):
    """What was repeated at one time, on one machine.

    Attributes:
        made: When and on what, in words.
        trainings: What each value of a row is of: "seed 0", "seed 0, AVX2".
        rows: Key → one value for each of these.
    """

    made: str
    trainings: tuple[str, ...] = Field(min_length=ENOUGH)
    rows: dict[Key, tuple[FiniteFloat, ...]]

    @model_validator(mode="after")
    def whole(self) -> Group:
        for key, values in self.rows.items():
            if len(values) != len(self.trainings):
                raise ValueError(f"`{key}` has {len(values)} values, not {len(self.trainings)}")
        return self


class Repetitions(RootModel[tuple[Group, ...]]):
    """A file of repetitions; of a key that stands in two groups the later one counts."""

    @property
    def made(self) -> str:
        """When and on what, in words, of all groups."""
        return "; ".join(dict.fromkeys(group.made for group in self.root))

    def find(self, key: str) -> tuple[Group, tuple[float, ...]] | None:
        """Return the values of a row and the group that they stand in."""
        for group in reversed(self.root):
            if key in group.rows:
                return group, group.rows[key]
        return None

    @property
    def rows(self) -> dict[str, tuple[float, ...]]:
        return {key: values for group in self.root for key, values in group.rows.items()}


NONE = Repetitions(())


def load_repetitions(path: Path) -> Repetitions:
    """Read a module's repetitions; a module need not have any.

    Raises:
        InputProblems: The file is not what `measured-lessons repetitions` writes.
    """
    if not path.exists() and not path.is_symlink():
        return NONE
    if not path.is_file():
        raise InputProblems([_broken(path, "it is no file")])
    try:
        return Repetitions.model_validate(read_json(path))
    except (ValueError, RecursionError) as error:
        raise InputProblems([_broken(path, " ".join(str(error).split()))]) from error


def _broken(path: Path, message: str) -> Problem:
    remedy = "make it anew: measured-lessons repetitions BUILD --out FILE"
    return Problem(str(path), 1, "ML102", f"no file of repetitions: {message[:200]}", remedy)


def unknown_experiments(
    found: Repetitions, path: Path, experiments: Collection[str]
) -> list[Problem]:
    """Return a problem for each experiment of a file that the module does not have.

    Rows that nobody reads would make claims look firmer than they are, unsaid.
    """
    named = dict.fromkeys(map(experiment_of, found.rows))
    return [
        _broken(path, f"`{name}` is no experiment") for name in named if name not in experiments
    ]


def never_repeated(found: Repetitions, lender: str) -> bool:
    """Say whether an experiment has no repetitions that another could borrow."""
    return lender not in map(experiment_of, found.rows)


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
    if repeated := found.find(row.key):
        group, values = repeated
        return row.model_copy(update={"repeated": values, "repeated_in": group.made})
    key = MeasurementKey.parse(row.key)
    borrowed = _borrowed(row.value, found.rows, lenders.get(key.experiment, ""), key.metric)
    return row.model_copy(update={"borrowed": borrowed}) if borrowed is not None else row


def _borrowed(
    value: float, rows: Mapping[str, tuple[float, ...]], lender: str, metric: str
) -> float | None:
    """Return the spread of that row of another experiment, of this metric, whose value is nearest.

    How far training moves a number goes with the number more than with the sampler: a student
    that is good at one step scatters like one that is good at four. A larger value is taken to
    spread more, in proportion; a smaller one not less.
    """
    alike = [
        values
        for key, values in rows.items()
        if experiment_of(key) == lender and MeasurementKey.parse(key).metric == metric
    ]
    if not alike:
        return None
    nearest = min(alike, key=lambda values: abs(statistics.fmean(values) - value))
    mean = abs(statistics.fmean(nearest))
    return statistics.stdev(nearest) * (max(1.0, abs(value) / mean) if mean else 1.0)
