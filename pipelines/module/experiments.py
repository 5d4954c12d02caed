"""The experiments of a module folder, of both kinds, and whether what they name is there.

Also the files beside them, `repetitions.json` and `sampling.json`, which must fit them.

Nothing is imported that a lesson without experiments does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.contracts.keys import Sampling
from pipelines.contracts.names import RULE, experiment_fault
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.registry import DATASETS, LATENT_METHODS, MADE_BY, METHODS

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Evaluate, Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment
    from pipelines.module.build_catalog import AnyExperiment, Experiments

Kind = TypeVar("Kind", "Experiment", "LatentExperiment")
_LONGEST_TITLE = 100  # characters: figures and tables have no more room
LATENT = "latent"  # the folder of these experiments
BASE = "base"  # the model that all others are made from, and its method


def read_all(
    files: Iterable[Path], read: Callable[[Path], Kind], problems: list[Problem]
) -> tuple[dict[str, Kind], set[str]]:
    """Return the experiments by name, and all names, of unreadable files too."""
    from pipelines.module.sound_yaml import read_sound

    found, names = dict[str, Kind](), set[str]()
    for file in files:
        names.add(file.stem)
        if unfit := wrong_name(file):
            problems.append(unfit)
            continue
        try:
            found[file.stem] = read_sound(file, read)
        except InputProblems as unreadable:
            problems += unreadable.problems
    return found, names


def wrong_name(file: Path) -> Problem | None:
    """Return what is wrong with the name of an experiment's or a checkpoint's file."""
    fault = experiment_fault(file.stem)
    return Problem(str(file), 1, "ML112", fault, f"rename this file: {RULE}") if fault else None


def problem(
    of: AnyExperiment,
    keys: tuple[str, ...],
    message: str,
    remedy: str,
    code: str = "ML104",
) -> Problem:
    """Return a problem with the line of a key in an experiment's file."""
    from pipelines.contracts.yaml_input import line_of

    line = line_of(of, *keys)
    excerpt = Path(of.file).read_text(encoding="utf-8").splitlines()[line - 1]
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
            yield problem(experiment, ("needs",), message, remedy, "ML105")


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
        problems.append(problem(experiment, keys, message, remedy))

    method = METHODS.get(experiment.method)
    if not method:
        wrong(("method",), f"unknown method `{experiment.method}`", f"one of {_list(METHODS)}")
    if experiment.data not in DATASETS:
        wrong(("data",), f"unknown data set `{experiment.data}`", f"one of {_list(DATASETS)}")
    problems += _wrong_title(experiment)
    problems += _unknown_names(experiment, known, "experiment")
    if method and not set(method.needs) <= set(experiment.needs) <= {*method.needs, *method.may}:
        roles = _list((*method.needs, *(f"{role} (or none)" for role in method.may))) or "no roles"
        wrong(("needs",), f"`{experiment.method}` needs {roles}", "name an experiment for each")
    if method:
        allowed = f"`{experiment.method}` has {_list(method.samplers)}"
        for place, sampler in _samplers(experiment.evaluate):
            if sampler not in method.samplers:
                wrong(("evaluate", *place), f"unknown sampler `{sampler}`", allowed)
    return problems


def _samplers(evaluate: Evaluate) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each sampler with its place below `evaluate`, the reference's too."""
    for sampler in evaluate.samplers:
        yield ("samplers", sampler), sampler
    if evaluate.reference:
        yield ("reference",), Sampling.parse(evaluate.reference).sampler


def _wrong_title(experiment: AnyExperiment) -> Iterator[Problem]:
    """Report a title that figures could not set: they read mathematics between dollar signs."""
    title = experiment.title
    if "$" in title or not title.isprintable() or not 0 < len(title) <= _LONGEST_TITLE:
        message = f"a title is one line of at most {_LONGEST_TITLE} characters, without `$`"
        yield problem(experiment, ("title",), message, "write it in words", "ML103")


