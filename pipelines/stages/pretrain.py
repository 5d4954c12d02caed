"""Train one part of a base: judge, autoencoder, decoder, or denoiser with text encoder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.contracts.artifacts import Card, save_arrays, save_histories
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.keys import training_key
from pipelines.contracts.latent import DEPENDS, Base, load_base, settings_of, shortened
from pipelines.contracts.measurement import Measurement, Producer, Timings
from pipelines.methods.latent.training import Training
from pipelines.provenance import versions
from pipelines.stages import reported
from pipelines.stages.hardware import hardware_of
from pipelines.stages.latent.checkpoints import Checkpoints, as_arrays
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.parts import PARTS, Ready
from pipelines.stages.latent.progress import begun


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--part", choices=DEPENDS, required=True)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--need", action="append", default=[], metavar="PART=WEIGHTS")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    recipe = shortened(load_base(args.recipe), PRESETS[args.preset].train_scale)
    parents = {part: Path(path) for part, _, path in (flag.partition("=") for flag in args.need)}
    card = card_of(recipe, args.part, args.preset, args.code, args.device)
    ready = Ready(recipe, args.device, parents)
    training = Training(PARTS[args.part](ready), getattr(recipe.train, args.part))
    checkpoints = Checkpoints(args.weights, card)
    checkpoints.resume(training)
    progress = begun(f"{recipe.name} {args.part}", training)
    try:
        while training.done < training.tuning.steps:
            progress.saw(training.step())
            checkpoints.keep(training)
    except FloatingPointError as error:
        sys.exit(f"{recipe.name}, {args.part}: {error}; lower `lr` of this part in {recipe.file}")
    save_arrays(args.weights, as_arrays(training.weights()), card)
    save_histories(args.history, [progress.history(recipe.name, recipe.seed)])
    row = timing(recipe, args.part, training, args.code, args.device)
    write_json(args.timing, Timings(hardware=hardware_of(args.device), rows=(row,)))
    checkpoints.drop()


def card_of(recipe: Base, part: str, preset: str, code: str, device: str) -> Card:
    return Card(
        experiment=recipe.name,
        method=part,
        seed=recipe.seed,
        preset=preset,
        code=code,
        versions=versions(),
        device=described(device),
        settings=settings_of(recipe, part),
    )


def timing(recipe: Base, part: str, training: Training, code: str, device: str) -> Measurement:
    """Return how long the steps took: CPU-seconds, or on a GPU seconds by the clock."""
    return Measurement(
        key=training_key(f"{recipe.name}-{part}", training.tuning.steps, "seconds"),
        value=training.seconds,
        unit="s",
        seeds=(recipe.seed,),
        device=described(device),
        produced_by=Producer(rule="pretrain", experiment=recipe.name, code=code),
    )


if __name__ == "__main__":
    main()
