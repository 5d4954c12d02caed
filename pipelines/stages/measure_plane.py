"""Sample with all networks of an experiment, and measure what comes out."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays, save_arrays
from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.plane.draws import DRAWS, REPORTED
from pipelines.evaluation.plane.measure_plane import measure_plane
from pipelines.evaluation.plane.networks import (
    experiment_from_card,
    load_lineage,
    load_replicas,
    rebuilt,
)
from pipelines.evaluation.plane.sample_plane import sample_plane
from pipelines.evaluation.rows import by_key, card_of
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=WEIGHTS")
    parser.add_argument("--parent-samples", nargs="*", type=Path, default=[])
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True, help="on what it was done")
    parser.add_argument("--draws", choices=DRAWS, default=REPORTED, help="what it is judged with")
    args = parser.parse_args()
    configure_torch()
    experiment, preset = load_experiment(args.experiment).for_measuring(), PRESETS[args.preset]
    lineage = load_lineage(named_paths(args.parent))
    systems = rebuilt(experiment, load_replicas(args.weights), lineage)
    seeds = preset.seeds(experiment)
    parents = [(experiment_from_card(path), load_arrays(path)) for path in args.parent_samples]
    learnt_from = [of for _, of in parents]
    arrays = sample_plane(experiment, preset.samples, systems, seeds, learnt_from, args.draws)
    producer = Producer(rule="measure_plane", experiment=experiment.name, code=args.code)
    rows = measure_plane(experiment, arrays, seeds, parents, producer, args.draws)
    save_arrays(args.samples, arrays, card_of(experiment, preset.name, args.code))
    write_json(args.measurements, by_key(rows))
    write_json(args.timing, Timings(hardware=hardware(), rows=()))


if __name__ == "__main__":
    main()
