"""Make the one page of published checkpoints: their pictures, row by row, and their seconds."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.files import write_text
from pipelines.publishing.checkpoint_page import checkpoint_page, write_strips
from pipelines.publishing.front_page import write_static
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--samples", type=Path, nargs="+", required=True)
    parser.add_argument("--measurements", type=Path, nargs="+", required=True)
    parser.add_argument("--timings", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--static", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    checkpoints = [load_checkpoint(path) for path in args.checkpoints]
    write_strips(args.pictures, checkpoints, args.samples)
    write_text(args.page, checkpoint_page(checkpoints, args.measurements, args.timings))
    write_static(args.static)


if __name__ == "__main__":
    main()
