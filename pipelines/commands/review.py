"""`review import FILE PLAN`: merge an exported round; `review status [PLAN…]`: what is open.

Status 1: something keeps a lesson from being published, was reopened, or contradicts itself.
"""

import argparse
from pathlib import Path

from pipelines.commands.folders import read_plans, rewrite, text_of
from pipelines.commands.review_status import as_json, as_junit, as_text, status_of
from pipelines.contracts.files import write_text
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Severity
from pipelines.contracts.problems import InputProblems, errors
from pipelines.rounds.merging import merged
from pipelines.rounds.reading import read_round

_LESSONS = "lessons/*/*/plan.md"


def add(parser: argparse.ArgumentParser) -> None:
    """Name the two verbs and what each of them takes."""
    verbs = parser.add_subparsers(dest="what", required=True)
    entering = verbs.add_parser("import", help="merge exported rounds into their plan")
    entering.add_argument("rounds", nargs="+", type=Path, metavar="FILE", help="Markdown or JSON")
    entering.add_argument("plan", type=Path, metavar="PLAN")
    entering.set_defaults(act=import_rounds)
    status = verbs.add_parser("status", help="what is open, reopened, contradicted")
    status.add_argument(
        "plans", nargs="*", type=Path, metavar="PLAN", help=f"file or folder; none: {_LESSONS}"
    )
    status.add_argument("--build", type=Path, help="also hold verified numbers against it")
    status.add_argument("--json", action="store_true", help="as JSON")
    status.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    status.add_argument(
        "--fail-on",
        type=Severity,
        choices=list(Severity),
        default=Severity.CRITICAL,
        help="the mildest severity whose open findings make the status 1 (default: critical)",
    )
    status.set_defaults(act=show_status)


def run(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    return int(args.act(args))


def import_rounds(args: argparse.Namespace) -> int:
    """Merge rounds one after the other, all or none."""
    text, _ = text_of(args.plan)
    for path in args.rounds:
        text = merged(text, str(args.plan), read_round(path))
    rewrite(args.plan, text)
    return 0


def show_status(args: argparse.Namespace) -> int:
    """Print what is open; fail if any of it must not be."""
    shelf = read_plans(args.plans or sorted(Path().glob(_LESSONS)) or [Path("lessons")])
    if unreadable := [one for one in errors(shelf.problems) if Path(one.file) not in shelf.plans]:
        raise InputProblems(unreadable)
    lessons = {path: plan for path, plan in shelf.plans.items() if isinstance(plan, LessonPlan)}
    found = [status_of(plan, path, args.build, args.fail_on) for path, plan in lessons.items()]
    print(as_json(found) if args.json else as_text(found))
    if args.junit:
        write_text(args.junit, as_junit(found))
    return 1 if any(one.stopping for one in found) else 0
