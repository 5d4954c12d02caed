"""Named access to what a build has measured, with errors that say what to add where."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pipelines.contracts.artifacts import History
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.figures import wording

SYSTEM = re.compile(
    r"(?:path/|film/)?(?P<sampler>[a-z0-9_]+(?:-[a-z0-9_]+)*)@(?P<steps>\d+)(?:,w=[\d.]+)?/.+"
)
PLAIN = re.compile(r"(?P<sampler>[^/,]+)@(?P<steps>\d+)/seed\d+")  # samples without guidance


@dataclass(frozen=True)
class Path:
    """States of points on their way from noise to data.

    Attributes:
        x: Shape (steps + 1, points, 2).
        level: Their noise levels, falling, shape (steps + 1,).
    """

    x: np.ndarray
    level: np.ndarray


def chosen(data: FigureData, options: dict[str, str], role: str) -> Experiment:
    """Return the experiment that fills a role of the figure."""
    name = options.get(role, "").strip()
    if not name:
        raise _problem("", "ML601", f"the figure has no {role}", f"add `:{role}: <experiment>`")
    if name not in data.experiments:
        known = ", ".join(sorted(data.experiments)) or "none"
        raise _problem(
            "", "ML601", f"no experiment `{name}` for the {role}", f"name one of: {known}"
        )
    return data.experiments[name]


def systems(data: FigureData, options: dict[str, str], role: str) -> list[tuple[Experiment, str]]:
    """Return the experiments and systems of an option: `toy-edm/heun@20, toy-cd/consistency@1`.

    Where a figure draws all step counts of a sampler, `@<steps>` may be left out. A shorter name
    than the experiment's title may follow: `toy-cd/consistency@1 = CD`.
    """
    found = []
    for part in wording.parts(options.get(role, "")):
        said, _, title = map(str.strip, part.partition("="))
        name, slash, system = said.partition("/")
        if not (slash and system):
            raise option_problem(
                f"`{part}` names no system", f"write `:{role}: <experiment>/<sampler>@<steps>, …`"
            )
        experiment = chosen(data, {role: name}, role)
        update = {"title": title} if title else {}
        found.append((experiment.model_copy(update=update), system))
    if not found:
        raise option_problem(f"the figure has no {role}", f"add `:{role}: <experiment>/<sampler>`")
    return found


def array(data: FigureData, experiment: Experiment, name: str) -> np.ndarray:
    """Return one array of an experiment's samples."""
    arrays = data.samples.get(experiment.name, {})
    if name not in arrays:
        raise _problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no array `{name}`",
            _remedy(experiment, name),
        )
    return arrays[name]


def samples(data: FigureData, experiment: Experiment, system: str) -> np.ndarray:
    """Return the samples (n, 2) of `sampler@steps`, from the first replica's network."""
    return array(data, experiment, f"{system}/seed{experiment.seed}")


def seeds(data: FigureData, experiment: Experiment, system: str) -> tuple[int, ...]:
    """Return the seeds whose networks `sampler@steps` was drawn from, rising; at least one."""
    prefix = f"{system}/seed"
    names = data.samples.get(experiment.name, {})
    found = sorted(int(name.removeprefix(prefix)) for name in names if name.startswith(prefix))
    if not found:
        samples(data, experiment, system)  # says what is missing
    return tuple(found)


def path(data: FigureData, experiment: Experiment, system: str) -> Path:
    """Return the recorded states of `sampler@steps`."""
    x = array(data, experiment, f"path/{system}/x")
    return Path(x, array(data, experiment, f"path/{system}/level"))


def recorded(data: FigureData, experiment: Experiment, system: str) -> int:
    """Return how many of the starting points have a recorded path of `sampler@steps`."""
    return int(path(data, experiment, system).x.shape[1])


def at_unit_variance(
    data: FigureData, experiment: Experiment, system: str, kind: str = "path"
) -> np.ndarray:
    """Return the states of `path/…` or `film/…` at unit variance, (steps + 1, points, 2).

    States of a rectified flow stay as they are: its noises and data belong together, so that
    states between them have nearly unit variance already.
    """
    x = array(data, experiment, f"{kind}/{system}/x")
    if experiment.method == "reflow":
        return x
    scaled: np.ndarray = x / array(data, experiment, f"path/{system}/scale")[:, None, None]
    return scaled


