"""JSON Schema of the typed plan, for editors and for programs in other languages."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from pipelines.contracts.plan import AnyPlan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema of what `parse --json` prints: a lesson, a module or a plain document."""
    found = TypeAdapter[Any](AnyPlan).json_schema(mode="serialization")
    return {"$schema": DIALECT, "title": "Plan", **found}
