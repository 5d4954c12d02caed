"""Take the base that a build has trained as one to publish: its card tells what was measured.

    snakemake --cores all build/base/measurements/base.json \\
        --config retrain=true recipe=published build=build/base
    measured-lessons base build/base --folder lessons/fast-generation/latent/published
"""

import argparse
import shutil
from pathlib import Path

from pipelines.contracts.base_card import read_card, write_card
from pipelines.contracts.built_files import load_built
from pipelines.contracts.files import written_folder
from pipelines.contracts.keys import MeasurementKey
from pipelines.contracts.measurement import Measurements


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build and the folder."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--folder", type=Path, required=True, help="where it is written")


def run(args: argparse.Namespace) -> int:
    """Copy the base of a build and write what was measured into its card."""
    rows = load_built(args.build / "measurements/base.json", Measurements).root
    named = ((MeasurementKey.parse(row.key).of_experiment, row.value) for row in rows)
    quality = {name: round(value, 4) for name, value in named}
    with written_folder(args.folder) as folder:
        shutil.copytree(args.build / "models/base", folder, dirs_exist_ok=True)
        write_card(folder, read_card(folder).model_copy(update={"quality": quality}))
    print(args.folder)
    return 0
