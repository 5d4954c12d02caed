"""Blocks → HTML: each type has a partial in pipelines/templates/blocks, named after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from pipelines.blocks.callout import Callout
from pipelines.blocks.chooser import Chooser
from pipelines.blocks.claim import Claim
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.kinds import kind_of
from pipelines.blocks.listing import Listing
from pipelines.blocks.table import TableRequest
from pipelines.blocks.timeline import Timeline
from pipelines.contracts.blocks import (
    Block,
    Blocks,
    Code,
    Comparison,
    List,
    Rule,
    Subheading,
    Table,
    Unknown,
)
from pipelines.contracts.listing import Executed
from pipelines.contracts.references import Reference
from pipelines.contracts.spans import Voice
from pipelines.pages.claims_table import LedgerTable
from pipelines.pages.code import highlighted
from pipelines.pages.inline import Inline
from pipelines.pages.mentions import Gathered
from pipelines.pages.page import COPYING, Page
from pipelines.pages.provenance import control, entries
from pipelines.pages.sources import DrawnFigure, RanExercise
from pipelines.pages.tables import ledger_table
from pipelines.pages.verdicts import ClaimView, view_claim

_MOST_CELLS = 300  # of the numbers behind a figure, beside it: a page stays light
_WITH_DETAILS = (Claim, FigureRequest, TableRequest)  # where their numbers are listed
_IN_PARTS = (List, Table, Comparison, Chooser, Timeline)  # whose numbers are listed once
_ABREAST = Markup('<div class="abreast">\n{}\n{}\n</div>')


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
        with self._gathering(block) as gathered:
            made = template.render(
                block=self._heard(block),
                place=place,
                home=self.page.home,
                **helpers,
                **self._provenance(gathered),
                **self.prepared(block),
            )
        return Markup(made.strip("\n"))

    def _heard(self, block: Block) -> Block:
        """Return a block without the items of other voices, if it is a list."""
        if not isinstance(block, List):
            return block
        return replace(block, items=tuple(one for one in block.items if one.voice in self.voices))

    def spans(self, spans: Any) -> Markup:
        """Set spans one after the other; a text that no block answers for ends in its control."""
        if self.page.gathered is not None:
            return self.inline.spans(spans)
        with self.page.gathering() as gathered:
            made = self.inline.spans(spans)
        return made + control(self.page, gathered)

    def _gathering(self, block: Block) -> AbstractContextManager[Gathered | None]:
        """Gather the numbers of a block that lists them, unless the block around it does."""
        if isinstance(block, _WITH_DETAILS):
            return self.page.gathering(self.page.places.of_block.get(id(block)))
        if isinstance(block, _IN_PARTS) and self.page.gathered is None:
            return self.page.gathering()
        return nullcontext()

    def _provenance(self, gathered: Gathered | None) -> dict[str, Callable[..., Any]]:
        """Return what partials say where numbers come from with, once all of them are set."""

        def numbers() -> Markup:
            return control(self.page, gathered) if gathered else Markup("")

        def listed() -> Markup:
            return entries(self.page, gathered) if gathered else Markup("")

        def experiments(names: Sequence[str]) -> str:
            anchors = [self.page.register.draw(name) for name in names]
            if gathered and gathered.place:
                self.page.uses.add(anchors, gathered.place)
            return f"{self.page.lists}#{anchors[0]}"

        return {"numbers": numbers, "listed": listed, "experiments": experiments}

    def prepared(self, block: Block) -> dict[str, Any]:
        """Return what a partial needs beside its block."""
        kind = kind_of(block)
        if kind and kind.view:
            return kind.view(self, block)
        if isinstance(block, Code):
            return {"html": self.highlighted(block.text, block.language)}
        if isinstance(block, Unknown):
            self.report_unknown(block)
        return {}

    # --- what views ask for: `blocks.kind.BlockPage` ---

    @property
    def references(self) -> Mapping[str, Reference]:
        """The module's bibliography, by key."""
        return self.page.sources.references

    def drawn_figure(self, block: FigureRequest) -> DrawnFigure | None:
        """Return the figure that was drawn for a request; report one that is missing."""
        figure = self.page.sources.figures.get(block.id)
        if figure is None:
            message = f"the build drew no figure `{block.id}`"
            remedy = "check the figure's name; pipelines/figure_registry.py lists the figures"
            self.page.missing(block.id, block.src.line, "ML406", message, remedy)
        return figure

    def numbers_apart(self, block: FigureRequest) -> str:
        """Return the link to a figure's numbers if they are too many for its details."""
        figure, place = (
            self.page.sources.figures.get(block.id),
            self.page.places.of_block.get(id(block)),
        )
        if not (figure and place) or figure.description.table.cells <= _MOST_CELLS:
            return ""
        return f"{self.page.lists}#{self.page.numbers_apart(place, figure.description)}"

    def executed(self, block: Listing) -> Executed | None:
        """Return what came of a program; report one that the build did not run."""
        executed = self.page.sources.listings.get(block.id)
        if executed is None:
            message = f"the build ran no program `{block.id}`"
            remedy = "write listings/<name>.py beside the plan; the build runs it"
            self.page.missing(block.id, block.src.line, "ML408", message, remedy)
        return executed

    def ran_exercise(self, block: Exercise) -> RanExercise | None:
        """Return what came of an exercise's notebooks; report one that the build did not run."""
        ran = self.page.sources.exercises.get(block.notebook)
        if ran is None:
            message = f"the build ran no exercise `{block.notebook}`"
            remedy = "write exercises/<name>.py beside the plan; docs/exercises.md shows how"
            self.page.problem(block.src.line, "ML408", message, remedy)
        return ran

    def ledger_table(self, block: TableRequest) -> LedgerTable | None:
        """Return the rows that a request asks the ledger for."""
        return ledger_table(self.page, block)

    def verdict(self, block: Claim) -> ClaimView:
        """Return how a claim was decided, and by how much."""
        return view_claim(self.page, block)

    def is_folded(self, block: Claim) -> bool:
        """Return whether only a claim's verdict and gist are seen before it is opened."""
        return id(block) in self.page.places.folded

    def highlighted(self, code: str, language: str) -> Markup:
        """Return code as HTML, which is nicer with the script that copies it."""
        self.add_script(COPYING)
        return highlighted(code, language)

    def new_anchor(self, stem: str) -> str:
        """Return a name that no other element of the page has."""
        return self.page.places.anchors.new(stem)

    def add_script(self, name: str) -> None:
        """Ask for a script of templates/static."""
        self.page.scripts.add(name)

    def experiment_titles(self) -> Mapping[str, str]:
        """Return the titles of experiments, by name."""
        return self.page.sources.titles

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
