"""Draw pictures from a published checkpoint; measure what needs no judge.

The judge knows the project's own scenes alone: whether a picture shows what its prompt says, and
how far pictures lie from photographs, is not measured here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from diffusers import DiffusionPipeline
from torch import Tensor

from pipelines.contracts.artifacts import Arrays, Card, save_arrays
from pipelines.contracts.checkpoint import CHECKPOINTS, Checkpoint, load_checkpoint
from pipelines.contracts.files import write_json
from pipelines.contracts.keys import SystemKey
from pipelines.contracts.measurement import Measurement, Measurements, Producer
from pipelines.contracts.sampling import SEEDS
from pipelines.methods.latent.hub import opened
from pipelines.methods.latent.judging import clipped, steepness
from pipelines.methods.latent.sampling import nfe, sampled
from pipelines.provenance import versions
from pipelines.stages import reported
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.portraits import KEPT, Measured, as_bytes, over_seeds


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    checkpoint = load_checkpoint(args.checkpoint)
    pipeline = opened(checkpoint, args.device)
    producer = Producer(rule="portray_checkpoint", experiment=checkpoint.name, code=args.code)
    shown: Arrays = {}
    rows = tuple(measured(checkpoint, pipeline, producer, shown))
    save_arrays(args.samples, shown, card(checkpoint, args.code, args.device))
    write_json(args.measurements, Measurements(tuple(sorted(rows, key=lambda row: row.key))))


def measured(
    checkpoint: Checkpoint, pipeline: DiffusionPipeline, producer: Producer, shown: Arrays
) -> Iterator[Measurement]:
    """Draw every system with every seed; `shown` gets the first seed's pictures (B, H, W, 3)."""
    count = len(checkpoint.prompts) * len(SEEDS)
    for sampling in checkpoint.samplings:
        found = []
        for seed in SEEDS:
            x = sampled(pipeline, checkpoint.prompts, sampling, seed, checkpoint.chunk)
            seen = scores(x)
            found.append(Measured(seen, [seen]))
            if seed == SEEDS[0]:
                shown[str(sampling)] = as_bytes(x[:KEPT])
        print(sampling, found[0].scores, flush=True)
        system, calls = SystemKey(checkpoint.name, sampling), nfe(pipeline, sampling)
        yield from over_seeds(system, found, count, calls, producer)


def scores(x: Tensor) -> dict[str, float]:
    """Return the mean slope at the steepest places, a pixel; the share of clipped values."""
    return {"sharpness": steepness(x), "clipped": clipped(x)}


def card(checkpoint: Checkpoint, code: str, device: str) -> Card:
    return Card(
        experiment=checkpoint.name,
        method="checkpoint",
        seed=SEEDS[0],
        preset=CHECKPOINTS,
        code=code,
        versions=versions(),
        device=described(device),
        settings=checkpoint.model_dump(mode="json"),
    )


if __name__ == "__main__":
    main()
