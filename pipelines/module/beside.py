"""What stands beside a module's plans and must fit them: repeated trainings, sampling seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.module.experiments import problem

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
if TYPE_CHECKING:
    from pipelines.contracts.latent_experiment import LatentExperiment


def wrong_beside(
    module_dir: Path, experiments: Mapping[str, Experiment], latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report what files beside the plans name and nothing measures."""
    yield from wrong_repetitions(module_dir, {**experiments, **latent})
    yield from wrong_sampling(module_dir, latent)


def wrong_repetitions(
    module_dir: Path, experiments: Mapping[str, Experiment | LatentExperiment]
) -> Iterator[Problem]:
    """Report what of `repetitions.json` no experiment has, and lenders that have nothing to lend.

    Either would make claims look firmer than they are without a word.
    """
    if not experiments:
        return
    from pipelines.contracts.repetitions import (
        NAME,
        load_repetitions,
        never_repeated,
        unknown_experiments,
    )

    path = module_dir / NAME
    try:
        found = load_repetitions(path)
    except InputProblems as unreadable:
        yield from unreadable.problems
        return
    yield from unknown_experiments(found, path, experiments)
    for one in experiments.values():
        lender = one.spread_from
        if lender == one.name or (lender in experiments and never_repeated(found, lender)):
            message = f"`{lender}` was never repeated, so it has no spread to lend"
            remedy = f"name an experiment of {NAME}, or repeat this one"
            yield problem(one, "ML104", ("spread_from",), message, remedy)


def wrong_sampling(module_dir: Path, latent: Mapping[str, LatentExperiment]) -> Iterator[Problem]:
    """Report systems of `sampling.json` that no experiment draws."""
    from pipelines.contracts.keys import SystemKey
    from pipelines.contracts.sampling import NAME, load_sampling, unknown_systems

    path = module_dir / NAME
    if not path.exists() and not path.is_symlink():
        return
    try:
        found = load_sampling(path)
    except InputProblems as unreadable:
        yield from unreadable.problems
        return
    drawn = [SystemKey(one.name, how) for one in latent.values() for how in one.samplings]
    yield from unknown_systems(found, path, set(map(str, drawn)))
