"""Time published checkpoints one after the other: whole pictures, the loop, the parts."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurement, Producer, Timings
from pipelines.evaluation.hardware import device_name, hardware
from pipelines.evaluation.latent.clock_latent import checkpoint_runs
from pipelines.evaluation.rows import by_key
from pipelines.evaluation.timing import timed
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.latent.hub import opened
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--timings", type=Path, required=True)
    args = parser.parse_args()
    configure_torch(args.device)
    producer = Producer(rule="clock_checkpoints", code=args.code)
    rows = list[Measurement]()
    for path in args.checkpoints:  # several pipelines at once would not fit on every GPU
        checkpoint = load_checkpoint(path)
        runs = list(checkpoint_runs(checkpoint, opened(checkpoint, args.device)))
        rows += timed(runs, args.repeats, producer, args.device)
        del runs
    machine = {**hardware(), "device": device_name(args.device)}
    write_json(args.timings, Timings(hardware=machine, rows=by_key(rows).root))


if __name__ == "__main__":
    main()
