"""Whether the repeated trainings of a module fit its experiments, and who borrows from whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.plan.needs import problem

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment


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
        foreign_to,
        load_repetitions,
        never_repeated,
    )

    path = module_dir / NAME
    try:
        found = load_repetitions(path)
    except InputProblems as unreadable:
        yield from unreadable.problems
        return
    yield from foreign_to(found, path, experiments)
    for one in experiments.values():
        lender = one.spread_from
        if lender == one.name or (lender in experiments and never_repeated(found, lender)):
            message = f"`{lender}` was never repeated, so it has no spread to lend"
            remedy = f"name an experiment of {NAME}, or repeat this one"
            yield problem(one, "ML104", ("spread_from",), message, remedy)
