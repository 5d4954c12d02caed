"""Rows of measurements and cards of files, made in one way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any, Protocol

from pipelines.contracts.artifacts import Card
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Measurement, Measurements, Producer
from pipelines.evaluation.hardware import device_name
from pipelines.provenance import versions


class RowMaker:
    """Makes the rows of one experiment.

    Args:
        owner: The experiment; keys begin with it.
        fields: Of every row, unless it says otherwise.
    """

    def __init__(self, owner: str, producer: Producer, **fields: Any) -> None:
        self.owner, self.producer, self.fields = owner, producer, fields

    def row(self, sampling: Sampling, metric: str, value: float, **fields: Any) -> Measurement:
        """Return a row of a system of the owner; `fields` are Measurement's."""
        return Measurement(
            key=SystemKey(self.owner, sampling).key(metric),
            value=value,
            produced_by=self.producer,
            **(self.fields | fields),
        )


def spread_of(values: Sequence[float], what: str) -> dict[str, Any]:
    """Return the fields of a row that say how several values scatter; none for a single one."""
    if len(values) < 2:
        return {}
    return {"spread": stdev(values), "spread_over": f"{len(values)} {what}"}


def means_of(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the mean of every score."""
    return {name: fmean(row[name] for row in rows) for name in rows[0]}


def by_key(rows: Iterable[Measurement]) -> Measurements:
    """Return a file of rows."""
    return Measurements(tuple(sorted(rows, key=lambda row: row.key)))


class _Seeded(Protocol):
    """An experiment of either kind."""

    @property
    def name(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def seed(self) -> int: ...
    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def card_of(experiment: _Seeded, preset: str, code: str, device: str = "cpu") -> Card:
    """Return the card of what was made for an experiment: its settings make it anew."""
    settings = experiment.model_dump(mode="json")
    return new_card(
        experiment.name, experiment.method, experiment.seed, preset, code, device, settings
    )


def new_card(
    experiment: str,
    method: str,
    seed: int,
    preset: str,
    code: str,
    device: str = "cpu",
    settings: dict[str, Any] | None = None,
) -> Card:
    """Return a card of this process: with the versions and the device that it computes with."""
    return Card(
        experiment=experiment,
        method=method,
        seed=seed,
        preset=preset,
        code=code,
        versions=versions(),
        device=device_name(device),
        settings=settings or {},
    )
