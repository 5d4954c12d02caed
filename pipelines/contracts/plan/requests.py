"""What a plan asks of the build: figures, tables, claims that it checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pipelines.contracts.plan.base import Node
from pipelines.contracts.plan.inline import Spans

if TYPE_CHECKING:
    from pipelines.contracts.plan.tree import Block


class FigureRequest(Node):
    """`{figure} name`: a picture drawn from measured data, with its data table."""

    type: Literal["figure"] = "figure"
    id: str
    figure: str
    options: dict[str, str] = Field(default_factory=dict)
    caption: Spans = ()


class TableRequest(Node):
    """`{table} name`: a table made from the ledger."""

    type: Literal["table_request"] = "table_request"
    id: str
    table: str
    options: dict[str, str] = Field(default_factory=dict)
    caption: Spans = ()


class Listing(Node):
    """`{listing} name`: a program beside the plan, `listings/<name>.py`, which the build runs.

    Attributes:
        models: Repository that the program names → model of the build that stands in for it.
    """

    type: Literal["listing"] = "listing"
    id: str
    models: dict[str, str] = Field(default_factory=dict)
    caption: Spans = ()


class Claim(Node):
    """A sentence that the build checks: `check` is an expression over ledger keys.

    Attributes:
        holds: Whether the plan says that the check holds.
        fails: What the plan says does not hold, where the rest does: the claim holds partly.
        short: The sentence in a phrase, for tables of claims.
        freed: Codes of what the lint shall not say of it; `freed_because` is shown to reviewers.
    """

    type: Literal["claim"] = "claim"
    id: str
    check: str
    holds: bool = True
    fails: str = ""
    short: Spans = ()
    because: Spans = ()
    freed: tuple[str, ...] = ()
    freed_because: Spans = ()
    nodes: tuple[Block, ...]
