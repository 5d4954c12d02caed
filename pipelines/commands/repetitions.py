"""Keep what repeated trainings measured, in `lessons/<module>/repetitions.json`.

BUILD is one of preset `repeats`, which trains everything several times. Of builds given with
`--beside`, on another processor say, the first training of each row is added.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.contracts.files import read_json, write_text
from pipelines.contracts.measurement import Measurement, Measurements
from pipelines.contracts.repetitions import ENOUGH, Repetitions


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("build", type=Path, metavar="BUILD", nargs="+")
    parser.add_argument("--beside", type=Path, action="append", default=[], metavar="BUILD")
    parser.add_argument("--as", dest="names", action="append", default=[], metavar="NAME")
    parser.add_argument("--made", required=True, help="when and on what, in words")
    parser.add_argument("--out", type=Path, required=True)


def run(args: argparse.Namespace) -> int:
    repeated = {row.key: row for build in args.build for row in _rows(build)}
    beside = [{row.key: row for row in _rows(build)} for build in args.beside]
    rows = {
        key: (*row.trainings[:ENOUGH], *(other[key].trainings[0] for other in beside))
        for key, row in sorted(repeated.items())
        if len(row.trainings) >= ENOUGH and all(key in other for other in beside)
    }
    names = (*(f"seed {k}" for k in range(ENOUGH)), *(f"seed 0, {name}" for name in args.names))
    write_text(args.out, _text(Repetitions(made=args.made, trainings=names, rows=rows)))
    print(f"{len(rows)} rows of {len(names)} trainings each: {args.out}")
    return 0


def _rows(build: Path) -> Iterator[Measurement]:
    """Yield the rows of a build that depend on a training and are more than one example."""
    for path in sorted((build / "measurements").glob("*.json")):
        for row in Measurements(read_json(path)).root:
            if row.trainings and not row.no_spread:
                yield row


def _text(found: Repetitions) -> str:
    """Return one line a row, six digits a value: a file to be kept in a repository."""
    head = json.dumps({"made": found.made, "trainings": found.trainings}, indent=1)
    lines = [
        f"  {json.dumps(key)}: [{', '.join(f'{value:.6g}' for value in values)}]"
        for key, values in found.rows.items()
    ]
    return head[: head.rindex("\n")] + ',\n "rows": {\n' + ",\n".join(lines) + "\n }\n}\n"
