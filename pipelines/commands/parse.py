"""`parse PLAN`: the typed plan, or its counts."""

import argparse
import json
import sys
from pathlib import Path

from pipelines.any_plan import plan_adapter, read_text
from pipelines.commands.folders import text_of
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.problems import Problem, errors


def add(parser: argparse.ArgumentParser) -> None:
    """Name the plan, and what is printed of it."""
    parser.add_argument("plan", type=Path, metavar="PLAN")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all of it, as JSON")
    form.add_argument("--summary", action="store_true", help="what was counted, as one object")


def run(args: argparse.Namespace) -> int:
    """Print the plan; a summary holds the number of errors and succeeds with any."""
    _, text = text_of(args.plan)
    plan, problems = read_text(text, str(args.plan))
    if args.summary:
        from pipelines.commands.summary import summary

        print(json.dumps(summary(plan, problems, text), indent=1, ensure_ascii=False))
        return 0
    show(plan, whole=args.json)
    return report(problems)


def show(plan: AnyPlan, *, whole: bool) -> None:
    """Print the typed plan as JSON, or a few lines on what was read."""
    if whole:
        data = plan_adapter().dump_python(plan, mode="json")
        json.dump(data, sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        print(f"{plan.type} plan: {plan.title}")
        print(f"{len(plan.segments)} sections, {len(plan.guesses)} guesses; --json shows all")


def report(problems: list[Problem]) -> int:
    """Print problems; return 1 where one is an error."""
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if errors(problems) else 0
