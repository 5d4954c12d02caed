"""What the stages of the 2D networks share: torch settled, parents loaded, cards written."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import torch

from pipelines.contracts.artifacts import Arrays, Card, load_arrays, load_card
from pipelines.contracts.experiment import Experiment, Preset
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import Trainee
from pipelines.methods.toy import Parent, Parents
from pipelines.provenance import versions
from pipelines.registry import METHODS
from pipelines.stages.toy.memory import keep_freed_memory


class MethodModule(Protocol):
    def make(
        self, experiment: Experiment, parents: Parents, generator: torch.Generator, steps: int
    ) -> Trainee: ...

    def rebuild(self, experiment: Experiment, weights: Weights, parents: Parents) -> System: ...


def settle() -> None:
    """One thread, deterministic: the same machine gives the same bits; and freed memory kept."""
    keep_freed_memory()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def method_of(experiment: Experiment) -> MethodModule:
    """Return the module behind the experiment's method."""
    return cast(MethodModule, import_module(METHODS[experiment.method].module))


def load_weights(path: Path) -> Weights:
    return {name: torch.from_numpy(array) for name, array in load_arrays(path).items()}


def to_arrays(weights: Weights) -> Arrays:
    return {name: weight.cpu().numpy() for name, weight in weights.items()}


def load_parents(flags: Sequence[str]) -> Parents:
    """Read `role=path` flags; a network's card holds the experiment that made it."""
    parents = {}
    for flag in flags:
        role, _, path = flag.partition("=")
        parents[role] = Parent(carded(Path(path)), load_weights(Path(path)))
    return parents


def carded(path: Path) -> Experiment:
    """Return the experiment in the card of a model or sample file."""
    return Experiment.model_validate(load_card(path).settings)


def card_of(experiment: Experiment, seed: int, preset: Preset, code: str) -> Card:
    return Card(
        experiment=experiment.name,
        method=experiment.method,
        seed=seed,
        preset=preset.name,
        code=code,
        versions=versions(),
        device="cpu",
        settings=experiment.model_dump(mode="json"),
    )
