"""What a plan says, held against what the build knows and against the rules of good planning."""

from pipelines.plan.lint.rules import lint

__all__ = ["lint"]
