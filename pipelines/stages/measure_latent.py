"""Sample pictures with a model of the tiny Stable Diffusion, and measure them."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import save_arrays
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import load_latent_experiment
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.latent.measure_latent import LatentEvaluation, measure_latent
from pipelines.evaluation.rows import by_key, card_of
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.scenes.scene_classifier import load_classifier
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--folder", type=Path, help="what the experiment trained")
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=FOLDER")
    parser.add_argument("--classifier", type=Path, required=True)
    parser.add_argument("--seeds", nargs="*", default=[], metavar="SYSTEM:N")
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True, help="on what it was done")
    args = parser.parse_args()
    configure_torch(args.device)
    experiment = load_latent_experiment(args.experiment).for_measuring()
    preset = PRESETS[args.preset]
    producer = Producer(rule="measure_latent", experiment=experiment.name, code=args.code)
    pairs = (flag.rpartition(":") for flag in args.seeds)
    enough = {Sampling.parse(name): int(count) for name, _, count in pairs}
    classifier = load_classifier(args.classifier, args.device)
    evaluation = LatentEvaluation(experiment, classifier, preset.prompts, producer, enough)
    rows = measure_latent(evaluation, args.folder, named_paths(args.parent))
    card = card_of(experiment, preset.name, args.code, args.device)
    save_arrays(args.samples, evaluation.shown, card)
    write_json(args.measurements, by_key(rows))
    write_json(args.timing, Timings(hardware=hardware(args.device), rows=()))


if __name__ == "__main__":
    main()
