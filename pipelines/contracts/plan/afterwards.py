"""What a plan tells of the lesson after it was built: records, revisions, fixes, widgets."""

from __future__ import annotations

from pydantic import Field

from pipelines.contracts.plan.base import Node
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.review import FixCheck
from pipelines.contracts.plan.tree import Blocks


class Built(Node):
    """`What Was Actually Built`, `Components Used`: an account of the finished lesson."""

    title: Spans
    level: int
    nodes: Blocks


class Revision(Node):
    """`Revision`, `Depth Changes After This Lesson`: what was changed in the plan, and when."""

    title: Spans
    level: int
    date: str = ""
    nodes: Blocks


class FixPass(Node):
    """`Fixes Applied — DATE (Post-Iteration 2)`, `Improvement Summary`: findings worked off."""

    title: Spans
    level: int
    date: str = ""
    iteration: int | None = None  # of the review whose findings were worked off
    checks: tuple[FixCheck, ...] = ()
    notes: Blocks = ()


class WidgetSpec(Node):
    """`Widget Specification: Name`: what an interactive picture shows and how it is used.

    Attributes:
        fields: The blocks under `**Label:**` and under sub-headings, by label as written.
        nodes: What stands before the first label.
    """

    title: Spans
    level: int
    name: str = ""
    fields: dict[str, Blocks] = Field(default_factory=dict)
    nodes: Blocks = ()
