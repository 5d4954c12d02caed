"""`schema`: JSON Schema of the typed plan that `parse --json` prints."""

import argparse
import json

from pipelines.any_plan import plan_adapter

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Print the schema: of a lesson, a module or a plain document."""
    found = plan_adapter().json_schema(mode="serialization")
    print(json.dumps({"$schema": DIALECT, "title": "Plan", **found}, indent=1, ensure_ascii=False))
    return 0
