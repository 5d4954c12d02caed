"""`:::{name}` directives → typed blocks. docs/authoring.md lists them."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contracts.blocks import (
    AskKind,
    Blocks,
    Callout,
    CalloutKind,
    Card,
    Cards,
    Chooser,
    Comparison,
    Table,
)
from pipelines.contracts.spans import Voice
from pipelines.plan.blocks import spoken, typed, unknown
from pipelines.plan.markdown import Raw
from pipelines.plan.measured import claim, figure, listing, table
from pipelines.plan.options import bad_option, check_options, flag, option_line
from pipelines.plan.reading import DirectiveReader, Reading
from pipelines.plan.tasks import exercise, misbelief, question, split_off

COLOURS = ("amber", "blue", "cyan", "orange", "purple", "emerald", "rose", "violet", "sky")
_ANYTHING = None


def _callout(reading: Reading, raw: Raw) -> Blocks:
    return (
        Callout(
            src=reading.src(raw.line, raw.end),
            kind=CalloutKind(raw.name),
            title=reading.spans(raw.text, raw.line),
            aside=flag(reading, raw, "aside", default=False),
            nodes=typed(reading, raw.children),
        ),
    )


def _card(reading: Reading, raw: Raw) -> Blocks:
    return (card(reading, raw),)


def card(reading: Reading, raw: Raw) -> Card:
    colour = raw.options.get("colour", "")
    if colour and colour not in COLOURS:
        reading.problem(
            option_line(reading, raw, "colour"),
            "ML209",
            f"unknown colour `{colour}`",
            f"the colours are {', '.join(COLOURS)}",
        )
        colour = ""
    return Card(
        src=reading.src(raw.line, raw.end),
        title=reading.spans(raw.text, raw.line),
        colour=colour,
        nodes=typed(reading, raw.children),
    )


def _cards(reading: Reading, raw: Raw) -> Blocks:
    rest, parts = split_off(raw, "card")
    if rest:
        reading.problem(
            rest[0].line,
            "ML207",
            "`{cards}` holds only `{card}` directives",
            "put this text before or after the cards",
        )
    for child in parts["card"]:
        check_options(reading, child, ("colour",))
    cards = tuple(card(reading, child) for child in parts["card"])
    return (Cards(src=reading.src(raw.line, raw.end), cards=cards), *typed(reading, rest))


def _comparison(reading: Reading, raw: Raw) -> Blocks:
    blocks = typed(reading, raw.children)
    tables = [block for block in blocks if isinstance(block, Comparison)]
    if len(tables) != 1:
        reading.problem(
            raw.line,
            "ML207",
            "`{comparison}` holds one table whose first header cell is empty",
            "begin the table with `| | One | Other |`",
        )
        return blocks or (unknown(reading, raw),)
    title, src = reading.spans(raw.text, raw.line), reading.src(raw.line, raw.end)
    (table,) = tables
    return tuple(
        replace(table, title=title, src=src) if block is table else block for block in blocks
    )


def _chooser(reading: Reading, raw: Raw) -> Blocks:
    blocks = typed(reading, raw.children)
    if len(blocks) != 1 or not isinstance(table := blocks[0], Table):
        reading.problem(
            raw.line,
            "ML207",
            "`{chooser}` holds one table and nothing else",
            "begin the table with the columns that are asked for",
        )
        return blocks or (unknown(reading, raw),)
    asks = _asks(reading, raw)
    if len(asks) >= len(table.columns):
        bad_option(reading, raw, "asks", "fewer words than the table has columns")
        return blocks
    return (
        Chooser(
            src=reading.src(raw.line, raw.end),
            title=reading.spans(raw.text, raw.line),
            asks=asks,
            columns=table.columns,
            rows=table.rows,
        ),
    )


def _asks(reading: Reading, raw: Raw) -> tuple[AskKind, ...]:
    """Read what a chooser asks of its first columns, a word each."""
    words = [word.strip() for word in raw.options.get("asks", "").split(",")]
    known = {kind.value for kind in AskKind}
    if not set(words) <= known:
        wanted = f"`:asks:` and for each of the first columns one of {', '.join(sorted(known))}"
        bad_option(reading, raw, "asks", wanted)
    return tuple(AskKind(word) for word in words if word in known)


def _builder(reading: Reading, raw: Raw) -> Blocks:
    return spoken(typed(reading, raw.children), Voice.BUILDER)


DIRECTIVES: dict[str, DirectiveReader] = {
    kind.value: (_callout, ("aside",)) for kind in CalloutKind
} | {
    "card": (_card, ("colour",)),
    "cards": (_cards, ()),
    "comparison": (_comparison, ()),
    "chooser": (_chooser, ("asks",)),
    "misbelief": (misbelief, ("number",)),
    "question": (question, ()),
    "exercise": (exercise, ("level", "number")),
    "figure": (figure, _ANYTHING),
    "table": (table, _ANYTHING),
    "listing": (listing, ("models",)),
    "claim": (claim, ("check", "holds", "fails", "because", "short", "freed")),
    "builder": (_builder, ()),
}
