"""`render PLAN`: all pages of one plan, with the measurements at hand."""

import argparse
from dataclasses import replace
from pathlib import Path

from pipelines.commands.surroundings import Modules
from pipelines.contracts.files import write_text
from pipelines.contracts.problems import InputProblems, errors
from pipelines.module.survey import quick_catalog
from pipelines.pages.environment import STATIC
from pipelines.pages.render import render_anyhow
from pipelines.plan.meta import UNFIT
from pipelines.planlint.check_claims import check_claims
from pipelines.publishing.drawings import copy_drawings
from pipelines.publishing.page_inputs import (
    ledger_at_hand,
    lint_problems,
    page_sources,
    read_lesson,
    today,
)


def add(parser: argparse.ArgumentParser) -> None:
    """Name the plan, the folder of the pages, and the build."""
    parser.add_argument("plan", type=Path, metavar="PLAN")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--build", type=Path, default=Path("build"), help="where measurements are")


def run(args: argparse.Namespace) -> int:
    """Write the pages of a plan and print the places of those to begin with."""
    plan, problems = read_lesson(args.plan)
    if unfit := [problem for problem in problems if problem.code == UNFIT]:
        raise InputProblems(unfit)  # the slug names the folder that is written to
    facts, references, catalog = Modules(quick_catalog).around(plan, args.plan)
    ledger = ledger_at_hand(args.build)
    ledger = ledger.model_copy(update={"facts": ledger.facts | facts})
    draft = args.build / "draft" / plan.id
    made_from = page_sources(plan, catalog, references, ledger, draft)
    sources = replace(made_from, strict=False, date=today())
    problems += lint_problems(plan, catalog, ledger, references) + check_claims(plan, ledger)
    folder = args.out / plan.id
    for name, text in render_anyhow(plan, sources, problems).pages.items():
        write_text(folder / f"{name}.html", text)
    for file in STATIC.iterdir():
        write_text(args.out / "static" / file.name, file.read_text(encoding="utf-8"))
    if made_from.figures:
        copy_drawings(made_from.figures, draft / "figures", folder / "figures")
    print(f"{len(errors(problems))} error(s), {len(plan.guesses)} guess(es): see the review page")
    print(folder / "index.html", folder / "review.html", sep="\n")
    return 0
