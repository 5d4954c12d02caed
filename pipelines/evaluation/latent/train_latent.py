"""One training of a student, from its teacher's folder to its own."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from pipelines.contracts.artifacts import Arrays, History
from pipelines.contracts.student import Student
from pipelines.evaluation.progress import begun
from pipelines.methods.latent.ground import Ground
from pipelines.methods.latent.learning import Learning
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.training import Training
from pipelines.registry import STUDENTS

Taught = tuple[History, float]  # and the seconds that it took


def taught(
    student: Student, parents: dict[str, Path], bank: Arrays, folder: Path, device: str
) -> Taught:
    """Train once, write what was learnt into `folder`; return the history and the seconds."""
    ground = Ground(load(parents["teacher"], device), bank, parents.get("adapter"))
    learning: Learning = import_module(STUDENTS[student.method].module).make(ground, student)
    training = Training(learning, learning.tuning)
    learning.follow(training.weights())
    progress = begun(student.name, training)
    try:
        while training.done < training.tuning.steps:
            progress.saw(training.step())
    except FloatingPointError as error:
        sys.exit(f"{student.name}: {error}; lower `lr` in {student.file}")
    learning.write(training.weights(), folder)
    return progress.history(student.name, student.seed), training.seconds
