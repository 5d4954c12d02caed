"""Measure the samples of an experiment: quality rows, means over its networks."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurements, Producer
from pipelines.stages import reported
from pipelines.stages.toy.measuring import Measuring, exact_ends
from pipelines.stages.toy.networks import carded, settle


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--parent-samples", nargs="*", type=Path, default=[])
    parser.add_argument("--measurements", type=Path, required=True)
    args = parser.parse_args()
    settle()
    experiment, preset = load_experiment(args.experiment), PRESETS[args.preset]
    arrays, seeds = load_arrays(args.samples), preset.seeds(experiment)
    ends = [
        exact_ends(carded(path), load_arrays(path), len(seeds))
        for path in (args.samples, *args.parent_samples)
        if carded(path).evaluate.reference
    ]
    producer = Producer(rule="evaluate", experiment=experiment.name, code=args.code)
    measuring = Measuring(experiment, arrays, seeds, ends[0] if ends else {}, producer)
    rows = sorted(measuring.rows(), key=lambda row: row.key)
    write_json(args.measurements, Measurements(tuple(rows)))


if __name__ == "__main__":
    main()
