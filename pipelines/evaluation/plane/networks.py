"""What is common to all that loads networks of the plane: replicas, teachers, methods, noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import torch

from pipelines.contracts.artifacts import Arrays, load_arrays, load_card
from pipelines.contracts.experiment import Experiment, teachers_of
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.networks import Weights, stacked
from pipelines.diffusion.randomness import Draw, Source, normal
from pipelines.diffusion.systems import System
from pipelines.diffusion.training import PlaneObjective, PlaneTraining, Settings
from pipelines.methods.toy import Parent, Parents
from pipelines.registry import METHODS

Lineage = dict[str, tuple[Parent, ...]]  # role → the replicas of that teacher


class MethodModule(Protocol):
    """What the module of a 2D method holds."""

    def make(self, experiment: Experiment, parents: Parents, generator: Source) -> PlaneObjective:
        """Return what an experiment minimises, around an untrained network."""

    def rebuild(self, experiment: Experiment, weights: Weights, parents: Parents) -> System:
        """Return the system of trained weights."""


def method_of(experiment: Experiment) -> MethodModule:
    """Return the module behind the experiment's method."""
    return cast(MethodModule, import_module(METHODS[experiment.method].module))


def training_of(
    experiment: Experiment, parents: Parents, source: Source, steps: int
) -> PlaneTraining:
    """Return an experiment's training, for `steps` steps: of one network, or several as one."""
    train, objective = experiment.train, method_of(experiment).make(experiment, parents, source)
    cycles = min(objective.cycles, steps)
    settings = Settings(steps, train.batch, train.lr, train.betas, train.ema, cycles)
    return PlaneTraining(objective, settings)


def load_replicas(path: Path) -> list[Weights]:
    """Return the weights of every replica in a model file, by seed."""
    replicas: dict[int, Weights] = {}
    for name, array in load_arrays(path).items():
        seed, _, own = name.removeprefix("seed").partition("/")
        replicas.setdefault(int(seed), {})[own] = torch.from_numpy(array)
    return [replicas[seed] for seed in sorted(replicas)]


def to_arrays(replicas: Mapping[int, Weights]) -> Arrays:
    """Return the arrays of a model file from the weights by seed."""
    return {
        f"seed{seed}/{name}": weight.cpu().numpy()
        for seed, weights in replicas.items()
        for name, weight in weights.items()
    }


def load_lineage(files: Mapping[str, Path]) -> Lineage:
    """Read a model file for each role; its card holds the experiment that made it."""
    return {
        role: tuple(Parent(experiment_from_card(path), one) for one in load_replicas(path))
        for role, path in files.items()
    }


def parents_of(lineage: Lineage, replica: int, replicas: int) -> Parents:
    """Return what one of an experiment's replicas learns from."""
    return {
        role: teachers[teachers_of(replicas, len(teachers))[replica]]
        for role, teachers in lineage.items()
    }


def rebuilt(experiment: Experiment, replicas: Sequence[Weights], lineage: Lineage) -> list[System]:
    """Return every replica of an experiment, ready to be sampled from."""
    method, count = method_of(experiment), len(replicas)
    return [
        method.rebuild(experiment, weights, parents_of(lineage, k, count))
        for k, weights in enumerate(replicas)
    ]


def parents_together(lineage: Lineage, replicas: int) -> Parents:
    """Return what replicas trained together learn from: their teachers as one ensemble."""
    found = {}
    for role, teachers in lineage.items():
        chosen = [teachers[k] for k in teachers_of(replicas, len(teachers))]
        found[role] = chosen[0]
        if replicas > 1 and len(teachers) >= replicas:
            together = stacked([teacher.weights for teacher in chosen])
            found[role] = Parent(chosen[0].experiment, together)
    return found


def experiment_from_card(path: Path) -> Experiment:
    """Return the experiment in the card of a model or sample file."""
    return Experiment.model_validate(load_card(path).settings)


def noise_of(experiment: Experiment) -> Draw:
    """Return how to draw standard normal points of the dimension of an experiment's data."""
    return partial(normal, dim=DATASETS[experiment.data].dim)
