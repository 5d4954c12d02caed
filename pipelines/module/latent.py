"""The latent experiments of a module, and what is wrong with their references."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.module.needs import circles, problem, read_all
from pipelines.registry import STUDENTS

LATENT = "latent"  # the folder of these experiments
BASE = "base"  # the model that all others are made from, and its method

if TYPE_CHECKING:
    from pipelines.contracts.student import Student


def load_students(
    folder: Path, others: Collection[str], problems: list[Problem]
) -> dict[str, Student]:
    """Read the experiments of a folder; what is wrong is added to `problems`."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        return {}
    from pipelines.contracts.student import load_student

    students, known = read_all(files, load_student, problems)
    for student in students.values():
        problems += _wrong(student, known, others)
        problems += _without_weights(student, students)
    problems += circles(students)
    return students


def _wrong(student: Student, known: Collection[str], others: Collection[str]) -> Iterator[Problem]:
    method = STUDENTS.get(student.method)
    if student.name in others:
        remedy = "rename one of the two"
        yield _problem(student, (), f"`{student.name}` is also a 2D experiment", remedy)
    if not method:
        remedy = f"one of {', '.join(STUDENTS)}"
        yield _problem(student, ("method",), f"unknown method `{student.method}`", remedy)
        return
    for role, name in student.needs.items():
        if name not in known:
            message = f"`{role}: {name}` is no latent experiment"
            yield _problem(student, ("needs", role), message, f"one of {', '.join(sorted(known))}")
    if student.spread_from and student.spread_from not in known:
        message = f"`spread_from: {student.spread_from}` is no latent experiment"
        yield _problem(student, ("spread_from",), message, f"one of {', '.join(sorted(known))}")
    allowed = {*method.needs, *method.may}
    if not set(method.needs) <= set(student.needs) <= allowed:
        message = f"`{student.method}` needs {', '.join(method.needs) or 'no roles'}"
        remedy = f"name an experiment for each; allowed are {', '.join(sorted(allowed))}"
        yield _problem(student, ("needs",), message, remedy)
    if (student.train is None) == bool(method.module):
        message = (
            "a training is missing" if method.module else f"`{student.method}` trains nothing"
        )
        yield _problem(student, ("train",), message, "add or remove `train:`")
    for role in student.adapters:
        if role not in student.needs:
            message = f"`{role}` has a weight and no experiment"
            yield _problem(student, ("adapters", role), message, f"add `{role}: …` to `needs:`")


def _without_weights(student: Student, students: Mapping[str, Student]) -> Iterator[Problem]:
    """Report what would leave the graph with a folder of weights that nobody makes."""
    if (student.method == BASE) != (student.name == BASE):
        message = f"the method `{BASE}` and the name `{BASE}` belong together"
        yield _problem(student, ("method",), message, "there is one base: `base.yaml`")
    for role, name in student.needs.items():
        method = STUDENTS.get(students[name].method) if name in students else None
        if method and method.leaves == "nothing":
            message = (
                f"`{role}: {name}` leaves no weights: `{students[name].method}` trains nothing"
            )
            yield _problem(student, ("needs", role), message, "name what it is made from")


def _problem(student: Student, keys: tuple[str, ...], message: str, remedy: str) -> Problem:
    return problem(student, "ML104", keys, message, remedy)
