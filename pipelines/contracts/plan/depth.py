"""How well a concept is known."""

from __future__ import annotations

from enum import StrEnum

from pipelines.contracts.plan.base import Model


class DepthLevel(StrEnum):
    """How well a concept is known, in rising order."""

    MISSING = "missing"
    MENTIONED = "mentioned"
    INTRODUCED = "introduced"
    DEVELOPED = "developed"
    APPLIED = "applied"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 (missing) … 4 (applied); unknown is -1."""
        order = ["missing", "mentioned", "introduced", "developed", "applied"]
        return order.index(self.value) if self.value in order else -1


class Depth(Model):
    """A depth as written; `second` of `DEVELOPED -> APPLIED` and `DEVELOPED/INTRODUCED`."""

    level: DepthLevel
    second: DepthLevel | None = None
    note: str = ""
    raw: str
