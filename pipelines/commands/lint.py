"""`lint PLAN…`: the problems of each plan; fails if any of them is an error.

Several plans, or all below a folder, are also held against each other: what lessons teach and
what later ones assume.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.commands.folders import Shelf, read_plans
from pipelines.commands.outputs import FORMATS, as_text, in_colour
from pipelines.commands.surroundings import content_problems, frames
from pipelines.contracts.blocks import Formula, walk
from pipelines.contracts.plan import AnyPlan, LessonPlan, PlainDocument
from pipelines.contracts.problems import InputProblems, Problem, errors, located
from pipelines.contracts.spans import Math, Node
from pipelines.module.build_catalog import LessonEntry
from pipelines.module.requests import entry


def add(parser: argparse.ArgumentParser) -> None:
    """Name the plans, the form of the output, and a build to hold claims against."""
    parser.add_argument("plans", nargs="+", type=Path, metavar="PLAN", help="file or folder")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="for people (the default), scripts, code scanning, or GitHub annotations",
    )
    parser.add_argument("--build", type=Path, help="also hold claims against its measurements")


def run(args: argparse.Namespace) -> int:
    """Print what is wrong; fail if any of it is an error."""
    shelf = read_plans(args.plans)
    found = sorted(
        {
            located(one, shelf.line_of_file(one.file, one.line))
            for one in problems_of(shelf, args.build, args.plans)
        }
    )
    if args.format == "text":
        text = as_text(found, len(shelf.files), colour=in_colour(sys.stdout))
    else:
        text = FORMATS[args.format](found, len(shelf.files))
    if text:
        print(text)
    return 1 if errors(found) else 0


def problems_of(
    shelf: Shelf, build: Path | None = None, named: Sequence[Path] = ()
) -> Iterator[Problem]:
    """Yield the problems of form and content of the plans, and those between them.

    Args:
        named: The plans that were asked for by name, and not with their folder.
    """
    yield from shelf.problems
    modules = frames()
    asked = {path: entry(plan) for path, plan in shelf.plans.items()}
    for path, plan in shelf.plans.items():
        if isinstance(plan, PlainDocument):
            yield no_plan(path, named=path in named)
        yield from formula_problems(plan)
        try:
            yield from content_problems(plan, path, modules, _beside(path, asked))
        except InputProblems as stopped:
            yield from stopped.problems
    if build:
        yield from measured_problems(shelf, build)
    if len(shelf.plans) > 1:
        from pipelines.planlint.concepts import concept_index
        from pipelines.planlint.disagreements import disagreements

        index = concept_index(shelf.plans.values())
        for lesson in index.course.lessons:
            yield from disagreements(index, lesson)


def no_plan(path: Path, *, named: bool) -> Problem:
    """Say that pages are made of no such document; beside plans it may stand on purpose."""
    return Problem(
        str(path),
        1,
        "ML340",
        "neither a lesson plan nor a module: none of the phases is there",
        "give it the headings of docs/authoring.md, `## Phase 1: Orient (Student State)` …",
        "error" if named else "warning",
    )


def formula_problems(plan: AnyPlan) -> Iterator[Problem]:
    """Yield the formulas of a lesson's outlines that pages cannot set."""
    if not isinstance(plan, LessonPlan):
        return
    from pipelines.plan.maths import MathError, mathml

    line = 1
    for one in walk((plan.design.outline, plan.design.outline_revised)):
        line = one.src.line if isinstance(one, Node) else line
        if not isinstance(one, Math | Formula):
            continue
        try:
            mathml(one.latex)
        except MathError as error:
            message = f"`{one.latex.strip()[:60]}` cannot be set: {error}"
            remedy = "mend the formula; docs/authoring.md says what is understood"
            severity = "error" if plan.meta.explicit_voice else "warning"
            yield Problem(plan.file, line, "ML403", message, remedy, severity)


def _beside(path: Path, asked: Mapping[Path, LessonEntry]) -> dict[str, LessonEntry]:
    """Return what the lessons of a plan's module ask for, as far as they were read."""
    module = path.resolve().parent.parent
    return {one.slug: one for at, one in asked.items() if at.resolve().parent.parent == module}


def measured_problems(shelf: Shelf, build: Path) -> Iterator[Problem]:
    """Yield what the measurements of a build say of the claims."""
    from pipelines.planlint.check_claims import check_claims
    from pipelines.publishing.page_inputs import ledger_at_hand

    ledger = ledger_at_hand(build)
    for plan in shelf.plans.values():
        if isinstance(plan, LessonPlan):
            yield from check_claims(plan, ledger)