def nfe(data: FigureData, experiment: Experiment, system: str) -> int:
    """Return how many network evaluations a sample of `sampler@steps` took."""
    prefix = f"{experiment.name}/{system}/"
    rows = (row for key, row in data.ledger.measurements.items() if key.startswith(prefix))
    counted = {row.nfe for row in rows if row.nfe is not None}
    if len(counted) == 1:
        return counted.pop()
    raise _problem(
        experiment.file,
        "ML603",
        f"`{prefix}…` has {len(counted) or 'no'} counts of network evaluations",
        f"let experiment `{experiment.name}` evaluate `{system}`",
    )


def reference(experiment: Experiment) -> str:
    """Return the sampler that stands for the exact trajectories of a teacher."""
    if not experiment.evaluate.reference:
        raise _problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no reference sampler",
            "add `reference: <sampler>@<steps>` under `evaluate:`",
        )
    return experiment.evaluate.reference


def steps_of(data: FigureData, experiment: Experiment, sampler: str) -> tuple[int, ...]:
    """Return the step counts at which a sampler was run, rising; at least one."""
    matches = map(PLAIN.fullmatch, data.samples.get(experiment.name, {}))
    found = {
        int(match["steps"])
        for match in matches
        if match is not None and match["sampler"] == sampler
    }
    if not found:
        raise _problem(
            experiment.file,
            "ML602",
            f"experiment `{experiment.name}` has no samples of `{sampler}`",
            f"add `{sampler}: [1, 5, 10]` to its `evaluate: samplers:`",
        )
    return tuple(sorted(found))


def row(data: FigureData, key: str) -> Measurement:
    """Return one measurement of the ledger."""
    found = data.ledger.row(key)
    if found is not None:
        return found
    name, system, metric = key.split("/")
    experiment = data.experiments.get(name)
    raise _problem(
        experiment.file if experiment else "",
        "ML603",
        f"nothing was measured under `{key}`",
        f"let experiment `{name}` evaluate `{system}` with metric `{metric}`",
    )


def value(data: FigureData, key: str) -> float | None:
    """Return a measured value, or None where this metric does not belong to these data."""
    found = data.ledger.row(key)
    return None if found is None else found.value


def trained(data: FigureData, experiment: Experiment) -> tuple[float, float]:
    """Return the CPU-seconds of an experiment's own training, and of all that it learnt from."""
    own = row(data, f"{experiment.name}/train@{experiment.train.steps}/cpu_seconds").value
    parents = [chosen(data, {"teacher": name}, "teacher") for name in experiment.needs.values()]
    return own, sum(sum(trained(data, parent)) for parent in parents)


def histories(data: FigureData, experiment: Experiment) -> tuple[History, ...]:
    """Return the training histories of an experiment, one a seed."""
    found = data.histories.get(experiment.name, ())
    if not found:
        raise _problem(
            experiment.file,
            "ML604",
            f"experiment `{experiment.name}` has no training history",
            "train it again: every training writes one beside its weights",
        )
    return found


def column(experiment: Experiment, history: History, name: str) -> np.ndarray:
    """Return one column of a history, shape (k,), with every value finite."""
    if name not in history.columns:
        raise _problem(
            experiment.file,
            "ML604",
            f"the training of `{experiment.name}` did not record `{name}`",
            f"let its method probe `{name}`; it records {', '.join(sorted(history.columns))}",
        )
    values = np.asarray(history.columns[name], dtype=float)
    if not np.isfinite(values).all():
        raise _problem(
            experiment.file,
            "ML604",
            f"`{name}` of `{experiment.name}`, seed {history.seed}, did not stay finite",
            "the training diverged: lower its learning rate, or do not draw it",
        )
    return values


def option_problem(message: str, remedy: str) -> InputProblems:
    """Return the error of an option that cannot be drawn."""
    return _problem("", "ML601", message, remedy)


def _remedy(experiment: Experiment, name: str) -> str:
    match = SYSTEM.fullmatch(name)
    if match:
        return f"add `{match['sampler']}: [{match['steps']}]` to its `evaluate: samplers:`"
    if name.startswith("worked/jump"):
        return "only a student has it: give it a teacher with a `reference:` sampler"
    if name.startswith("worked/") or name == "posterior_mean":
        return "only a teacher has it: add `reference: <sampler>@<steps>` under `evaluate:`"
    return f"sample `{experiment.name}` again: docs/experiments.md lists the arrays"


def _problem(file: str, code: str, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(file or "figure options", 1, code, message, remedy)])
