"""`compare BUILD BUILD`: what differs between two builds, timings aside."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.files import read_json
from pipelines.manifest import Manifest, differences


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("builds", nargs=2, type=Path, metavar="BUILD")


def run(args: argparse.Namespace) -> int:
    one, other = (
        Manifest.model_validate(read_json(build / "manifest.json")) for build in args.builds
    )
    names = differences(one, other)
    for name in names:
        print(f"differs: {name}")
    print(f"{len(one.products)} products compared, {len(names)} differ (timings aside)")
    return 1 if names else 0
