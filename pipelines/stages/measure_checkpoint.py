"""Sample pictures with a published checkpoint; measure what needs no scene classifier."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import Arrays, save_arrays
from pipelines.contracts.checkpoint import CHECKPOINTS, load_checkpoint
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Producer
from pipelines.contracts.sampling import SEEDS
from pipelines.evaluation.latent.measure_latent import measure_checkpoint
from pipelines.evaluation.rows import by_key, new_card
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.latent.hub import opened
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    args = parser.parse_args()
    configure_torch(args.device)
    checkpoint = load_checkpoint(args.checkpoint)
    name, shown, settings = checkpoint.name, Arrays(), checkpoint.model_dump(mode="json")
    producer = Producer(rule="measure_checkpoint", experiment=name, code=args.code)
    pipeline = opened(checkpoint, args.device)
    rows = by_key(measure_checkpoint(checkpoint, pipeline, producer, shown))
    card = new_card(name, "checkpoint", SEEDS[0], CHECKPOINTS, args.code, args.device, settings)
    save_arrays(args.samples, shown, card)
    write_json(args.measurements, rows)


if __name__ == "__main__":
    main()
