"""Draw samples from all networks of an experiment: every sampler, step count and seed."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays, save_arrays
from pipelines.contracts.experiment import PRESETS, load_experiment
from pipelines.registry import METHODS
from pipelines.stages import reported
from pipelines.stages.toy.drawing import Drawing, teacher_arrays, worked_jump
from pipelines.stages.toy.fields import seen
from pipelines.stages.toy.networks import card_of, load_lineage, load_replicas, rebuilt, settle


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
    args = parser.parse_args()
    settle()
    experiment, preset = load_experiment(args.experiment), PRESETS[args.preset]
    lineage = load_lineage(args.parent)
    drawing = Drawing(experiment, preset.samples)
    arrays = drawing.common()
    systems = rebuilt(experiment, load_replicas(args.weights), lineage)
    for seed, system in zip(preset.seeds(experiment), systems, strict=True):
        arrays |= drawing.samples(system, seed)
    if experiment.evaluate.reference:
        arrays |= teacher_arrays(drawing, systems[0], arrays)
    jumps = "consistency" in METHODS[experiment.method].samplers
    for path in args.parent_samples if jumps else ():
        arrays |= worked_jump(systems[0], load_arrays(path))
    arrays |= seen(experiment, systems[0], arrays)
    save_arrays(args.samples, arrays, card_of(experiment, experiment.seed, preset, args.code))


if __name__ == "__main__":
    main()
