"""The numbers that a block shows, gathered while it is set, and where the page uses each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.contracts.measurement import Fact
from pipelines.pages.places import Place
from pipelines.pages.register import Quoted, Register


@dataclass
class Mention:
    """A number of a block.

    Attributes:
        anchor: Of its row in the lists of numbers.
        shown: As the block shows it, each way once.
        in_cells: Only in cells of a table whose heads say what it is.
    """

    source: Quoted | Fact
    anchor: str
    shown: list[str] = field(default_factory=list)
    in_cells: bool = True


@dataclass
class Gathered:
    """The numbers of one block, each once, in its order.

    Attributes:
        place: Where the page answers for them; None until it has a control of its own.
    """

    place: Place | None = None
    mentions: dict[str, Mention] = field(default_factory=dict)  # by anchor

    def add(self, source: Quoted | Fact, anchor: str, text: str, in_cell: bool) -> None:
        """Gather a number as it is shown."""
        mention = self.mentions.setdefault(anchor, Mention(source, anchor))
        mention.in_cells = mention.in_cells and in_cell
        if text not in mention.shown:
            mention.shown.append(text)


@dataclass
class Uses:
    """Where a page uses each row of the lists: its anchor → places, each once, in order."""

    of_row: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, anchors: Iterable[str], place: Place) -> None:
        """Keep that a place uses rows."""
        for anchor in anchors:
            places = self.of_row.setdefault(anchor, [])
            if place not in places:
                places.append(place)

    def at(self, anchor: str) -> list[tuple[Place, str]]:
        """Return the places of a row, each with the words of its link: "section 3 (2)"."""
        named: list[tuple[Place, str]] = []
        places = self.of_row.get(anchor, [])
        labels = [place.label for place in places]
        for i, place in enumerate(places):
            again = labels[:i].count(place.label)
            named.append((place, f"{place.label} ({again + 1})" if again else place.label))
        return named


def rows_behind(mention: Mention, register: Register) -> list[str]:
    """Return the anchors of a number's row and of all rows that it is computed from."""
    source = mention.source
    inputs = register.inputs(source) if isinstance(source, Quoted) else []
    return [mention.anchor, *inputs]
