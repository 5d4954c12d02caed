"""`repair PLAN…`: damaged text put right, shown as a diff; `--write` applies it."""

import argparse
from pathlib import Path

from pipelines.commands.folders import rewrite, text_of
from pipelines.planwriter.repair import difference, repair_text


def add(parser: argparse.ArgumentParser) -> None:
    """Name the plan, and whether it is rewritten."""
    parser.add_argument("plans", nargs="+", type=Path, metavar="PLAN")
    parser.add_argument("--write", action="store_true", help="apply it instead of showing it")


def run(args: argparse.Namespace) -> int:
    """Nothing is rewritten without `--write`; the status is 1 if a plan is damaged."""
    damaged = [path for path in args.plans if _mended(path, write=args.write)]
    return 1 if damaged and not args.write else 0


def _mended(path: Path, *, write: bool) -> bool:
    before, text = text_of(path)
    after = repair_text(text)
    if before == after:
        return False
    if write:
        rewrite(path, after)
    else:
        print(difference(before, after, str(path)))
    return True
