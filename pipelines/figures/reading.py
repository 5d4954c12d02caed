"""Named access to what a build has measured, with errors that say what to add where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.contracts.artifacts import History
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.keys import (
    TRAIN,
    ArrayKey,
    MeasurementKey,
    Sampling,
    SystemKey,
    SystemPattern,
    experiment_of,
    listed,
    titled,
)
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.figures import wording


@dataclass(frozen=True)
class Path:
    """States of points on their way from noise to data.

    Attributes:
        x: Shape (steps + 1, points, 2).
        level: Their noise levels, falling, shape (steps + 1,).
    """

    x: np.ndarray
    level: np.ndarray


@dataclass(frozen=True)
class Scores:
    """Some metrics of one system, an entry each; a spread is 0 where it is unknown.

    `over` says what the spreads are over.
    """

    metrics: tuple[str, ...]
    values: tuple[float, ...]
    spreads: tuple[float, ...]
    over: str

    def cells(self) -> list[str]:
        """Return every value with its spread, as a table writes it."""
        every = zip(self.metrics, self.values, self.spreads, strict=True)
        return [wording.with_spread(*one) for one in every]


def chosen(data: FigureData, options: dict[str, str], role: str) -> Experiment:
    """Return the experiment that fills a role of the figure."""
    name = options.get(role, "").strip()
    if not name:
        raise _figure_problem(
            "", "ML601", f"the figure has no {role}", f"add `:{role}: <experiment>`"
        )
    if name not in data.experiments:
        known = ", ".join(sorted(data.experiments)) or "none"
        raise _figure_problem(
            "", "ML601", f"no experiment `{name}` for the {role}", f"name one of: {known}"
        )
    return data.experiments[name]


def all_chosen(data: FigureData, options: dict[str, str], role: str) -> list[Experiment]:
    """Return the experiments that an option lists; at least one."""
    names = listed(options.get(role, "")) or ("",)
    return [chosen(data, {role: name}, role) for name in names]


def systems(
    data: FigureData, options: dict[str, str], role: str
) -> list[tuple[Experiment, Sampling]]:
    """Return the experiments and samplings of an option: `toy-edm/heun@20, toy-cd/consistency@1`.

    A shorter name than the experiment's title may follow: `toy-cd/consistency@1 = CD`.
    """
    found = patterns(data, options, role)
    return [(experiment, sampling_of(pattern)) for experiment, pattern in found]


def patterns(
    data: FigureData, options: dict[str, str], role: str
) -> list[tuple[Experiment, SystemPattern]]:
    """Return the same for a figure that draws all step counts: `@<steps>` may be left out."""
    found = []
    for part in listed(options.get(role, "")):
        said, title = titled(part)
        name, pattern = experiment_of(said), pattern_of(said)
        experiment = None if name == said else chosen(data, {role: name}, role)
        if not (experiment and pattern):
            remedy = f"write `:{role}: <experiment>/<sampler>@<steps>, …`"
            raise option_problem(f"`{part}` names no system", remedy)
        update = {"title": title} if title else {}
        found.append((experiment.model_copy(update=update), pattern))
    if not found:
        raise option_problem(f"the figure has no {role}", f"add `:{role}: <experiment>/<sampler>`")
    return found


def pattern_of(said: str) -> SystemPattern | None:
    """Return what a part of an option names, a sampler among it; None if that cannot be read."""
    try:
        pattern = SystemPattern.parse(said)
    except ValueError:
        return None
    return pattern if pattern.sampler else None


def sampling_of(pattern: SystemPattern) -> Sampling:
    """Return how the one system that an option names is sampled."""
    try:
        return pattern.sampling
    except ValueError as error:
        remedy = f"write `{replace(pattern, steps=4)}`, with the steps that are evaluated"
        raise option_problem(str(error), remedy) from error


def system(experiment: Experiment | LatentExperiment, sampling: Sampling) -> SystemKey:
    """Return what rows call an experiment with a sampling."""
    return SystemKey(experiment.name, sampling)


def array(data: FigureData, experiment: Experiment, key: str | ArrayKey) -> np.ndarray:
    """Return one array of an experiment's samples."""
    arrays, name = data.samples.get(experiment.name, {}), str(key)
    if name not in arrays:
        raise _figure_problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no array `{name}`",
            _array_remedy(experiment, name),
        )
    return arrays[name]


def samples(data: FigureData, experiment: Experiment, sampling: Sampling) -> np.ndarray:
    """Return the samples (n, 2) of a sampling, from the first replica's network."""
    return array(data, experiment, ArrayKey.of_seed(sampling, experiment.seed))


def drawn(data: FigureData, experiment: Experiment) -> dict[Sampling, list[int]]:
    """Return what an experiment has samples of, each with the seeds of its networks, rising."""
    found = dict[Sampling, list[int]]()
    for key in map(ArrayKey.find, data.samples.get(experiment.name, {})):
        if key and key.of_samples:
            found.setdefault(key.sampling, []).append(key.seed)
    return {sampling: sorted(seeds) for sampling, seeds in found.items()}


def seeds(data: FigureData, experiment: Experiment, sampling: Sampling) -> tuple[int, ...]:
    """Return the seeds whose networks a sampling was drawn from, rising; at least one."""
    found = drawn(data, experiment).get(sampling, [])
    if not found:
        samples(data, experiment, sampling)  # says what is missing
    return tuple(found)


def path(data: FigureData, experiment: Experiment, sampling: Sampling) -> Path:
    """Return the recorded states of a sampling."""
    x = array(data, experiment, ArrayKey(sampling, "x", "path"))
    return Path(x, array(data, experiment, ArrayKey(sampling, "level", "path")))


