"""Blocks → HTML: each type has a partial in pipelines/templates/blocks, named after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from pipelines.contracts.blocks import (
    Block,
    Blocks,
    Callout,
    Card,
    Chooser,
    Claim,
    Code,
    FigureRequest,
    Listing,
    Rule,
    Subheading,
    TableRequest,
    Timeline,
    Unknown,
)
from pipelines.contracts.listing import Executed
from pipelines.contracts.spans import Role, Spans, Voice
from pipelines.pages.choosers import SCRIPT, view_chooser
from pipelines.pages.code import highlighted
from pipelines.pages.inline import Inline
from pipelines.pages.page import Page
from pipelines.pages.sources import DrawnFigure
from pipelines.pages.tables import ledger_table
from pipelines.pages.verdicts import view_claim

COLOURS = ("amber", "blue", "cyan", "orange", "purple", "emerald", "rose", "violet", "sky")
_ABREAST = Markup('<div class="abreast">\n{}\n{}\n</div>')
_PLAIN = "blue"  # of a card whose colour nobody chose


@dataclass(frozen=True)
class BlockSetter:
    """Sets the blocks of one page.

    Attributes:
        voices: Whose text is shown; the review page also shows the builder's.
    """

    page: Page
    environment: Environment
    voices: frozenset[Voice] = frozenset({Voice.STUDENT})

    @property
    def inline(self) -> Inline:
        """What sets spans on the same page."""
        return Inline(self.page)

    def blocks(self, blocks: Blocks) -> Markup:
        """Set blocks one after the other, other voices left out."""
        shown = [block for block in blocks if block.voice in self.voices]
        return Markup("\n").join(_abreast([(block, self.block(block)) for block in shown]))

    def block(self, block: Block) -> Markup:
        """Set one block with the partial of its type."""
        self.page.here = block.src
        template = self.environment.get_template(f"blocks/{block.type}.html.j2")
        helpers = {"blocks": self.blocks, "spans": self.spans, "math": self.page.math}
        place = self.page.places.of_block.get(id(block))
        made = template.render(
            block=block, place=place, home=self.page.home, **helpers, **self.prepared(block)
        )
        return Markup(made.strip("\n"))

    def spans(self, spans: Any) -> Markup:
        """Set spans one after the other."""
        return self.inline.spans(spans)

    def prepared(self, block: Block) -> dict[str, Any]:
        """Return what a partial needs beside its block."""
        match block:
            case Claim():
                view = view_claim(self.page, block)
                return {"view": view}
            case Code():
                return {"html": highlighted(block.text, block.language)}
            case FigureRequest():
                return {"drawn": self.drawn(block), "register": self.page.register}
            case Listing():
                ran = self.ran(block)
                titles = self.page.sources.titles
                return {"ran": ran, "titles": titles} | (
                    {"html": highlighted(ran.code, "python")} if ran else {}
                )
            case TableRequest():
                return {"table": ledger_table(self.page, block)}
            case Timeline():
                return {"years": [self.year(entry) for entry in block.entries]}
            case Chooser():
                self.page.scripts.add(SCRIPT)
                return {"view": view_chooser(self.page, block)}
            case Card():
                return {"colour": block.colour if block.colour in COLOURS else _PLAIN}
            case Unknown():
                self.report_unknown(block)
        return {}

    def year(self, entry: Spans) -> str:
        """Return the year of the work that an entry begins with; "" if there is none."""
        work = next((one.target for one in entry if isinstance(one, Role)), "")
        found = self.page.sources.references.get(work)
        return found.year if found else ""

    def drawn(self, request: FigureRequest) -> DrawnFigure | None:
        """Return the figure that was drawn for a request; report one that is missing."""
        figure = self.page.sources.figures.get(request.id)
        if figure is None:
            message = f"the build drew no figure `{request.id}`"
            remedy = "check the figure's name; pipelines/registry.py lists the figures"
            self.page.missing(request.id, request.src.line, "ML406", message, remedy)
        return figure

    def ran(self, listing: Listing) -> Executed | None:
        """Return what came of a program; report one that the build did not run."""
        executed = self.page.sources.listings.get(listing.id)
        if executed is None:
            message = f"the build ran no program `{listing.id}`"
            remedy = "write listings/<name>.py beside the plan; the build runs it"
            self.page.missing(listing.id, listing.src.line, "ML408", message, remedy)
        return executed

    def report_unknown(self, block: Unknown) -> None:
        """Report a block without a partial."""
        message = f"no partial knows how to show `{block.name}`"
        remedy = "check the directive's name; docs/authoring.md lists them"
        self.page.problem(block.src.line, "ML407", message, remedy)


def _abreast(made: list[tuple[Block, Markup]]) -> list[Markup]:
    """Put each aside beside the block that it follows: first in the source, as it floats."""
    pieces: list[Markup] = []
    hosts: list[bool] = []  # whether a piece can have an aside
    for block, html in made:
        if isinstance(block, Callout) and block.aside and hosts and hosts[-1]:
            pieces[-1] = _ABREAST.format(html, pieces[-1])
        else:
            pieces.append(html)
            hosts.append(not isinstance(block, Subheading | Rule))
    return pieces
