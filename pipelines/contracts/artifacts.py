"""The arrays that a build keeps: weights, samples, training histories.

Weights and samples are safetensors files with one metadata key, `card`: sorted JSON. (Several
keys would be written in an order that varies from process to process.)
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from pydantic import RootModel
from safetensors import safe_open
from safetensors.numpy import save

from pipelines.contracts.files import Strict, read_json, write_json, written_aside

Arrays = dict[str, np.ndarray]


class Card(Strict):
    """What a model or sample file says of itself. No clock, host or path: bytes are stable."""

    experiment: str
    method: str
    seed: int
    preset: str
    code: str  # digest of the code that made it
    versions: dict[str, str]
    device: str
    settings: dict[str, object]  # the experiment as it was read


class History(Strict):
    """Scalars of a training, thinned to at most 500 points.

    `columns` always holds `step`; all columns have the same length.
    """

    experiment: str
    seed: int
    columns: dict[str, tuple[float, ...]]


def save_arrays(path: Path, arrays: Arrays, card: Card) -> None:
    """Write named arrays and their card.

    Raises:
        OSError: The disk is full, or may not be written; `save_file` has an error of its own.
    """
    metadata = {"card": json.dumps(card.model_dump(mode="json"), sort_keys=True)}
    contiguous = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    with written_aside(path) as temporary:
        temporary.write_bytes(save(contiguous, metadata=metadata))


def load_arrays(path: Path) -> Arrays:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def load_card(path: Path) -> Card:
    with safe_open(path, framework="numpy") as file:
        return Card.model_validate_json(file.metadata()["card"])


class Histories(RootModel[tuple[History, ...]]):
    """The trainings of an experiment, one a replica."""


def save_histories(path: Path, histories: Iterable[History]) -> None:
    write_json(path, Histories(tuple(histories)))


def load_histories(path: Path) -> tuple[History, ...]:
    return Histories.model_validate(read_json(path)).root