def _unknown_names(
    experiment: AnyExperiment, known: Collection[str], kind: str
) -> Iterator[Problem]:
    """Report what an experiment is made from and borrows from, and nothing has."""
    there = f"one of {_list(sorted(known))}"
    for role, name in experiment.needs.items():
        if name not in known:
            yield problem(experiment, ("needs", role), f"`{role}: {name}` is no {kind}", there)
    if experiment.spread_from and experiment.spread_from not in known:
        message = f"`spread_from: {experiment.spread_from}` is no {kind}"
        yield problem(experiment, ("spread_from",), message, there)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def load_latent_experiments(
    folder: Path, others: Collection[str], problems: list[Problem]
) -> dict[str, LatentExperiment]:
    """Read the experiments of a folder; what is wrong is added to `problems`."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        return {}
    from pipelines.contracts.latent_experiment import load_latent_experiment

    problems += wrong_recipes(folder)
    latent, known = read_all(files, load_latent_experiment, problems)
    for experiment in latent.values():
        problems += _wrong(experiment, known, others)
        problems += _without_weights(experiment, latent)
    problems += circles(latent)
    return latent


def wrong_recipes(folder: Path) -> Iterator[Problem]:
    """Report recipes of the base that are no plain YAML; their jobs say what else is wrong."""
    from pipelines.module.sound_yaml import sound_text

    for file in sorted(folder.glob("recipes/*.yaml")):
        try:
            sound_text(file)
        except InputProblems as unreadable:
            yield from unreadable.problems


def _wrong(
    experiment: LatentExperiment, known: Collection[str], others: Collection[str]
) -> Iterator[Problem]:
    method = LATENT_METHODS.get(experiment.method)
    if experiment.name in others:
        remedy = "rename one of the two"
        yield problem(experiment, (), f"`{experiment.name}` is also a 2D experiment", remedy)
    if not method:
        remedy = f"one of {_list(LATENT_METHODS)}"
        yield problem(experiment, ("method",), f"unknown method `{experiment.method}`", remedy)
        return
    yield from _wrong_title(experiment)
    yield from _unknown_names(experiment, known, "latent experiment")
    allowed = {*method.needs, *method.may}
    if not set(method.needs) <= set(experiment.needs) <= allowed:
        message = f"`{experiment.method}` needs {', '.join(method.needs) or 'no roles'}"
        remedy = f"name an experiment for each; allowed are {', '.join(sorted(allowed))}"
        yield problem(experiment, ("needs",), message, remedy)
    if (experiment.train is None) == bool(method.module):
        message = (
            "a training is missing" if method.module else f"`{experiment.method}` trains nothing"
        )
        yield problem(experiment, ("train",), message, "add or remove `train:`")
    for role in experiment.adapters:
        if role not in experiment.needs:
            message = f"`{role}` has a weight and no experiment"
            yield problem(experiment, ("adapters", role), message, f"add `{role}: …` to `needs:`")


def _without_weights(
    experiment: LatentExperiment, latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report what would leave the graph with a folder of weights that nobody makes."""
    if (experiment.method == BASE) != (experiment.name == BASE):
        message = f"the method `{BASE}` and the name `{BASE}` belong together"
        yield problem(experiment, ("method",), message, "there is one base: `base.yaml`")
    for role, name in experiment.needs.items():
        method = LATENT_METHODS.get(latent[name].method) if name in latent else None
        if method and method.leaves == "nothing":
            message = f"`{role}: {name}` leaves no weights: `{latent[name].method}` trains nothing"
            yield problem(experiment, ("needs", role), message, "name what it is made from")
        elif method and latent[name].method != MADE_BY.get(role, latent[name].method):
            message = f"`{role}: {name}` is made by `{latent[name].method}`"
            remedy = f"name an experiment of `{MADE_BY[role]}`"
            yield problem(experiment, ("needs", role), message, remedy)


# --- files beside them: repeated trainings, sampling seeds ---


def wrong_beside(
    module_dir: Path, experiments: Mapping[str, Experiment], latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report what files beside the plans name and nothing measures."""
    yield from wrong_repetitions(module_dir, {**experiments, **latent})
    yield from wrong_sampling(module_dir, latent)


def wrong_repetitions(module_dir: Path, experiments: Experiments) -> Iterator[Problem]:
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
            yield problem(one, ("spread_from",), message, remedy)


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
