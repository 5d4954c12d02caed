"""Run a program that a lesson shows, with models of the build in place of published ones.

Only tracked files are ever run: see docs/decisions/0009-listings.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.files import write_json
from pipelines.evaluation.programs import executed
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listing", type=Path)
    parser.add_argument("--model", action="append", default=[], metavar="REPOSITORY=FOLDER")
    parser.add_argument("--result", type=Path, required=True)
    args = parser.parse_args()
    pairs = (flag.partition("=") for flag in args.model)
    models = {repository: Path(folder) for repository, _, folder in pairs}
    write_json(args.result, executed(args.listing, models))


if __name__ == "__main__":
    main()
