"""Time systems of the plane: wall-clock seconds for a thousand samples in one batch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Producer, Timings
from pipelines.contracts.named_systems import named_by_any
from pipelines.methods.toy import Parent
from pipelines.stages import reported
from pipelines.stages.hardware import hardware
from pipelines.stages.toy.networks import load_replicas, method_of, settle
from pipelines.stages.toy.timing import Run, runs_of, timed


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--experiments", nargs="*", type=Path, required=True)
    parser.add_argument("--weights", nargs="*", type=Path, required=True, help="one for each")
    parser.add_argument("--systems", nargs="*", default=[], help="as plans name them")
    parser.add_argument("--taken", nargs="*", default=[], help="those that are timed elsewhere")
    parser.add_argument("--rounds", type=int, required=True, help="times that each is timed")
    parser.add_argument("--timings", type=Path, required=True)
    args = parser.parse_args()
    settle()
    experiments = [load_experiment(path).for_measuring() for path in args.experiments]
    trained = {
        experiment.name: Parent(experiment, load_replicas(path)[0])
        for experiment, path in zip(experiments, args.weights, strict=True)
    }
    wanted = {system.partition("/")[0] for system in args.systems}
    timed_here = [network for name, network in trained.items() if name in wanted]
    runs = [
        run
        for network in timed_here
        for run in _runs(network, trained)
        if named_by_any(args.systems, run.name) and not named_by_any(args.taken, run.name)
    ]
    rows = timed(runs, args.rounds, Producer(rule="clock", code=args.code))
    write_json(args.timings, Timings(hardware=hardware(), rows=tuple(rows)))


def _runs(network: Parent, trained: dict[str, Parent]) -> Iterator[Run]:
    experiment = network.experiment
    parents = {role: trained[name] for role, name in experiment.needs.items()}
    system = method_of(experiment).rebuild(experiment, network.weights, parents)
    return runs_of(experiment, system)


if __name__ == "__main__":
    main()
