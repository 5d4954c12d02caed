"""Time every system of the tiny Stable Diffusion, and the parts of its pipeline apart."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Producer, Timings
from pipelines.contracts.student import load_student
from pipelines.stages import reported
from pipelines.stages.hardware import hardware
from pipelines.stages.latent.devices import settle_on
from pipelines.stages.latent.latency import Latency, student_runs


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
    settle_on(args.device)
    students = [load_student(path).for_timing() for path in args.experiments]
    producer = Producer(rule="clock_latent", code=args.code)
    runs = [run for one in students for run in student_runs(one, args.models, args.device)]
    latency = Latency(args.device, PRESETS[args.preset].repeats, producer)
    rows = sorted(latency.rows(runs), key=lambda row: row.key)
    write_json(args.timings, Timings(hardware=hardware(), rows=tuple(rows)))


if __name__ == "__main__":
    main()
