"""`:::{card}`, and several of them side by side in `::::{cards}`."""

from __future__ import annotations

from typing import Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import check_options, line_of_option, split_off, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

FAMILIES = ("teacher", "flow", "student", "training", "matching")  # of methods, as in figures
_HUES = ("amber", "blue", "cyan", "orange", "purple", "emerald", "rose", "violet", "sky")
COLOURS = (*_HUES, *FAMILIES)
_PLAIN = "blue"  # of a card whose colour nobody chose


class Card(Block):
    """GradientCard. `colour` is a name of the catalogue or empty (then the page chooses)."""

    type: Literal["card"] = "card"
    title: Spans = ()
    colour: str = ""
    nodes: Blocks


class Cards(Block):
    """Several cards side by side."""

    type: Literal["cards"] = "cards"
    cards: tuple[Card, ...]


def read_card(reading: Reading, raw: Raw) -> Card:
    """Read a title, a colour and what the card holds."""
    colour = raw.options.get("colour", "")
    if colour and colour not in COLOURS:
        line, remedy = (
            line_of_option(reading, raw, "colour"),
            f"the colours are {', '.join(COLOURS)}",
        )
        reading.problem(line, "ML209", f"unknown colour `{colour}`", remedy)
        colour = ""
    return Card(
        src=reading.src(raw.line, raw.end),
        title=reading.spans(raw.text, raw.line),
        colour=colour,
        nodes=typed(reading, raw.children),
    )


def read_cards(reading: Reading, raw: Raw) -> Blocks:
    """Read cards; what else stands among them comes after them."""
    rest, parts = split_off(raw, "card")
    if rest:
        message = "`{cards}` holds only `{card}` directives"
        remedy = "put this text before or after the cards"
        reading.problem(rest[0].line, "ML207", message, remedy)
    for child in parts["card"]:
        check_options(reading, child, ("colour",))
    cards = tuple(read_card(reading, child) for child in parts["card"])
    return (Cards(src=reading.src(raw.line, raw.end), cards=cards), *typed(reading, rest))


def write_card(writer: BlockWriter, block: Card) -> Lines:
    """Write a card."""
    colour = {"colour": block.colour} if block.colour else {}
    return writer.directive("card", block.title, colour, writer.blocks(block.nodes))


def write_cards(writer: BlockWriter, block: Cards) -> Lines:
    """Write cards one after the other."""
    body = [line for card in block.cards for line in write_card(writer, card)]
    return writer.directive("cards", "", {}, body)


CARD = BlockKind(
    Card,
    read_card,
    write_card,
    """\
:::{card} A card
:colour: violet

Text.
:::""",
    lambda page, card: {"colour": card.colour if card.colour in COLOURS else _PLAIN},
    options=("colour",),
)
CARDS = BlockKind(
    Cards,
    read_cards,
    write_cards,
    """\
::::{cards}
:::{card} One
:colour: rose

Text.
:::
:::{card} Other
Text.
:::
::::""",
)
