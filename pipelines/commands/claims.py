"""`claims BUILD`: which claims of a module's plans hold by the numbers of a build.

Nothing is built: plans, and the rows that a build or an unpacked bundle holds, are all it needs.
The exit status is 1 if a claim is contradicted.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build, its module, and the form of what is said."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Print what became of each claim."""
    records = list(records_of(args.build, args.module))
    if args.json:
        print(json.dumps(records, indent=1, ensure_ascii=False))
    else:
        for record in records:
            margin = "" if record["margin"] is None else f" by {record['margin']:.1f}"
            print(f"{record['lesson']}:{record['id']}: {record['outcome']}{margin}")
        counts = Counter(record["outcome"] for record in records)
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
        print(f"{len(records)} claims: {told or 'none'}")
    return int(any(record["outcome"] == "contradicted" for record in records))


def records_of(build: Path, module: Path) -> Iterator[dict[str, Any]]:
    """Yield the record of each claim (`pages.claims_table.claim_records`), lesson by lesson."""
    from pipelines.commands.surroundings import Modules
    from pipelines.module.survey import quick_catalog
    from pipelines.pages.claims_table import claim_records
    from pipelines.publishing.page_inputs import ledger_at_hand, page_sources, read_lesson

    modules, ledger = Modules(quick_catalog), ledger_at_hand(build)
    for file in sorted(module.glob("*/plan.md")):
        plan, _ = read_lesson(file)
        facts, references, catalog = modules.around(plan, file)
        known = ledger.model_copy(update={"facts": ledger.facts | facts})
        sources = page_sources(plan, catalog, references, known, build / "draft" / plan.id)
        yield from claim_records(plan, sources)
