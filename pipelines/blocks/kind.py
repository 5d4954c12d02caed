"""What a kind of block is, and what its writer and its view may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.references import Reference
from pipelines.contracts.spans import Spans
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

Lines = list[str]


class BlockWriter(Protocol):
    """Writes what stands inside a block, in the exact spelling."""

    def blocks(self, blocks: Blocks) -> Lines:
        """Write blocks with an empty line between them."""

    def paragraph(self, spans: Spans) -> Lines:
        """Write spans as a paragraph."""

    def inline(self, spans: Spans) -> str:
        """Write spans for a place that is one line."""

    def table(self, columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
        """Write a table with a header."""

    def directive(
        self, name: str, title: Spans | str, options: Mapping[str, str], body: Lines
    ) -> Lines:
        """Write a directive around lines."""

    def joined(self, parts: Iterable[Lines]) -> Lines:
        """Put an empty line between parts; those without lines are left out."""


class BlockPage(Protocol):
    """The page that a block is set on. What is missing there is reported at the block's line."""

    @property
    def references(self) -> Mapping[str, Reference]:
        """The module's bibliography, by key."""

    def drawn_figure(self, block: Any) -> Any:
        """Return the figure that was drawn for a block, or None."""

    def numbers_apart(self, block: Any) -> str:
        """Return the link to a figure's numbers if they are too many for its details."""

    def executed(self, block: Any) -> Any:
        """Return what came of a block's program, or None."""

    def ran_exercise(self, block: Any) -> Any:
        """Return what came of an exercise's notebooks, or None."""

    def ledger_table(self, block: Any) -> Any:
        """Return the rows that a block asks the ledger for."""

    def verdict(self, block: Any) -> Any:
        """Return how a claim was decided, and by how much."""

    def is_folded(self, block: Any) -> bool:
        """Return whether only a claim's verdict and gist are seen before it is opened."""

    def highlighted(self, code: str, language: str) -> Any:
        """Return code as HTML."""

    def new_anchor(self, stem: str) -> str:
        """Return a name that no other element of the page has."""

    def add_script(self, name: str) -> None:
        """Ask for a script of templates/static."""

    def experiment_titles(self) -> Mapping[str, str]:
        """Return the titles of experiments, by name."""


@dataclass(frozen=True)
class BlockKind:
    """All that is known of a kind of block.

    Attributes:
        type: Its record. Its partial is `templates/blocks/<type>.html.j2`.
        read: A directive's raw block → the block; several, or others, where it is not as it should
            be. None for a block that only stands inside another.
        write: The block → the lines that are read as the same block.
        example: How an author writes it. Tests read, write and set it.
        view: What the partial needs beside the block itself.
        options: Those that the directive takes; None where they are looked at elsewhere.
        names: Of its directives, where they are not the type's.
    """

    type: type[Block]
    read: Callable[[Reading, Raw], Block | Blocks]
    write: Callable[[BlockWriter, Any], Lines]
    example: str
    view: Callable[[BlockPage, Any], dict[str, Any]] | None = None
    options: tuple[str, ...] | None = ()
    names: tuple[str, ...] = ()


def numbered(number: int | None) -> dict[str, str]:
    """Return the option `number` as it is written."""
    return {} if number is None else {"number": str(number)}
