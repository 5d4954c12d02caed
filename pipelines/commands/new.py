"""`new LESSON`: writes a plan to begin with; never over one that is there."""

import argparse
from pathlib import Path

from pipelines.any_plan import read_plan
from pipelines.contracts.names import RULE, slug_fault
from pipelines.contracts.plan import ModulePlan
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.plan.meta import UNFIT
from pipelines.planwriter.starter import starter


def add(parser: argparse.ArgumentParser) -> None:
    """Name the lesson and its module."""
    parser.add_argument("lesson", metavar="LESSON", help="its slug: small letters and dashes")
    parser.add_argument(
        "--module", type=Path, metavar="DIR", help="folder with module.md; default: this folder"
    )


def run(args: argparse.Namespace) -> int:
    """Write <folder>/<lesson>/plan.md and print its path."""
    if fault := slug_fault(args.lesson):
        raise InputProblems([Problem(args.lesson, 1, UNFIT, fault, RULE)])
    folder = args.module or Path()
    file = folder / args.lesson / "plan.md"
    text = starter(args.lesson, module_of(folder, required=args.module is not None))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as plan:
            plan.write(text)
    except FileExistsError:
        raise _refusal(str(file), "is there already", "choose another name") from None
    print(file)
    return 0


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
