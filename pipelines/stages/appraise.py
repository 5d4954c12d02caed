"""Measure a base: its autoencoder on held-out scenes, its pictures by sampler and guidance."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from pipelines.contracts.files import write_json, written_aside
from pipelines.contracts.latent import load_base
from pipelines.contracts.measurement import Measurements, Producer
from pipelines.methods.latent import appraisal
from pipelines.stages import reported
from pipelines.stages.latent.appraising import System, appraised, measured, signed
from pipelines.stages.latent.devices import settle_on
from pipelines.stages.latent.parts import Ready


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--systems", nargs="+", type=system, default=[("ddim", 50, 7.5)])
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--measurements", type=Path, required=True)
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--sign", action="store_true", help="add the scores to the card")
    args = parser.parse_args()
    settle_on(args.device)
    recipe = load_base(args.recipe)
    ready = Ready(recipe, args.device, {"judge": args.judge})
    producer = Producer(rule="appraise", experiment=recipe.name, code=args.code)
    scores, rows = appraised(ready, args.folder, args.systems, args.count, args.seed)
    write_json(args.measurements, Measurements(tuple(measured(scores, args.count, producer))))
    if args.sign:
        signed(args.folder, scores)
    with written_aside(args.sheet) as temporary:
        pixels = (appraisal.sheet(rows) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
        Image.fromarray(pixels).save(temporary, "PNG")


def system(words: str) -> System:
    """Read `ddim@50,w=7.5`."""
    name, _, rest = words.partition("@")
    steps, _, w = rest.partition(",w=")
    return name, int(steps), float(w)


if __name__ == "__main__":
    main()