def at_unit_variance(
    data: FigureData, experiment: Experiment, sampling: Sampling, kind: str = "path"
) -> np.ndarray:
    """Return the states of `path/…` or `film/…` at unit variance, (steps + 1, points, 2).

    States of a rectified flow stay as they are: its noises and data belong together, so that
    states between them have nearly unit variance already.
    """
    x = array(data, experiment, ArrayKey(sampling, "x", kind))
    if experiment.method == "reflow":
        return x
    scale = array(data, experiment, ArrayKey(sampling, "scale", "path"))
    scaled: np.ndarray = x / scale[:, None, None]
    return scaled


def nfe(data: FigureData, experiment: Experiment, sampling: Sampling) -> int:
    """Return how many network evaluations a sample took."""
    key = system(experiment, sampling)
    rows = data.ledger.measurements.items()
    of_system = (row for name, row in rows if MeasurementKey.parse(name).system == key)
    counted = {row.nfe for row in of_system if row.nfe is not None}
    if len(counted) == 1:
        return counted.pop()
    raise _figure_problem(
        experiment.file,
        "ML603",
        f"`{key.key('…')}` has {len(counted) or 'no'} counts of network evaluations",
        f"let experiment `{experiment.name}` evaluate `{sampling}`",
    )


def reference(experiment: Experiment) -> Sampling:
    """Return the sampler that stands for the exact trajectories of a teacher."""
    if not experiment.evaluate.reference:
        raise _figure_problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no reference sampler",
            "add `reference: <sampler>@<steps>` under `evaluate:`",
        )
    return Sampling.parse(experiment.evaluate.reference)


def steps_of(data: FigureData, experiment: Experiment, sampler: str) -> tuple[int, ...]:
    """Return the step counts at which a sampler was run, rising; at least one."""
    plain = (one for one in drawn(data, experiment) if one.guidance is None)
    found = {one.steps for one in plain if one.sampler == sampler}
    if not found:
        raise _figure_problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no samples of `{sampler}`",
            f"add `{sampler}: [1, 5, 10]` to its `evaluate: samplers:`",
        )
    return tuple(sorted(found))


def row(data: FigureData, of: SystemKey, metric: str) -> Measurement:
    """Return one measurement of the ledger."""
    found = data.ledger.row(of.key(metric))
    if found is not None:
        return found
    experiment = data.experiments.get(of.experiment)
    raise _figure_problem(
        experiment.file if experiment else "",
        "ML603",
        f"nothing was measured under `{of.key(metric)}`",
        f"let experiment `{of.experiment}` evaluate `{of.sampling}` with metric `{metric}`",
    )


def scores(data: FigureData, of: SystemKey, metrics: tuple[str, ...]) -> Scores:
    """Return some measurements of a system."""
    rows = [row(data, of, metric) for metric in metrics]
    return Scores(
        metrics=metrics,
        values=tuple(found.value for found in rows),
        spreads=tuple(found.spread or 0.0 for found in rows),
        over=next((found.spread_over for found in rows if found.spread_over), ""),
    )


def value(data: FigureData, of: SystemKey, metric: str) -> float | None:
    """Return a measured value, or None where this metric does not belong to these data."""
    found = data.ledger.row(of.key(metric))
    return None if found is None else found.value


def trained(data: FigureData, experiment: Experiment) -> tuple[float, float]:
    """Return the CPU-seconds of an experiment's own training, and of all that it learnt from."""
    training = Sampling(TRAIN, experiment.train.steps)
    own = row(data, system(experiment, training), "cpu_seconds").value
    parents = [chosen(data, {"teacher": name}, "teacher") for name in experiment.needs.values()]
    return own, sum(sum(trained(data, parent)) for parent in parents)


def histories(data: FigureData, experiment: Experiment) -> tuple[History, ...]:
    """Return the training histories of an experiment, one a seed."""
    found = data.histories.get(experiment.name, ())
    if not found:
        raise _figure_problem(
            experiment.file,
            "ML604",
            f"experiment `{experiment.name}` has no training history",
            "train it again: every training writes one beside its weights",
        )
    return found


def column(experiment: Experiment, history: History, name: str) -> np.ndarray:
    """Return one column of a history, shape (k,), with every value finite."""
    if name not in history.columns:
        raise _figure_problem(
            experiment.file,
            "ML604",
            f"the training of `{experiment.name}` did not record `{name}`",
            f"let its method probe `{name}`; it records {', '.join(sorted(history.columns))}",
        )
    values = np.asarray(history.columns[name], dtype=float)
    if not np.isfinite(values).all():
        raise _figure_problem(
            experiment.file,
            "ML604",
            f"`{name}` of `{experiment.name}`, seed {history.seed}, did not stay finite",
            "the training diverged: lower its learning rate, or do not draw it",
        )
    return values


def option_problem(message: str, remedy: str) -> InputProblems:
    """Return the error of an option that cannot be drawn."""
    return _figure_problem("", "ML601", message, remedy)


def _array_remedy(experiment: Experiment, name: str) -> str:
    key = ArrayKey.find(name)
    if key and key.part and key.kind != "modes":
        how = key.sampling
        return f"add `{how.sampler}: [{how.steps}]` to its `evaluate: samplers:`"
    if name.startswith("worked/jump"):
        return "only a student has it: give it a teacher with a `reference:` sampler"
    if name.startswith("worked/") or name == "posterior_mean":
        return "only a teacher has it: add `reference: <sampler>@<steps>` under `evaluate:`"
    return f"sample `{experiment.name}` again: docs/experiments.md lists the arrays"


def _figure_problem(file: str, code: str, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(file or "figure options", 1, code, message, remedy)])
