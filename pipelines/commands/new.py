"""`new LESSON`: writes a plan to begin with, or with `--exercise NAME` an exercise of a lesson.

Never over a file that is there.
"""

import argparse
from pathlib import Path

from pipelines.any_plan import read_plan
from pipelines.contracts.names import RULE, is_identifier, shown, slug_fault
from pipelines.contracts.plan import ModulePlan
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.exercises.source import exercise_file
from pipelines.plan.meta import UNFIT
from pipelines.planwriter.starter import starter, starter_exercise


def add(parser: argparse.ArgumentParser) -> None:
    """Name the lesson and its module."""
    parser.add_argument("lesson", metavar="LESSON", help="its slug: small letters and dashes")
    parser.add_argument(
        "--module", type=Path, metavar="DIR", help="folder with module.md; default: this folder"
    )
    parser.add_argument("--exercise", metavar="NAME", help="an exercise of this lesson instead")


def run(args: argparse.Namespace) -> int:
    """Write <folder>/<lesson>/plan.md, or an exercise of it, and print its path."""
    if fault := slug_fault(args.lesson):
        raise InputProblems([Problem(args.lesson, 1, UNFIT, fault, RULE)])
    folder = args.module or Path()
    file = folder / args.lesson / "plan.md"
    if args.exercise:
        file = exercise_file(file, _named(args.exercise))
        text = starter_exercise(args.exercise)
    else:
        text = starter(args.lesson, module_of(folder, required=args.module is not None))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as plan:
            plan.write(text)
    except FileExistsError:
        raise _refusal(str(file), "is there already", "choose another name") from None
    print(file)
    return 0


def _named(name: str) -> str:
    """Return the name of an exercise, which becomes a file and an address."""
    if not is_identifier(name):
        raise InputProblems([Problem(name, 1, "ML211", f"`{shown(name)}` is no name", RULE)])
    return name


def module_of(folder: Path, *, required: bool) -> ModulePlan | None:
    """Return the module plan of a folder; one that was named must be there."""
    file = folder / "module.md"
    if not file.is_file():
        if required:
            raise _refusal(str(file), "the module plan is missing", "write this file first")
        return None
    plan, _ = read_plan(file)
    return plan if isinstance(plan, ModulePlan) else None


def _refusal(file: str, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(file, 1, "ML108", message, remedy)])
