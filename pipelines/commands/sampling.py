"""Keep how many sampling seeds each picture system needs, in `lessons/<module>/sampling.json`.

BUILD is finished, of any preset that publishes. Of several builds, on other processors or of other
seeds, the most that any of them asks for counts.
"""

import argparse
import json
import sys
from pathlib import Path

from pipelines.commands.folders import read_plans
from pipelines.contracts.built_files import load_built
from pipelines.contracts.files import write_text
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import errors
from pipelines.contracts.sampling import NAME, SEEDS, SamplingSeeds
from pipelines.module.precision import drawn_systems, sampling_seeds

LEDGER = "ledger.json"


def add(parser: argparse.ArgumentParser) -> None:
    """Name the builds and where they were made."""
    parser.add_argument("builds", nargs="+", type=Path, metavar="BUILD")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")
    parser.add_argument("--made", required=True, help="from which builds, in words")


def run(args: argparse.Namespace) -> int:
    """Write how many seeds each system needs."""
    for build in args.builds:
        if not (build / LEDGER).is_file():
            print(f"{build}: no finished build: it has no {LEDGER}", file=sys.stderr)
            return 2
    shelf = read_plans(sorted(args.module.glob("*/plan.md")))
    if found := errors(shelf.problems):
        print(*found, sep="\n", file=sys.stderr)
        return 1
    plans = [plan for plan in shelf.plans.values() if isinstance(plan, LessonPlan)]
    ledgers = [load_built(build / LEDGER, Ledger) for build in args.builds]
    sampling = SamplingSeeds(made=args.made, seeds=enough_in_all(plans, ledgers))
    out = args.module / NAME
    write_text(out, json.dumps(sampling.model_dump(), indent=1, sort_keys=True) + "\n")
    print(_seeds_in_words(sampling, ledgers[0], out))
    return 0


def enough_in_all(plans: list[LessonPlan], ledgers: list[Ledger]) -> dict[str, int]:
    """Return system → seeds where fewer than all suffice by every ledger."""
    each = [sampling_seeds(plans, ledger) for ledger in ledgers]
    return {
        system: max(one[system] for one in each)
        for system in sorted(each[0])
        if all(system in one for one in each)
    }


def _seeds_in_words(sampling: SamplingSeeds, ledger: Ledger, out: Path) -> str:
    every = drawn_systems(ledger)
    drawn = sum(sampling.seeds.get(system, len(SEEDS)) for system in every)
    return f"{len(every)} systems, {drawn} of {len(SEEDS) * len(every)} seeds: {out}"
