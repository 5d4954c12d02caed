"""Draw pictures from a model of the tiny Stable Diffusion, and let the judge look at them."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import Card, save_arrays
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurement, Measurements, Producer, Timings
from pipelines.contracts.student import Student, load_student
from pipelines.methods.latent.foreign import refusal, reshaped
from pipelines.methods.latent.pipeline import load
from pipelines.provenance import versions
from pipelines.scenes.judge import load_judge
from pipelines.stages import reported
from pipelines.stages.hardware import hardware_of
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.drawers import drawers_of
from pipelines.stages.latent.folders import named
from pipelines.stages.latent.portraits import Portraits
from pipelines.stages.latent.shapes import shape_rows

OTHER = (32, 64)  # channels of a U-Net that no adapter here was made for


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
    parser.add_argument("--seeds", nargs="*", default=[], metavar="SYSTEM:N")
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--measurements", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True, help="on what it was done")
    args = parser.parse_args()
    settle_on(args.device)
    student, preset = load_student(args.experiment).for_measuring(), PRESETS[args.preset]
    producer = Producer(rule="portray", experiment=student.name, code=args.code)
    enough = {name: int(n) for name, _, n in (flag.rpartition(":") for flag in args.seeds)}
    judge = load_judge(args.judge, args.device)
    portraits = Portraits(student, judge, preset.prompts, producer, enough)
    rows = measured(student, portraits, args.folder, named(args.parent), args.device)
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
    write_json(args.timing, Timings(hardware=hardware_of(args.device), rows=()))


def measured(
    student: Student,
    portraits: Portraits,
    own: Path | None,
    parents: dict[str, Path],
    device: str,
) -> list[Measurement]:
    """Return the rows of an experiment; of the base also those that need no sampler."""
    if student.method == "foreign":
        pipeline = load(parents["model"], device)
        reshaped(pipeline, OTHER)
        return [portraits.refused(refusal(pipeline, parents["lcm"]))]
    rows = portraits.rows(drawers_of(student, own, parents, device))
    if student.method == "base":
        assert own is not None
        pipeline = load(own, device)
        rows += [*portraits.floor(), *portraits.autoencoder(pipeline)]
        rows += shape_rows(pipeline, portraits.producer)
    return rows


if __name__ == "__main__":
    main()
