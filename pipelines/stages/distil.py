"""Train one model from the base: distil it, tune it, or teach it a style."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

from pipelines.contracts.artifacts import load_arrays, save_histories
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json, written_folder
from pipelines.contracts.measurement import Measurement, Producer, Timings
from pipelines.contracts.student import Student, load_student
from pipelines.stages import reported
from pipelines.stages.hardware import hardware_of
from pipelines.stages.latent.devices import described, settle_on
from pipelines.stages.latent.folders import again, named, replica
from pipelines.stages.latent.teaching import Taught, taught


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
    preset = PRESETS[args.preset]
    student = load_student(args.experiment).for_training().shortened(preset)
    parents = named(args.parent)
    bank, made = load_arrays(args.bank), list[Taught]()
    with written_folder(args.folder) as temporary:
        for k in range(preset.trainings):
            mine = {role: replica(folder, k) for role, folder in parents.items()}
            folder = again(temporary, k)
            made.append(taught(student.again(k), mine, bank, folder, args.device))
    save_histories(args.history, [history for history, _ in made])
    seconds = [spent for _, spent in made]
    row = timing(student, seconds, args.code, args.device)
    write_json(args.timing, Timings(hardware=hardware_of(args.device), rows=(row,)))


def timing(student: Student, seconds: Sequence[float], code: str, device: str) -> Measurement:
    """Return how long the steps of a training took: CPU-seconds, on a GPU by the clock."""
    assert student.train is not None
    many = len(seconds) > 1
    return Measurement(
        key=f"{student.name}/train@{student.train.steps}/seconds",
        value=fmean(seconds),
        unit="s",
        spread=stdev(seconds) if many else None,
        spread_over=f"{len(seconds)} trainings" if many else "",
        seeds=tuple(student.again(k).seed for k in range(len(seconds))),
        device=described(device),
        produced_by=Producer(rule="distil", experiment=student.name, code=code),
    )


if __name__ == "__main__":
    main()
