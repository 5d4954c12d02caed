"""Draw one figure of a lesson in all its forms, and describe it in words."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from pipelines.contracts.figure import FORM_NAMES, Description
from pipelines.contracts.files import write_json, write_text
from pipelines.figure_registry import FIGURES
from pipelines.figures.style import FORMS, LIGHT, Theme, pixels, save, save_png, svg
from pipelines.publishing.figure_inputs import figure_data
from pipelines.stages import reported

READ = ("experiments", "samples", "histories", "trainings", "clocks")


@reported
def main() -> None:
    parser = argparse.ArgumentParser(prog="draw_figure", description=__doc__)
    parser.add_argument("figure", choices=sorted(FIGURES))
    parser.add_argument("--id", required=True)
    parser.add_argument("--options", type=json.loads, default={})
    for name in ("ledger", *FORM_NAMES, "png", "csv", "description"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in READ:
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    figure: ModuleType = importlib.import_module(FIGURES[args.figure].module)
    data = figure_data(args.ledger, **{name: getattr(args, name) for name in READ})
    picture = figure.prepare(data, args.options)
    description = figure.describe(picture)
    for theme in FORMS:
        drawing = _drawn(figure, picture, theme, args.id)
        save(drawing, getattr(args, theme.name.replace("-", "_")), description.timed)
        description = _with_size(description, theme, pixels(drawing))
    still = figure.still if hasattr(figure, "still") else figure.draw
    save_png(still(picture, LIGHT), LIGHT, args.png)
    write_text(args.csv, description.table.as_csv)
    write_json(args.description, description)


def _drawn(figure: ModuleType, picture: Any, theme: Theme, name: str) -> bytes:
    drawn = figure.draw(picture, theme)
    return drawn if isinstance(drawn, bytes) else svg(drawn, f"{name}-{theme.name}")


def _with_size(description: Description, theme: Theme, size: tuple[int, int]) -> Description:
    return description.model_copy(update={"narrow" if theme.narrow else "wide": size})


if __name__ == "__main__":
    main()
