"""Draw samples from all networks of an experiment, and measure them: quality rows, means."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.artifacts import Arrays, load_arrays, save_arrays
from pipelines.contracts.experiment import PRESETS, Experiment, load_experiment
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurements, Producer, Timings
from pipelines.diffusion.systems import System
from pipelines.registry import METHODS
from pipelines.stages import reported
from pipelines.stages.hardware import hardware
from pipelines.stages.toy.drawing import Drawing, teacher_arrays, worked_jump
from pipelines.stages.toy.fields import seen
from pipelines.stages.toy.measuring import Ends, Measuring, exact_ends
from pipelines.stages.toy.networks import (
    card_of,
    carded,
    load_lineage,
    load_replicas,
    rebuilt,
    settle,
)


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
    args = parser.parse_args()
    settle()
    experiment, preset = load_experiment(args.experiment).for_measuring(), PRESETS[args.preset]
    systems = rebuilt(experiment, load_replicas(args.weights), load_lineage(args.parent))
    seeds, parents = preset.seeds(experiment), args.parent_samples
    arrays = drawn(Drawing(experiment, preset.samples), systems, seeds, parents)
    ends = exact(experiment, arrays, len(seeds), parents)
    producer = Producer(rule="measure", experiment=experiment.name, code=args.code)
    rows = list(Measuring(experiment, arrays, seeds, ends, producer).rows())
    rows.sort(key=lambda row: row.key)
    save_arrays(args.samples, arrays, card_of(experiment, experiment.seed, preset, args.code))
    write_json(args.measurements, Measurements(tuple(rows)))
    write_json(args.timing, Timings(hardware=hardware(), rows=()))


def drawn(
    drawing: Drawing, systems: Sequence[System], seeds: Sequence[int], parents: Sequence[Path]
) -> Arrays:
    """Return all arrays of a sample file."""
    experiment, arrays = drawing.experiment, drawing.common()
    for seed, system in zip(seeds, systems, strict=True):
        arrays |= drawing.samples(system, seed)
    if experiment.evaluate.reference:
        arrays |= teacher_arrays(drawing, systems[0], arrays)
    jumps = "consistency" in METHODS[experiment.method].samplers
    for path in parents if jumps else ():
        arrays |= worked_jump(systems[0], load_arrays(path))
    return arrays | seen(experiment, systems[0], arrays)


def exact(experiment: Experiment, arrays: Arrays, count: int, parents: Sequence[Path]) -> Ends:
    """Return the reference endpoints that samples are paired with: their own, or a parent's."""
    if experiment.evaluate.reference:
        return exact_ends(experiment, arrays, count)
    for path in parents:
        if carded(path).evaluate.reference:
            return exact_ends(carded(path), load_arrays(path), count)
    return {}


if __name__ == "__main__":
    main()
