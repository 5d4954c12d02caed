"""`bundle BUILD`: the build as one archive for independent review.

It holds pages, measurements, plans, experiments, the lock, SHA256SUMS and RO-Crate metadata.
"""

import argparse
import sys
from pathlib import Path

from pipelines.contracts.problems import InputProblems, Problem


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build, its module, and the archive."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")


def run(args: argparse.Namespace) -> int:
    """Write the archive, unless the build is not what it recorded of itself."""
    from pipelines.module.catalog import read_module
    from pipelines.publishing.bundle import write_bundle
    from pipelines.publishing.recorded import not_as_recorded
    from pipelines.verification.evidence import NoEvidence, evidence_of

    try:
        evidence = evidence_of(args.build)
        faults = not_as_recorded(args.build)
    except NoEvidence as lack:
        print(lack, file=sys.stderr)
        return 2
    if faults:
        print(*(f"{args.build}: error: {fault}" for fault in faults), sep="\n", file=sys.stderr)
        print("    remedy: build again; what was edited is made anew", file=sys.stderr)
        return 1
    problems: list[Problem] = []
    plan = read_module(args.module / "module.md", problems)
    if plan is None:
        raise InputProblems(problems)
    title = plan.title
    count = write_bundle(args.out, args.build, args.module, title, evidence)
    print(f"{count} files, {args.out.stat().st_size / 1e6:.1f} MB: {args.out}")
    return 0
