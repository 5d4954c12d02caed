"""The union of all blocks, and the way through a tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from pipelines.contracts.plan import blocks, practice, requests
from pipelines.contracts.plan.base import Model
from pipelines.contracts.plan.blocks import (
    Callout,
    Card,
    Cards,
    Chooser,
    Code,
    Comparison,
    Formula,
    List,
    Misbelief,
    Paragraph,
    Quote,
    Rule,
    Subheading,
    Table,
    Unknown,
)
from pipelines.contracts.plan.practice import Exercise, Question
from pipelines.contracts.plan.requests import Claim, FigureRequest, Listing, TableRequest

Block = Annotated[
    Paragraph
    | Subheading
    | List
    | Table
    | Comparison
    | Chooser
    | Code
    | Formula
    | Quote
    | Rule
    | Card
    | Cards
    | Callout
    | Misbelief
    | Question
    | Exercise
    | FigureRequest
    | TableRequest
    | Listing
    | Claim
    | Unknown,
    Field(discriminator="type"),
]
Blocks = tuple[Block, ...]

# Blocks hold blocks: when a record is first used, its field types are looked up where it stands.
for _module in (blocks, practice, requests):
    vars(_module)["Block"] = Block


def walk(value: object) -> Iterator[Model]:
    """Yield every model inside `value` (a model, tuple or dict), in the order of the document."""
    if isinstance(value, Model):
        yield value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from walk(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from walk(part)
