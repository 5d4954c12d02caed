"""Train a part of a base: scene classifier, autoencoder, decoder, denoiser with text encoder."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import save_arrays, save_histories
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.latent import DEPENDS, load_base, settings_of, shortened
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.latent.base_parts import PARTS, TrainedParts
from pipelines.evaluation.latent.resume import ResumeFile, as_arrays
from pipelines.evaluation.latent.train_latent import train_to_the_end, training_row
from pipelines.evaluation.rows import new_card
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.latent.training import LatentTraining
from pipelines.stages import named_paths, reported


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
    configure_torch(args.device)
    recipe = shortened(load_base(args.recipe), PRESETS[args.preset].train_scale)
    name, seed, settings = recipe.name, recipe.seed, settings_of(recipe, args.part)
    card = new_card(name, args.part, seed, args.preset, args.code, args.device, settings)
    parts = TrainedParts(recipe, args.device, named_paths(args.need))
    training = LatentTraining(PARTS[args.part](parts), getattr(recipe.train, args.part))
    resume = ResumeFile(args.weights, card)
    resume.restore(training)
    remedy = f"lower `lr` of this part in {recipe.file}"
    title = f"{name} {args.part}"
    learnt = train_to_the_end(training, (name, seed), title, remedy, resume.keep)
    save_arrays(args.weights, as_arrays(training.weights()), card)
    save_histories(args.history, [learnt])
    producer, steps = (
        Producer(rule="train_base_part", experiment=name, code=args.code),
        training.done,
    )
    seconds, owner = [training.seconds], f"{name}-{args.part}"
    row = training_row(owner, steps, seconds, [seed], producer, args.device)
    write_json(args.timing, Timings(hardware=hardware(args.device), rows=(row,)))
    resume.drop()


if __name__ == "__main__":
    main()
