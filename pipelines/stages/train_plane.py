"""Train the networks of an experiment: all its replicas, together where the method can."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import save_arrays, save_histories
from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.plane.networks import load_lineage, to_arrays
from pipelines.evaluation.plane.train_plane import train_plane
from pipelines.evaluation.rows import card_of
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=WEIGHTS")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True)
    args = parser.parse_args()
    configure_torch()
    experiment, preset = load_experiment(args.experiment).for_training(), PRESETS[args.preset]
    lineage = load_lineage(named_paths(args.parent))
    trained = train_plane(experiment, lineage, preset, args.code)
    card = card_of(experiment, preset.name, args.code)
    save_arrays(args.weights, to_arrays(trained.weights), card)
    save_histories(args.history, trained.histories)
    write_json(args.timing, Timings(hardware=hardware(), rows=(trained.timing,)))


if __name__ == "__main__":
    main()
