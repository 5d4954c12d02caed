"""`:::{listing} name`: a program beside the plan, which the build runs."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockPage, BlockWriter, Lines
from pipelines.contracts.blocks import Block
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import bad_option, flattened, identifier, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_STAND_IN = re.compile(r"(?P<repository>[\w./-]+)\s*=\s*(?P<experiment>[a-z0-9-]+)")


class Listing(Block):
    """`{listing} name`: a program beside the plan, `listings/<name>.py`, which the build runs.

    Attributes:
        models: Repository that the program names → model of the build that stands in for it.
    """

    type: Literal["listing"] = "listing"
    id: str
    models: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


def read_listing(reading: Reading, raw: Raw) -> Listing:
    """Read the program's name, and from its options `repository = experiment, …`."""
    written = raw.options.get("models", "")
    pairs = [_STAND_IN.fullmatch(part.strip()) for part in written.split(",")]
    models = {pair["repository"]: pair["experiment"] for pair in pairs if pair}
    if written and len(models) < len(pairs):
        bad_option(reading, raw, "models", "`:models: repository = experiment, …`")
    return Listing(
        src=reading.src(raw.line, raw.end),
        id=identifier(reading, raw, raw.text),
        models=models,
        caption=flattened(typed(reading, raw.children)),
    )


def write_listing(writer: BlockWriter, block: Listing) -> Lines:
    """Write the request."""
    pairs = ", ".join(f"{repository} = {name}" for repository, name in block.models.items())
    models = {"models": pairs} if pairs else {}
    return writer.directive("listing", block.id, models, writer.paragraph(block.caption))


def view_listing(page: BlockPage, block: Listing) -> dict[str, Any]:
    """Find what came of the program."""
    ran = page.executed(block)
    html = page.highlighted(ran.code, "python") if ran else ""
    return {"ran": ran, "titles": page.experiment_titles(), "html": html}


LISTING = BlockKind(
    Listing,
    read_listing,
    write_listing,
    """\
:::{listing} program
:models: latent-consistency/lcm = base

A caption.
:::""",
    view_listing,
    options=("models",),
)
