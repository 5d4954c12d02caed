"""The experiments of a module folder, and whether what they name is there.

Nothing is imported that a lesson without experiments does not need.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.registry import DATASETS, METHODS

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment


def load_experiments(folder: Path, problems: list[Problem]) -> dict[str, Experiment]:
    experiments: dict[str, Experiment] = {}
    broken: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        from pipelines.contracts.experiment import load_experiment

        try:
            experiments[file.stem] = load_experiment(file)
        except InputProblems as unreadable:
            problems += unreadable.problems
            broken.add(file.stem)
    known = experiments.keys() | broken
    for experiment in experiments.values():
        problems += _wrong_references(experiment, known)
    problems += _cycles(experiments)
    return experiments


def _wrong_references(experiment: Experiment, known: set[str]) -> list[Problem]:
    problems = []

    def wrong(keys: tuple[str, ...], message: str, remedy: str) -> None:
        problems.append(_problem(experiment, "ML104", keys, message, remedy))

    method = METHODS.get(experiment.method)
    if not method:
        wrong(("method",), f"unknown method `{experiment.method}`", f"one of {_list(METHODS)}")
    if experiment.data not in DATASETS:
        wrong(("data",), f"unknown data set `{experiment.data}`", f"one of {_list(DATASETS)}")
    for role, name in experiment.needs.items():
        if name not in known:
            names = _list(sorted(known))
            wrong(("needs", role), f"`{role}: {name}` is no experiment", f"one of {names}")
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


def _problem(
    experiment: Experiment, code: str, keys: tuple[str, ...], message: str, remedy: str
) -> Problem:
    from pipelines.contracts.experiment import line_of

    line = line_of(experiment, *keys)
    excerpt = Path(experiment.file).read_text(encoding="utf-8").split("\n")[line - 1]
    return Problem(experiment.file, line, code, message, remedy, excerpt=excerpt)


def _cycles(experiments: dict[str, Experiment]) -> list[Problem]:
    """Report every experiment that needs itself, by whatever way."""
    problems = []
    for experiment in experiments.values():
        waiting, seen = list(experiment.needs.values()), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen and name in experiments:
                seen.add(name)
                waiting += experiments[name].needs.values()
        if experiment.name in seen:
            message = f"`{experiment.name}` needs itself"
            remedy = "break the circle: a teacher may not learn from its student"
            problems.append(_problem(experiment, "ML105", ("needs",), message, remedy))
    return problems
