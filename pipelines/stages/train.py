"""Train the networks of an experiment: all its replicas, together where the method can."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import save_arrays, save_histories
from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Timings
from pipelines.stages import reported
from pipelines.stages.hardware import hardware
from pipelines.stages.toy.networks import card_of, load_lineage, settle, to_arrays
from pipelines.stages.toy.progress import trained


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
    settle()
    experiment, preset = load_experiment(args.experiment).for_training(), PRESETS[args.preset]
    result = trained(experiment, load_lineage(args.parent), preset, args.code)
    card = card_of(experiment, experiment.seed, preset, args.code)
    save_arrays(args.weights, to_arrays(result.weights), card)
    save_histories(args.history, result.histories)
    write_json(args.timing, Timings(hardware=hardware(), rows=(result.timing,)))


if __name__ == "__main__":
    main()
