"""Time every system of the tiny Stable Diffusion, and the parts of its pipeline apart."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.latent_experiment import load_latent_experiment
from pipelines.contracts.measurement import Producer, Timings
from pipelines.evaluation.hardware import hardware
from pipelines.evaluation.latent.clock_latent import latent_runs
from pipelines.evaluation.timing import timed
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--experiments", nargs="*", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--timings", type=Path, required=True)
    args = parser.parse_args()
    configure_torch(args.device)
    latent = [load_latent_experiment(path).for_timing() for path in args.experiments]
    runs = [run for one in latent for run in latent_runs(one, args.models, args.device)]
    producer = Producer(rule="clock_latent", code=args.code)
    rows = timed(runs, PRESETS[args.preset].repeats, producer, args.device)
    write_json(args.timings, Timings(hardware=hardware(), rows=rows))


if __name__ == "__main__":
    main()
