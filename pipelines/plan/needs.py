"""What experiments of either kind share: files, what they need, where a mistake stands.

Nothing is imported that a lesson without experiments does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.contracts.names import RULE, experiment_fault
from pipelines.contracts.problems import InputProblems, Problem

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment

Kind = TypeVar("Kind", "Experiment", "LatentExperiment")


def read_all(
    files: Iterable[Path], read: Callable[[Path], Kind], problems: list[Problem]
) -> tuple[dict[str, Kind], set[str]]:
    """Return the experiments by name, and all names, of unreadable files too."""
    found, names = dict[str, Kind](), set[str]()
    for file in files:
        names.add(file.stem)
        if unfit := wrong_name(file):
            problems.append(unfit)
            continue
        try:
            found[file.stem] = read(file)
        except InputProblems as unreadable:
            problems += unreadable.problems
    return found, names


def wrong_name(file: Path) -> Problem | None:
    """Return what is wrong with the name of an experiment's or a checkpoint's file."""
    fault = experiment_fault(file.stem)
    return Problem(str(file), 1, "ML112", fault, f"rename this file: {RULE}") if fault else None


def problem(
    of: Experiment | LatentExperiment, code: str, keys: tuple[str, ...], message: str, remedy: str
) -> Problem:
    """Return a problem with the line of a key in an experiment's file."""
    from pipelines.contracts.yaml_input import line_of

    line = line_of(of, *keys)
    excerpt = Path(of.file).read_text(encoding="utf-8").split("\n")[line - 1]
    return Problem(of.file, line, code, message, remedy, excerpt=excerpt)


def circles(experiments: Mapping[str, Kind]) -> Iterator[Problem]:
    """Report every experiment that needs itself, by whatever way."""
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
            yield problem(experiment, "ML105", ("needs",), message, remedy)
