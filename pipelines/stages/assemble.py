"""Put the trained parts of a base together into a folder of diffusers' format, in float16."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.latent import JUDGE, load_base, shortened
from pipelines.evaluation.latent.base_parts import Ready
from pipelines.evaluation.latent.cards import base_card
from pipelines.evaluation.torch_setup import settle
from pipelines.methods.latent.pipeline import assembled, write
from pipelines.methods.latent.text import tokenizer_of
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--need", action="append", required=True, metavar="PART=WEIGHTS")
    parser.add_argument("--timings", nargs="*", type=Path, default=[])
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    settle()
    recipe = shortened(load_base(args.recipe), PRESETS[args.preset].train_scale)
    ready = Ready(recipe, "cpu", dict(_named(flag) for flag in args.need))
    network = ready.autoencoder()
    if "decoder" in ready.parents:
        ready.load(network, "decoder")
    write(assembled(network, tokenizer_of(recipe.text), ready.networks()), args.folder)
    shutil.copyfile(ready.parents["judge"], args.folder / JUDGE)
    base_card(ready, args.timings, args.folder)


def _named(flag: str) -> tuple[str, Path]:
    part, _, path = flag.partition("=")
    return part, Path(path)


if __name__ == "__main__":
    main()
