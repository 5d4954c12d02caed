"""Gather a build's quality rows and the cited facts into the ledger."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import read_json, write_json
from pipelines.contracts.measurement import Ledger, Measurements
from pipelines.contracts.repetitions import Repetitions, load_repetitions, with_repetitions
from pipelines.module.sources import load_facts
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--measurements", nargs="*", type=Path, required=True)
    parser.add_argument("--repetitions", nargs="*", type=Path, default=[], help="one or none")
    parser.add_argument("--lender", action="append", default=[], metavar="EXPERIMENT=OTHER")
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    args = parser.parse_args()
    measured = [row for path in args.measurements for row in Measurements(read_json(path)).root]
    lenders = dict(flag.split("=") for flag in args.lender)
    repeated = [group for path in args.repetitions for group in load_repetitions(path).root]
    repetitions = Repetitions(tuple(repeated))
    rows = with_repetitions(measured, repetitions, lenders)
    ledger = Ledger(
        preset=args.preset,
        publish=PRESETS[args.preset].publish,
        measurements={row.key: row for row in rows},
        facts=load_facts(args.facts),
        repetitions=repetitions.made,
    )
    if len(ledger.measurements) < len(rows):
        raise ValueError("two rows have the same key: two experiments of one name?")
    write_json(args.ledger, ledger)


if __name__ == "__main__":
    main()
