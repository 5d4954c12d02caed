"""Time systems of the plane: wall-clock seconds for a thousand samples in one batch."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.keys import experiment_of, named_by_any
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.plane.clock_plane import plane_runs
from pipelines.evaluation.plane.networks import load_replicas
from pipelines.evaluation.timing import timed
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.toy import Parent
from pipelines.stages import reported

ROUNDS = 9  # how often each system is timed


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--experiments", nargs="+", type=Path, required=True)
    parser.add_argument("--weights", nargs="+", type=Path, required=True, help="one for each")
    parser.add_argument("--systems", nargs="*", default=[], help="as plans name them")
    parser.add_argument("--taken", nargs="*", default=[], help="those that are timed elsewhere")
    parser.add_argument("--timings", type=Path, required=True)
    args = parser.parse_args()
    configure_torch()
    experiments = [load_experiment(path).for_measuring() for path in args.experiments]
    trained = {
        experiment.name: Parent(experiment, load_replicas(path)[0])
        for experiment, path in zip(experiments, args.weights, strict=True)
    }
    wanted = set(map(experiment_of, args.systems))
    runs = [
        run
        for name in trained
        if name in wanted
        for run in plane_runs(name, trained)
        if named_by_any(args.systems, run.system) and not named_by_any(args.taken, run.system)
    ]
    rows = timed(runs, ROUNDS, Producer(rule="clock_plane", code=args.code))
    write_json(args.timings, Timings(hardware=hardware(), rows=rows))


if __name__ == "__main__":
    main()
