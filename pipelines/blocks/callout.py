"""Titled boxes, in the text or at its side: `:::{insight}`, `:::{warning}`, …"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import flag_option, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class CalloutKind(StrEnum):
    """What a callout is for: the name of its directive."""

    INSIGHT = "insight"
    WARNING = "warning"
    TIP = "tip"
    TRY_THIS = "try-this"
    CONCEPT = "concept"
    CONSTRAINT = "constraint"
    PHASE = "phase"
    SUMMARY = "summary"
    NEXT_STEP = "next-step"
    MODULE_COMPLETE = "module-complete"
    NOTE = "note"


class Callout(Block):
    """InsightBlock, WarningBlock, …: a titled box, perhaps at the side."""

    type: Literal["callout"] = "callout"
    kind: CalloutKind
    title: Spans = ()
    aside: bool = False
    nodes: Blocks


def read_callout(reading: Reading, raw: Raw) -> Callout:
    """Read a title and what the box holds."""
    return Callout(
        src=reading.src(raw.line, raw.end),
        kind=CalloutKind(raw.name),
        title=reading.spans(raw.text, raw.line),
        aside=flag_option(reading, raw, "aside", default=False),
        nodes=typed(reading, raw.children),
    )


def write_callout(writer: BlockWriter, block: Callout) -> Lines:
    """Write the box."""
    aside = {"aside": ""} if block.aside else {}
    return writer.directive(block.kind.value, block.title, aside, writer.blocks(block.nodes))


CALLOUT = BlockKind(
    Callout,
    read_callout,
    write_callout,
    """\
:::{tip} At the side
:aside:

Text.
:::""",
    options=("aside",),
    names=tuple(kind.value for kind in CalloutKind),
)
