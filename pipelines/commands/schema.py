"""`schema`: JSON Schema of the typed plan that `parse --json` prints."""

from __future__ import annotations

import argparse
import json

from pipelines.plan.schema import schema


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Print the JSON Schema of typed plans."""
    print(json.dumps(schema(), indent=1, ensure_ascii=False))
    return 0
