"""Time published checkpoints one after the other: whole pictures, the loop, the parts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipelines.contracts.checkpoint import Checkpoint, load_checkpoint
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurement, Producer, Timings
from pipelines.methods.latent.hub import opened
from pipelines.stages import reported
from pipelines.stages.hardware import hardware
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.latency import Latency, part_runs, system_runs


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--timings", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    latency = Latency(
        args.device, args.repeats, Producer(rule="clock_checkpoints", code=args.code)
    )
    rows = [row for path in args.checkpoints for row in timed(load_checkpoint(path), latency)]
    machine = {**hardware(), "device": described(args.device)}
    ordered = tuple(sorted(rows, key=lambda row: row.key))
    write_json(args.timings, Timings(hardware=machine, rows=ordered))


def timed(checkpoint: Checkpoint, latency: Latency) -> Iterator[Measurement]:
    """Time one checkpoint: several at once would not fit on every GPU."""
    pipeline = opened(checkpoint, latency.device)
    prompts, batches = checkpoint.prompts, checkpoint.batches
    runs = [
        run
        for sampling in checkpoint.samplings
        for run in system_runs(checkpoint.name, pipeline, sampling, prompts, batches)
    ]
    runs += part_runs(checkpoint.name, pipeline, prompts, batches)
    return latency.rows(runs)


if __name__ == "__main__":
    main()
