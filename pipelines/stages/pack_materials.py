"""Pack what students need for the exercises of a lesson: notebooks, modules, models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.contracts.files import written_aside
from pipelines.exercises.materials import TooLarge, gathered, pack
from pipelines.stages import named_paths, reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson")
    parser.add_argument("--notebooks", type=Path, nargs="+", required=True)
    parser.add_argument("--support", type=Path, nargs="*", default=[])
    parser.add_argument("--model", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--materials", type=Path, required=True)
    args = parser.parse_args()
    notebooks = {file.parent.name: file for file in args.notebooks}
    try:
        packed = pack(args.lesson, gathered(notebooks, args.support, named_paths(args.model)))
    except TooLarge as reason:
        sys.exit(f"{args.materials}: error: {reason}")
    with written_aside(args.materials) as temporary:
        temporary.write_bytes(packed)


if __name__ == "__main__":
    main()
