"""The experiments of a module folder, and whether what they name is there.

Nothing is imported that a lesson without experiments does not need.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.module.needs import circles, problem, read_all
from pipelines.registry import DATASETS, METHODS

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment


def load_experiments(folder: Path, problems: list[Problem]) -> dict[str, Experiment]:
    """Read the experiments of a folder; what is wrong is added to `problems`."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        return {}
    from pipelines.contracts.experiment import load_experiment

    experiments, known = read_all(files, load_experiment, problems)
    for experiment in experiments.values():
        problems += _wrong_references(experiment, known)
    problems += circles(experiments)
    return experiments


def _wrong_references(experiment: Experiment, known: set[str]) -> list[Problem]:
    problems = []

    def wrong(keys: tuple[str, ...], message: str, remedy: str) -> None:
        problems.append(problem(experiment, "ML104", keys, message, remedy))

    method = METHODS.get(experiment.method)
    if not method:
        wrong(("method",), f"unknown method `{experiment.method}`", f"one of {_list(METHODS)}")
    if experiment.data not in DATASETS:
        wrong(("data",), f"unknown data set `{experiment.data}`", f"one of {_list(DATASETS)}")
    for role, name in experiment.needs.items():
        if name not in known:
            names = _list(sorted(known))
            wrong(("needs", role), f"`{role}: {name}` is no experiment", f"one of {names}")
    if experiment.spread_from and experiment.spread_from not in known:
        message = f"`spread_from: {experiment.spread_from}` is no experiment"
        wrong(("spread_from",), message, f"one of {_list(sorted(known))}")
    if method and set(experiment.needs) != set(method.needs):
        roles = _list(method.needs) or "no roles"
        wrong(("needs",), f"`{experiment.method}` needs {roles}", "name an experiment for each")
    for sampler in experiment.evaluate.samplers:
        if method and sampler not in method.samplers:
            allowed = f"`{experiment.method}` has {_list(method.samplers)}"
            wrong(("evaluate", "samplers", sampler), f"unknown sampler `{sampler}`", allowed)
    return problems


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
