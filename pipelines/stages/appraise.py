"""Measure a base: its autoencoder on held-out scenes, its pictures by sampler and guidance."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from torch import Tensor

from pipelines.contracts.base_card import read_card, write_card
from pipelines.contracts.files import write_json, written_aside
from pipelines.contracts.latent import load_base
from pipelines.contracts.measurement import Measurement, Measurements, Producer
from pipelines.methods.latent import appraisal
from pipelines.methods.latent.pipeline import load
from pipelines.scenes.batches import pictures
from pipelines.stages import reported
from pipelines.stages.latent.devices import settle_on
from pipelines.stages.latent.parts import Ready

SHOWN = 12  # pictures in a row of the sheet
System = tuple[str, int, float]


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


def appraised(
    ready: Ready, folder: Path, systems: list[System], count: int, seed: int
) -> tuple[dict[str, appraisal.Scores], list[Tensor]]:
    """Return the scores by key, and one row of pictures for renders, round trip and systems."""
    pipeline, judge = load(folder, ready.device), ready.judge()
    of = appraisal.held_out(count, ready.device)
    real, rows = pictures(of), [pictures(of[:SHOWN])]
    found = appraisal.autoencoder_scores(pipeline.vae, judge, of)
    scores = {f"autoencoder-{style}@1": part for style, part in found.items()}
    rows.append(appraisal.decoded(pipeline.vae, appraisal.encoded(pipeline.vae, rows[0])))
    for name, steps, w in systems:
        x = appraisal.drawn_for(pipeline, of, (name, steps, w), seed)
        scores[f"{name}@{steps},w={w:g}"] = appraisal.picture_scores(judge, x, of, real)
        rows.append(x[:SHOWN])
        print(f"{name}@{steps},w={w:g}", scores[f"{name}@{steps},w={w:g}"], flush=True)
    return scores, rows


def signed(folder: Path, scores: dict[str, appraisal.Scores]) -> None:
    """Write the scores into the card of a folder that is about to be published."""
    flat = {
        f"{key}/{name}": round(v, 4) for key, part in scores.items() for name, v in part.items()
    }
    write_card(folder, read_card(folder).model_copy(update={"quality": flat}))


def measured(
    scores: dict[str, appraisal.Scores], count: int, producer: Producer
) -> Iterator[Measurement]:
    for system_key, part in sorted(scores.items()):
        for metric, value in sorted(part.items()):
            key = f"{producer.experiment}/{system_key}/{metric}"
            unit = "dB" if metric == "psnr" else "1"
            yield Measurement(key=key, value=value, unit=unit, n=count, produced_by=producer)


if __name__ == "__main__":
    main()
