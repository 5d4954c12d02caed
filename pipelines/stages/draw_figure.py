"""Draw one figure of a lesson, for light and for dark pages, and describe it in words."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from types import ModuleType

from pipelines.contracts.files import write_json
from pipelines.figures.style import DARK, LIGHT, save, svg
from pipelines.publishing.figure_inputs import figure_data
from pipelines.registry import FIGURES
from pipelines.stages import reported

READ = ("experiments", "samples", "histories", "trainings", "clocks")


@reported
def main() -> None:
    parser = argparse.ArgumentParser(prog="draw_figure", description=__doc__)
    parser.add_argument("figure", choices=sorted(FIGURES))
    parser.add_argument("--id", required=True)
    parser.add_argument("--options", type=json.loads, default={})
    for name in ("ledger", "light", "dark", "description"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in READ:
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    figure: ModuleType = importlib.import_module(FIGURES[args.figure].module)
    data = figure_data(args.ledger, **{name: getattr(args, name) for name in READ})
    picture = figure.prepare(data, args.options)
    description = figure.describe(picture)
    for theme, path in ((LIGHT, args.light), (DARK, args.dark)):
        drawn, salt = figure.draw(picture, theme), f"{args.id}-{theme.name}"
        save(drawn if isinstance(drawn, bytes) else svg(drawn, salt), path, description.timed)
    write_json(args.description, description)


if __name__ == "__main__":
    main()
