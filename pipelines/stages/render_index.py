"""Render the module's index and put the stylesheet and the scripts beside it."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.card import load_card
from pipelines.contracts.files import write_text
from pipelines.module.catalog import read_catalog
from pipelines.module.sources import load_glossary, load_references
from pipelines.pages.index import Shown, render_index
from pipelines.pages.sources import Sources
from pipelines.publishing.front_page import write_static
from pipelines.publishing.page_inputs import lesson_plans, module_info, timed_ledger, today
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", type=Path, help="the module plan")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--timings", type=Path, nargs="*", default=[])
    parser.add_argument("--glossary", type=Path, help="may be missing")
    parser.add_argument("--references", type=Path, required=True)
    parser.add_argument("--cards", type=Path, nargs="*", default=[], help="of its lessons")
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--static", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    catalog = read_catalog(args.module.parent)
    ledger = timed_ledger(args.ledger, args.timings)
    references = load_references(args.references)
    glossary = load_glossary(args.glossary, references) if args.glossary else ()
    sources = Sources(
        ledger=ledger,
        module=module_info(catalog),
        references=references,
        glossary=glossary,
        date=today(),
    )
    cards = {file.parent.name: load_card(file) for file in args.cards}
    shown = Shown(lesson_plans(catalog), cards=cards)
    write_text(args.page, render_index(catalog.module, shown, sources))
    write_static(args.static)


if __name__ == "__main__":
    main()
