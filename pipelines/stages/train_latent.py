"""Train one model from the base: distil it, tune it, or teach it a style."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays, save_histories
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json, written_folder
from pipelines.contracts.latent_experiment import load_latent_experiment
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.latent.folders import again, replica
from pipelines.evaluation.latent.train_latent import Trained, train_latent, training_row
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=FOLDER")
    parser.add_argument("--cached-latents", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True)
    args = parser.parse_args()
    configure_torch(args.device)
    preset, parents = PRESETS[args.preset], named_paths(args.parent)
    experiment = load_latent_experiment(args.experiment).for_training().shortened(preset)
    cached = load_arrays(args.cached_latents)
    repeats, trained = [experiment.again(k) for k in range(preset.trainings)], list[Trained]()
    with written_folder(args.folder) as temporary:
        for k, one in enumerate(repeats):
            mine = {role: replica(folder, k) for role, folder in parents.items()}
            trained.append(train_latent(one, mine, cached, again(temporary, k), args.device))
    save_histories(args.history, [history for history, _ in trained])
    assert experiment.train is not None
    producer = Producer(rule="train_latent", experiment=experiment.name, code=args.code)
    seconds, seeds = [spent for _, spent in trained], [one.seed for one in repeats]
    row = training_row(
        experiment.name, experiment.train.steps, seconds, seeds, producer, args.device
    )
    write_json(args.timing, Timings(hardware=hardware(args.device), rows=(row,)))


if __name__ == "__main__":
    main()
