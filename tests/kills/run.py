"""Kill builds of a tiny module at random times, and see that nothing is lost: `make kills`.

    python tests/kills/run.py [--kind KIND …] [--count 50] [--seed 1] [-- WORDS OF SNAKEMAKE]

Words after `--` take the place of `--cores 1`, such as those that name a cluster. Prints what was
at work when it was killed, and what was not as in an undisturbed build; status 1 if anything was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from campaign import KINDS, LOCAL, Campaign


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kind", nargs="+", choices=KINDS, default=[kind for kind in KINDS if kind != "any"]
    )
    parser.add_argument("--count", type=int, default=50, help="kills of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to build; kept (default: a temporary)")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    return 1 if sum(faults_of(kind, args) for kind in args.kind) else 0


def faults_of(kind: str, args: argparse.Namespace) -> int:
    """Run the campaign of a kind; tell of each round, and at the end what had been at work."""
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        place = (args.folder or Path(temporary)).resolve() / kind
        place.mkdir(parents=True)
        campaign = Campaign(place, kind, args.seed, tuple(args.words) or LOCAL)
        result = campaign.result
        try:
            for faults in campaign.rounds(args.count):
                told = f"{result.kills.total()} kills, {result.rounds} builds after them"
                print(
                    f"{kind}: {told}, {len(result.faults)} faults", *faults, sep="\n", flush=True
                )
        except KeyboardInterrupt:
            print("interrupted")
        for at, number in result.kills.most_common():
            print(f"| {kind} | {at} | {number} |")
        return len(result.faults)


if __name__ == "__main__":
    sys.exit(main())
