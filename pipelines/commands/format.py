"""`format PLAN`: the plan in normal form, with nothing left to guess."""

import argparse
import sys
from pathlib import Path

from pipelines.commands.folders import rewrite, text_of
from pipelines.planwriter.format import format_text


def add(parser: argparse.ArgumentParser) -> None:
    """Name the plan, and whether it is rewritten."""
    parser.add_argument("plan", type=Path, metavar="PLAN")
    parser.add_argument("--write", action="store_true", help="into the plan, not to the output")


def run(args: argparse.Namespace) -> int:
    """Print the plan in normal form, or write it."""
    before, text = text_of(args.plan)
    after = format_text(text, str(args.plan))
    if not args.write:
        sys.stdout.write(after)
    elif after != before:
        rewrite(args.plan, after)
    return 0
