"""`measured-lessons`: lint, parse and render plans, compare builds."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from pipelines.contracts.files import read_json, write_text
from pipelines.contracts.measurement import Fact
from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.contracts.references import Reference
from pipelines.manifest import Manifest, differences
from pipelines.pages.render import render_lesson, render_review
from pipelines.plan.catalog import Catalog, read_catalog
from pipelines.plan.reader import read_plan
from pipelines.plan.sources import load_facts, load_references
from pipelines.stages.index import STYLE
from pipelines.stages.materials import (
    EMPTY,
    ledger_at_hand,
    lint_problems,
    page_sources,
)
from pipelines.stages.render import no_lesson


def lint(args: argparse.Namespace) -> int:
    """Print the problems of each plan; fail if any of them is an error."""
    found: list[Problem] = []
    for path in args.plans:
        try:
            plan, problems = read_plan(path)
            found += [*problems, *content_problems(plan, path)]
        except InputProblems as problems:
            found += problems.problems
    for problem in sorted(set(found)):
        print(problem)
    stopping = len(errors(found))
    print(f"{len(args.plans)} plan(s): {stopping} error(s), {len(found) - stopping} warning(s)")
    return 1 if stopping else 0


def content_problems(plan: AnyPlan, path: Path) -> list[Problem]:
    """Return what the lint finds in a plan, with the sources and experiments of its module."""
    facts, references, catalog = module_of(plan, path)
    return lint_problems(plan, catalog, EMPTY.model_copy(update={"facts": facts}), references)


Module = tuple[dict[str, Fact], dict[str, Reference], Catalog]


def module_of(plan: AnyPlan, path: Path) -> Module:
    """Return facts, references and catalog of the module that a plan lies in, perhaps none."""
    folder = path.resolve().parent.parent
    if not (folder / "module.md").is_file():
        nowhere = ModulePlan.model_validate(
            {
                **plan.model_dump(include={"file", "title", "title_spans", "meta"}),
                "id": "",
                "segments": (),
            }
        )
        return {}, {}, Catalog(nowhere, {}, {})
    return (
        load_facts(folder / "facts.yaml"),
        load_references(folder / "references.bib"),
        read_catalog(folder),
    )


def parse(args: argparse.Namespace) -> int:
    """Print the typed plan as JSON, or a few lines on what was read."""
    plan, problems = read_plan(args.plan)
    if args.json:
        json.dump(plan.model_dump(mode="json"), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        print(f"{plan.type} plan: {plan.title}")
        print(f"{len(plan.segments)} sections, {len(plan.guesses)} guesses; --json shows all")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if errors(problems) else 0


def render(args: argparse.Namespace) -> int:
    """Write page and review of one plan with the measurements at hand."""
    plan, problems = read_plan(args.plan)
    if not isinstance(plan, LessonPlan):
        raise InputProblems([no_lesson(args.plan)])
    facts, references, catalog = module_of(plan, args.plan)
    ledger = ledger_at_hand(args.build)
    ledger = ledger.model_copy(update={"facts": ledger.facts | facts})
    drawings = args.build / "draft" / plan.id / "figures"
    sources = replace(page_sources(plan, catalog, references, ledger, drawings), strict=False)
    problems += lint_problems(plan, catalog, ledger, references)
    folder = args.out / plan.id
    write_text(folder / "index.html", render_lesson(plan, sources))
    write_text(folder / "review.html", render_review(plan, sources, problems))
    write_text(args.out / "static" / "lessons.css", STYLE.read_text(encoding="utf-8"))
    if drawings.is_dir():
        shutil.copytree(drawings, folder / "figures", dirs_exist_ok=True)
    print(f"{len(errors(problems))} error(s), {len(plan.guesses)} guess(es): see the review page")
    print(folder / "index.html", folder / "review.html", sep="\n")
    return 0


def compare(args: argparse.Namespace) -> int:
    """Print what differs between two builds, timings aside."""
    one, other = (
        Manifest.model_validate(read_json(build / "manifest.json")) for build in args.builds
    )
    names = differences(one, other)
    for name in names:
        print(f"differs: {name}")
    print(f"{len(one.products)} products compared, {len(names)} differ (timings aside)")
    return 1 if names else 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="measured-lessons", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)

    verb = verbs.add_parser("lint", help="problems, with file, line and remedy")
    verb.add_argument("plans", nargs="+", type=Path, metavar="PLAN")
    verb.set_defaults(run=lint)

    verb = verbs.add_parser("parse", help="the typed plan")
    verb.add_argument("plan", type=Path, metavar="PLAN")
    verb.add_argument("--json", action="store_true", help="all of it, as JSON")
    verb.set_defaults(run=parse)

    verb = verbs.add_parser("render", help="page and review of one plan")
    verb.add_argument("plan", type=Path, metavar="PLAN")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR")
    verb.add_argument("--build", type=Path, default=Path("build"), help="where measurements are")
    verb.set_defaults(run=render)

    verb = verbs.add_parser("compare", help="do two builds differ, timings aside?")
    verb.add_argument("builds", nargs=2, type=Path, metavar="BUILD")
    verb.set_defaults(run=compare)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one verb; return the exit status: 0 good, 1 problems, 2 wrong usage."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"{error.filename}: no such file", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
