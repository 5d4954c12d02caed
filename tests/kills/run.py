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
    faults = 0
    for kind in args.kind:
        with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
            place = (args.folder or Path(temporary)).resolve() / kind
            place.mkdir(parents=True)
            campaign = Campaign(place, kind, args.seed, tuple(args.words) or LOCAL)
            told_of = 0
            for result in campaign.rounds(args.count):
                print(*result.faults[told_of:], sep="\n")
                told_of = len(result.faults)
                told = f"{result.kills.total()} kills, {result.rounds} builds after them"
                print(f"{kind}: {told}, {len(result.faults)} faults", flush=True)
        print(*(f"| {kind} | {at} | {n} |" for at, n in result.kills.most_common()), sep="\n")
        faults += len(result.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
