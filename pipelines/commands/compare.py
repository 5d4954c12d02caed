"""`compare BUILD BUILD`: what differs between two builds, timings aside.

A manifest is believed only where the files are what it says.
"""

import argparse
from pathlib import Path

from pipelines.contracts.files import read_json
from pipelines.manifest import Manifest, altered, differences


def add(parser: argparse.ArgumentParser) -> None:
    """Name the two builds."""
    parser.add_argument("builds", nargs=2, type=Path, metavar="BUILD")


def run(args: argparse.Namespace) -> int:
    """Print what differs; return 1 where something does."""
    one, other = (
        Manifest.model_validate(read_json(build / "manifest.json")) for build in args.builds
    )
    edited = [
        f"{build / name}"
        for build, manifest in zip(args.builds, (one, other), strict=True)
        for name in altered(manifest, build)
    ]
    for name in edited:
        print(f"not what its manifest says: {name}")
    names = differences(one, other)
    for name in names:
        print(f"differs: {name}")
    print(f"{len(one.products)} products compared, {len(names)} differ (timings aside)")
    return 1 if names or edited else 0
