"""Put the trained parts of a base together into a folder of diffusers' format, in float16."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.latent import load_base, shortened
from pipelines.evaluation.latent.assemble_base import assemble_base
from pipelines.evaluation.latent.base_parts import TrainedParts
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--need", action="append", required=True, metavar="PART=WEIGHTS")
    parser.add_argument("--timings", nargs="*", type=Path, default=[])
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    configure_torch()
    recipe = shortened(load_base(args.recipe), PRESETS[args.preset].train_scale)
    assemble_base(TrainedParts(recipe, "cpu", named_paths(args.need)), args.timings, args.folder)


if __name__ == "__main__":
    main()
