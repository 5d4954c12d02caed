"""Read, check and render one lesson's plan: its page, and what reviewers and teachers get."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.files import write_folder, write_json, write_text
from pipelines.module.catalog import read_catalog
from pipelines.module.sources import load_references
from pipelines.pages.claims_table import claim_records
from pipelines.pages.render import render_pages
from pipelines.pages.report import report_files
from pipelines.planlint.check_claims import check_claims
from pipelines.publishing.page_inputs import (
    lint_problems,
    made_here,
    page_sources,
    read_lesson,
    timed_ledger,
)
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--references", type=Path, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--timings", type=Path, nargs="*", default=[])
    parser.add_argument("--trainings", type=Path, nargs="*", default=[])
    parser.add_argument("--machines", type=Path, nargs="*", default=[], help="of what it shows")
    parser.add_argument("--reference", type=Path, nargs="*", default=[], help="at most one")
    parser.add_argument("--pages", type=Path, nargs="+", required=True, help="by their names")
    parser.add_argument("--card", type=Path, required=True, help="what the index shows of it")
    parser.add_argument("--claims", type=Path, required=True, help="what became of each claim")
    parser.add_argument("--reviewed", type=Path, required=True, help="its review as data")
    parser.add_argument("--strict", action="store_true", help="a claim that turned is an error")
    parser.add_argument("--report", type=Path, required=True, help="folder for Snakemake's report")
    args = parser.parse_args()
    plan, problems = read_lesson(args.plan)
    catalog, references = read_catalog(args.module.parent), load_references(args.references)
    ledger = timed_ledger(args.ledger, args.timings, args.trainings)
    sources = page_sources(plan, catalog, references, ledger, args.card.parent)
    records = claim_records(plan, sources)
    sources = made_here(sources, args.machines, args.reference, records)
    problems += lint_problems(plan, catalog, ledger, references)
    made = render_pages(plan, sources, problems + check_claims(plan, ledger, args.strict))
    for file in args.pages:
        write_text(file, made.pages[file.stem])
    write_json(args.card, made.card)
    write_json(args.claims, records)
    write_json(args.reviewed, made.reviewed)
    write_folder(args.report, report_files(plan, sources))


if __name__ == "__main__":
    main()
