"""`:::{figure} name`: a picture drawn from measured data."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import flattened, identifier, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class FigureRequest(Block):
    """`{figure} name`: a picture drawn from measured data, with its data table."""

    type: Literal["figure"] = "figure"
    id: str
    figure: str
    options: dict[str, str] = field(default_factory=dict)
    caption: Spans = ()


def read_figure_request(reading: Reading, raw: Raw) -> FigureRequest:
    """Read the figure's name, its options and its caption."""
    name = identifier(reading, raw, raw.text)
    return FigureRequest(figure=name, **read_request(reading, raw, name))


def read_request(reading: Reading, raw: Raw, name: str) -> dict[str, Any]:
    """Return what figures and tables have in common; the id is their name where none is given."""
    return {
        "src": reading.src(raw.line, raw.end),
        "id": identifier(reading, raw, raw.options.get("id", name)),
        "options": {key: value for key, value in raw.options.items() if key != "id"},
        "caption": flattened(typed(reading, raw.children)),
    }


def write_figure_request(writer: BlockWriter, block: FigureRequest) -> Lines:
    """Write the request."""
    return write_request(writer, "figure", block.figure, block)


def write_request(writer: BlockWriter, directive: str, asked: str, block: Any) -> Lines:
    """Write what figures and tables have in common, as `read_request` reads it."""
    named = {} if block.id == asked else {"id": block.id}
    return writer.directive(
        directive, asked, named | block.options, writer.paragraph(block.caption)
    )


# options are looked at where all figures are known
FIGURE = BlockKind(
    FigureRequest,
    read_figure_request,
    write_figure_request,
    """\
:::{figure} three-levels
:id: levels

A caption.
:::""",
    lambda page, block: {"drawn": page.drawn_figure(block), "apart": page.numbers_apart(block)},
    options=None,
)
