"""Keep what repeated trainings measured, in `lessons/<module>/repetitions.json`.

BUILD is one of preset `repeats`, which trains everything several times. Of builds given with
`--beside`, of another seed or on another processor, the first training of each row joins. With
`--add` the rows stand beside those of an earlier time.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pipelines.contracts.built_files import load_built
from pipelines.contracts.files import write_text
from pipelines.contracts.measurement import Measurement, Measurements
from pipelines.contracts.repetitions import ENOUGH, NONE, Group, Repetitions, load_repetitions


def add(parser: argparse.ArgumentParser) -> None:
    """Name the builds, the file, and where they were made."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--beside", type=Path, action="append", default=[], metavar="BUILD")
    parser.add_argument("--as", dest="names", action="append", default=[], metavar="NAME")
    parser.add_argument("--made", required=True, help="when and on what, in words")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--add", action="store_true", help="keep what the file holds already")


def run(args: argparse.Namespace) -> int:
    """Write what the trainings of the builds measured."""
    if problem := _wrong_arguments(args):
        print(problem, file=sys.stderr)
        return 2
    beside = [{row.key: row for row in _rows(build)} for build in args.beside]
    wanted = ENOUGH - len(beside)
    rows = {
        row.key: (*row.trainings[:wanted], *(other[row.key].trainings[0] for other in beside))
        for row in _rows(args.build)
        if len(row.trainings) >= wanted and all(row.key in other for other in beside)
    }
    names = (*(f"seed {k}" for k in range(wanted)), *args.names)
    if not rows:
        lack = f"{args.build}: no row of {wanted} trainings; build with preset=repeats"
        print(lack, file=sys.stderr)
        return 1
    group = Group(made=args.made, trainings=names, rows=dict(sorted(rows.items())))
    earlier = load_repetitions(args.out) if args.add else NONE
    write_text(args.out, _text(Repetitions((*earlier.root, group))))
    print(f"{len(rows)} rows of {len(names)} trainings each: {args.out}")
    return 0


def _wrong_arguments(args: argparse.Namespace) -> str:
    """Return what is wrong with the arguments, if anything."""
    builds = [args.build, *args.beside]
    missing = [str(one) for one in builds if not (one / "measurements").is_dir()]
    if missing:
        return f"{missing[0]}: no build: it has no folder `measurements`"
    if len({one.resolve() for one in builds}) < len(builds):
        return "a build is named twice: its trainings would be counted twice"
    if len(args.names) != len(args.beside):
        return "give each `--beside` a name of its own with `--as`"
    if len(args.beside) >= ENOUGH:
        return f"at most {ENOUGH - 1} builds beside: of each only one training joins"
    if args.add and any(one.made == args.made for one in load_repetitions(args.out).root):
        return "`--made` says when and on what; another group of the file says the same"
    return ""


def _rows(build: Path) -> Iterator[Measurement]:
    """Yield the rows of a build that depend on a training and are more than one example."""
    for path in sorted((build / "measurements").glob("*.json")):
        for row in load_built(path, Measurements).root:
            if row.trainings and not row.no_spread:
                yield row


def _text(found: Repetitions) -> str:
    """Return one line a row, six digits a value: a file to be kept in a repository."""
    return "[\n" + ",\n".join(map(_group, found.root)) + "\n]\n"


def _group(group: Group) -> str:
    lines = [
        f"  {json.dumps(key)}: [{', '.join(f'{value:.6g}' for value in values)}]"
        for key, values in group.rows.items()
    ]
    made, trainings = json.dumps(group.made), json.dumps(group.trainings)
    head = f'{{"made": {made},\n "trainings": {trainings},\n "rows": {{\n'
    return head + ",\n".join(lines) + "\n }}"
