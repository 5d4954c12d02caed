"""Draw one figure of a lesson, for light and for dark pages, and describe it in words."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from types import ModuleType

from pipelines.contracts.artifacts import History, load_arrays, load_history
from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import load_ledger
from pipelines.figures.style import DARK, LIGHT, save
from pipelines.registry import FIGURES
from pipelines.stages import reported


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="draw", description=__doc__)
    parser.add_argument("figure", choices=sorted(FIGURES))
    parser.add_argument("--id", required=True)
    parser.add_argument("--options", type=json.loads, default={})
    for name in ("ledger", "light", "dark", "description"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("experiments", "samples", "histories"):
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[])
    return parser.parse_args()


def figure_data(args: argparse.Namespace) -> FigureData:
    experiments = [load_experiment(path) for path in args.experiments]
    histories: dict[str, tuple[History, ...]] = {}
    for history in map(load_history, args.histories):
        histories[history.experiment] = (*histories.get(history.experiment, ()), history)
    return FigureData(
        experiments={experiment.name: experiment for experiment in experiments},
        samples={path.stem: load_arrays(path) for path in args.samples},
        histories=histories,
        ledger=load_ledger(args.ledger),
    )


@reported
def main() -> None:
    args = arguments()
    figure: ModuleType = importlib.import_module(FIGURES[args.figure].module)
    picture = figure.prepare(figure_data(args), args.options)
    for theme, path in ((LIGHT, args.light), (DARK, args.dark)):
        save(figure.draw(picture, theme), path, f"{args.id}-{theme.name}")
    write_json(args.description, figure.describe(picture))


if __name__ == "__main__":
    main()
