"""The latent experiments of a module, and what is wrong with their references."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.plan.needs import circles, problem, read_all
from pipelines.registry import LATENT_METHODS

LATENT = "latent"  # the folder of these experiments
BASE = "base"  # the model that all others are made from, and its method

if TYPE_CHECKING:
    from pipelines.contracts.latent_experiment import LatentExperiment


def load_latent_experiments(
    folder: Path, others: Collection[str], problems: list[Problem]
) -> dict[str, LatentExperiment]:
    """Read the experiments of a folder; what is wrong is added to `problems`."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        return {}
    from pipelines.contracts.latent_experiment import load_latent_experiment

    latent, known = read_all(files, load_latent_experiment, problems)
    for experiment in latent.values():
        problems += _wrong(experiment, known, others)
        problems += _without_weights(experiment, latent)
    problems += circles(latent)
    return latent


def _wrong(
    experiment: LatentExperiment, known: Collection[str], others: Collection[str]
) -> Iterator[Problem]:
    method = LATENT_METHODS.get(experiment.method)
    if experiment.name in others:
        remedy = "rename one of the two"
        yield _problem(experiment, (), f"`{experiment.name}` is also a 2D experiment", remedy)
    if not method:
        remedy = f"one of {', '.join(LATENT_METHODS)}"
        yield _problem(experiment, ("method",), f"unknown method `{experiment.method}`", remedy)
        return
    for role, name in experiment.needs.items():
        if name not in known:
            message = f"`{role}: {name}` is no latent experiment"
            yield _problem(
                experiment, ("needs", role), message, f"one of {', '.join(sorted(known))}"
            )
    if experiment.spread_from and experiment.spread_from not in known:
        message = f"`spread_from: {experiment.spread_from}` is no latent experiment"
        yield _problem(experiment, ("spread_from",), message, f"one of {', '.join(sorted(known))}")
    allowed = {*method.needs, *method.may}
    if not set(method.needs) <= set(experiment.needs) <= allowed:
        message = f"`{experiment.method}` needs {', '.join(method.needs) or 'no roles'}"
        remedy = f"name an experiment for each; allowed are {', '.join(sorted(allowed))}"
        yield _problem(experiment, ("needs",), message, remedy)
    if (experiment.train is None) == bool(method.module):
        message = (
            "a training is missing" if method.module else f"`{experiment.method}` trains nothing"
        )
        yield _problem(experiment, ("train",), message, "add or remove `train:`")
    for role in experiment.adapters:
        if role not in experiment.needs:
            message = f"`{role}` has a weight and no experiment"
            yield _problem(experiment, ("adapters", role), message, f"add `{role}: …` to `needs:`")


def _without_weights(
    experiment: LatentExperiment, latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report what would leave the graph with a folder of weights that nobody makes."""
    if (experiment.method == BASE) != (experiment.name == BASE):
        message = f"the method `{BASE}` and the name `{BASE}` belong together"
        yield _problem(experiment, ("method",), message, "there is one base: `base.yaml`")
    for role, name in experiment.needs.items():
        method = LATENT_METHODS.get(latent[name].method) if name in latent else None
        if method and method.leaves == "nothing":
            message = f"`{role}: {name}` leaves no weights: `{latent[name].method}` trains nothing"
            yield _problem(experiment, ("needs", role), message, "name what it is made from")


def _problem(
    experiment: LatentExperiment, keys: tuple[str, ...], message: str, remedy: str
) -> Problem:
    return problem(experiment, "ML104", keys, message, remedy)
