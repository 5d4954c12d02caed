"""Draw pictures from a model of the tiny Stable Diffusion, and let the judge look at them."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import Card, save_arrays
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurements, Producer
from pipelines.contracts.student import load_student
from pipelines.provenance import versions
from pipelines.scenes.judge import load_judge
from pipelines.stages import reported
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.folders import named, pipeline_of
from pipelines.stages.latent.portraits import Portraits


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--folder", type=Path, help="what the experiment trained")
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=FOLDER")
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    student, preset = load_student(args.experiment), PRESETS[args.preset]
    pipeline = pipeline_of(student, args.folder, named(args.parent), args.device)
    producer = Producer(rule="portray", experiment=student.name, code=args.code)
    portraits = Portraits(student, load_judge(args.judge, args.device), preset.prompts, producer)
    rows = portraits.rows(pipeline)
    card = Card(
        experiment=student.name,
        method=student.method,
        seed=student.seed,
        preset=preset.name,
        code=args.code,
        versions=versions(),
        device=described(args.device),
        settings=student.model_dump(mode="json"),
    )
    save_arrays(args.samples, portraits.shown, card)
    write_json(args.measurements, Measurements(tuple(sorted(rows, key=lambda row: row.key))))


if __name__ == "__main__":
    main()
