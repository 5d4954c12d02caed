"""Draw one figure of a lesson, for light and for dark pages, and describe it in words."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from types import ModuleType

from pipelines.contracts.artifacts import load_arrays, load_histories
from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import (
    Timings,
    load_ledger,
    load_timings,
    load_trainings,
)
from pipelines.contracts.student import load_student
from pipelines.figures.style import DARK, LIGHT, save, svg
from pipelines.module.latent import LATENT
from pipelines.registry import FIGURES
from pipelines.stages import reported


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="draw", description=__doc__)
    parser.add_argument("figure", choices=sorted(FIGURES))
    parser.add_argument("--id", required=True)
    parser.add_argument("--options", type=json.loads, default={})
    for name in ("ledger", "light", "dark", "description"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("experiments", "samples", "histories", "trainings", "clocks"):
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[])
    return parser.parse_args()


def figure_data(args: argparse.Namespace) -> FigureData:
    latent = [path for path in args.experiments if path.parent.name == LATENT]
    experiments = [load_experiment(path) for path in args.experiments if path not in latent]
    students = [load_student(path) for path in latent]
    clocked = [row for path in args.clocks for row in load_timings(path).rows]
    times = (*load_trainings(args.trainings), *clocked)
    histories = [load_histories(path) for path in args.histories]
    return FigureData(
        experiments={experiment.name: experiment for experiment in experiments},
        students={student.name: student for student in students},
        samples={path.stem: load_arrays(path) for path in args.samples},
        histories={each[0].experiment: each for each in histories},
        ledger=load_ledger(args.ledger).timed(Timings(rows=times)),
    )


@reported
def main() -> None:
    args = arguments()
    figure: ModuleType = importlib.import_module(FIGURES[args.figure].module)
    picture = figure.prepare(figure_data(args), args.options)
    description = figure.describe(picture)
    for theme, path in ((LIGHT, args.light), (DARK, args.dark)):
        drawn, salt = figure.draw(picture, theme), f"{args.id}-{theme.name}"
        data = drawn if isinstance(drawn, bytes) else svg(drawn, salt)
        save(data, path, description.timed)
    write_json(args.description, description)


if __name__ == "__main__":
    main()
