"""Train one model from the base: distil it, tune it, or teach it a style."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays, save_histories
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json, written_folder
from pipelines.contracts.measurement import Measurement, Measurements, Producer
from pipelines.contracts.student import Student, load_student
from pipelines.methods.latent.ground import Ground
from pipelines.methods.latent.learning import Learning
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.training import Training
from pipelines.registry import STUDENTS
from pipelines.stages import reported
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.folders import named
from pipelines.stages.latent.progress import begun


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--parent", action="append", default=[], metavar="ROLE=FOLDER")
    parser.add_argument("--bank", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    student = load_student(args.experiment).shortened(PRESETS[args.preset])
    parents = named(args.parent)
    pipeline = load(parents["teacher"], args.device)
    ground = Ground(pipeline, load_arrays(args.bank), parents.get("adapter"))
    learning: Learning = import_module(STUDENTS[student.method].module).make(ground, student)
    training = Training(learning, learning.tuning)
    learning.follow(training.weights())
    progress = begun(student.name, training)
    try:
        while training.done < training.tuning.steps:
            progress.saw(training.step())
    except FloatingPointError as error:
        sys.exit(f"{student.name}: {error}; lower `lr` in {student.file}")
    with written_folder(args.folder) as temporary:
        learning.write(training.weights(), temporary)
    save_histories(args.history, [progress.history(student.name, student.seed)])
    write_json(args.timing, Measurements((timing(student, training, args.code, args.device),)))


def timing(student: Student, training: Training, code: str, device: str) -> Measurement:
    """Return how long the steps took: CPU-seconds, or on a GPU seconds by the clock."""
    return Measurement(
        key=f"{student.name}/train@{training.tuning.steps}/seconds",
        value=training.seconds,
        unit="s",
        seeds=(student.seed,),
        device=described(device),
        produced_by=Producer(rule="distil", experiment=student.name, code=code),
    )


if __name__ == "__main__":
    main()
