"""Run an exercise from end to end, with every known-wrong solution, and keep what came of it.

Only tracked files are ever run: see docs/decisions/0009-listings.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.exercise import ExerciseClock
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_json
from pipelines.contracts.problems import InputProblems
from pipelines.exercises.executing import execute_exercise
from pipelines.exercises.quoting import read_measured
from pipelines.exercises.source import load_exercise
from pipelines.stages import named_paths, reported

_FEW = 90  # seconds: where networks have learnt nothing an exercise fails, but always in one place


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--preset", required=True)
    parser.add_argument("--support", type=Path, nargs="*", default=[], help="what it imports")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--measurements", type=Path, nargs="*", default=[])
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--timing", type=Path, required=True)
    args = parser.parse_args()
    source, measured = load_exercise(args.source), read_measured(args.measurements)
    published = PRESETS[args.preset].publish
    if not published:
        source = source.within(_FEW)
    models = named_paths(args.model)
    run, seconds, problems = execute_exercise(source, measured, args.support, models)
    if problems and published:
        raise InputProblems(problems)
    for problem in problems:
        print(problem)
    write_json(args.result, run)
    write_json(args.timing, ExerciseClock(seconds=seconds))


if __name__ == "__main__":
    main()
