"""`:::{name}` directives → typed blocks. docs/authoring.md lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipelines.contracts.blocks import (
    AnswerForm,
    AskKind,
    Block,
    Blocks,
    Callout,
    CalloutKind,
    Card,
    Cards,
    Chooser,
    Comparison,
    Dependency,
    Exercise,
    Level,
    List,
    MisconceptionBlock,
    Paragraph,
    Part,
    Prediction,
    Question,
    Table,
    TestedDepth,
    Timeline,
    walk,
)
from pipelines.contracts.spans import Record, Role, Spans, Text, Voice
from pipelines.plan.blocks import (
    bad_option,
    check_options,
    flag_option,
    flattened,
    line_of_option,
    number_option,
    typed,
    unknown,
    with_voice,
)
from pipelines.plan.inline import plain
from pipelines.plan.raw import Raw
from pipelines.plan.reading import DirectiveReader, Reading
from pipelines.plan.request_directives import (
    read_claim,
    read_figure_request,
    read_listing,
    read_table_request,
)
from pipelines.plan.vocabulary import read_depth

COLOURS = ("amber", "blue", "cyan", "orange", "purple", "emerald", "rose", "violet", "sky")
_SENTENCES = ("tests", "purpose", "key-insight", "expected", "bonus")
_DEPTHS = r"MENTIONED|INTRODUCED|DEVELOPED|APPLIED|REINFORCED"
# `Depth: APPLIED for knots, DEVELOPED for ropes`
_TESTED = re.compile(
    rf"\b(?P<depth>(?:{_DEPTHS})(?:\s*(?:->|→|/)\s*(?:{_DEPTHS}))?)\b"
    rf"(?:\s*(?:for|of|on|:|--|—)\s*(?P<concept>.+?)(?=[.;]|,?\s*(?:and\s+)?(?:{_DEPTHS})|$))?",
    re.DOTALL,
)
_NEEDS = re.compile(
    r"(?:depends? on|builds? on|continues?|requires?|reus(?:es|ing)|uses? (?:the )?[\w ]{1,40}? "
    r"(?:from|of)|(?:same|trained|computed|defined) [\w ]{0,40}?(?:in|from|as in)|after)\s+"
    r"(?P<what>(?P<kind>exercise|ex\.?|cell|part|section)s?\s+#?(?P<number>\d+)"
    r"(?:(?:\s*,\s*|\s+and\s+)(?P<more>\d+))?)",
    re.IGNORECASE,
)


# --- boxes and tables ---


def _callout(reading: Reading, raw: Raw) -> Callout:
    return Callout(
        src=reading.src(raw.line, raw.end),
        kind=CalloutKind(raw.name),
        title=reading.spans(raw.text, raw.line),
        aside=flag_option(reading, raw, "aside", default=False),
        nodes=typed(reading, raw.children),
    )


def _card(reading: Reading, raw: Raw) -> Card:
    colour = raw.options.get("colour", "")
    if colour and colour not in COLOURS:
        line, remedy = line_of_option(reading, raw, "colour"), f"the colours are {_list(COLOURS)}"
        reading.problem(line, "ML209", f"unknown colour `{colour}`", remedy)
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
        message = "`{cards}` holds only `{card}` directives"
        remedy = "put this text before or after the cards"
        reading.problem(rest[0].line, "ML207", message, remedy)
    for child in parts["card"]:
        check_options(reading, child, ("colour",))
    cards = tuple(_card(reading, child) for child in parts["card"])
    return (Cards(src=reading.src(raw.line, raw.end), cards=cards), *typed(reading, rest))


def _comparison(reading: Reading, raw: Raw) -> Blocks:
    blocks = typed(reading, raw.children)
    tables = [block for block in blocks if isinstance(block, Comparison)]
    if len(tables) != 1:
        message = "`{comparison}` holds one table whose first header cell is empty"
        reading.problem(raw.line, "ML207", message, "begin the table with `| | One | Other |`")
        return blocks or (unknown(reading, raw),)
    title, src = reading.spans(raw.text, raw.line), reading.src(raw.line, raw.end)
    (table,) = tables
    return tuple(
        replace(table, title=title, src=src) if block is table else block for block in blocks
    )


def _timeline(reading: Reading, raw: Raw) -> Timeline | Blocks:
    blocks = typed(reading, raw.children)
    entries = _entries(blocks[0]) if len(blocks) == 1 else ()
    if not entries:
        remedy = "write one list, and begin each item with {cite}`key`"
        reading.problem(raw.line, "ML207", "`{timeline}` holds cited works and no more", remedy)
        return blocks or (unknown(reading, raw),)
    title = reading.spans(raw.text, raw.line)
    return Timeline(src=reading.src(raw.line, raw.end), title=title, entries=entries)


def _entries(block: Block) -> tuple[Spans, ...]:
    """Return the items of a list that are sentences about a work; none if one is not."""
    items = [item.nodes for item in block.items] if isinstance(block, List) else []
    found = [
        nodes[0].spans for nodes in items if len(nodes) == 1 and isinstance(nodes[0], Paragraph)
    ]
    cited = [isinstance(spans[0], Role) and spans[0].name == "cite" for spans in found]
    return tuple(found) if len(found) == len(items) and all(cited) else ()


def _chooser(reading: Reading, raw: Raw) -> Chooser | Blocks:
    blocks = typed(reading, raw.children)
    if len(blocks) != 1 or not isinstance(table := blocks[0], Table):
        remedy = "begin the table with the columns that are asked for"
        reading.problem(raw.line, "ML207", "`{chooser}` holds one table and nothing else", remedy)
        return blocks or (unknown(reading, raw),)
    asks = _asks(reading, raw)
    if len(asks) >= len(table.columns):
        bad_option(reading, raw, "asks", "fewer words than the table has columns")
        return blocks
    return Chooser(
        src=reading.src(raw.line, raw.end),
        title=reading.spans(raw.text, raw.line),
        asks=asks,
        columns=table.columns,
        rows=table.rows,
    )


def _asks(reading: Reading, raw: Raw) -> tuple[AskKind, ...]:
    """Read what a chooser asks of its first columns, a word each."""
    words = [word.strip() for word in raw.options.get("asks", "").split(",")]
    known = {kind.value for kind in AskKind}
    if not set(words) <= known:
        wanted = f"`:asks:` and for each of the first columns one of {_list(sorted(known))}"
        bad_option(reading, raw, "asks", wanted)
    return tuple(AskKind(word) for word in words if word in known)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _builder(reading: Reading, raw: Raw) -> Blocks:
    return with_voice(typed(reading, raw.children), Voice.BUILDER)


# --- what a student works on ---


def _misbelief(reading: Reading, raw: Raw) -> MisconceptionBlock:
    return MisconceptionBlock(
        src=reading.src(raw.line, raw.end),
        number=number_option(reading, raw),
        statement=reading.spans(raw.text, raw.line),
        nodes=typed(reading, raw.children),
    )


def _question(reading: Reading, raw: Raw) -> Question:
    rest, parts = split_off(raw, "answer", "part")
    answer = _inside(reading, parts["answer"])
    found = tuple(_part(reading, one) for one in parts["part"])
    if not answer and not (found and all(part.answer for part in found)):
        no_answer(reading, raw.line)
    prompt = typed(reading, rest)
    if raw.text:
        title = Paragraph(src=reading.src(raw.line), spans=reading.spans(raw.text, raw.line))
        prompt = (title, *prompt)
    return Question(
        src=reading.src(raw.line, raw.end),
        prompt=prompt,
        parts=found,
        answer=answer,
        answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
    )


def _part(reading: Reading, raw: Raw) -> Part:
    rest, parts = split_off(raw, "answer")
    answer = _inside(reading, parts["answer"])
    return Part(
        label=raw.text,
        spans=flattened(typed(reading, rest)),
        answer=answer,
        answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
    )


def no_answer(reading: Reading, line: int) -> None:
    """Report a question without an answer."""
    remedy = "add `:::{answer}` … `:::` or, in a hand-written plan, `(Answer: …)`"
    severity = "error" if reading.explicit else "warning"
    reading.problem(line, "ML210", "a question without an answer", remedy, severity)


def _exercise(reading: Reading, raw: Raw) -> Exercise:
    rest, parts = split_off(raw, "predict", "remark", "hint", *_SENTENCES)
    written = raw.options.get("level", "")
    level = Level(written) if written in list(Level) else Level.UNKNOWN
    if level is Level.UNKNOWN:
        bad_option(reading, raw, "level", "`guided`, `supported` or `independent`")
    sentences = {
        name.replace("-", "_"): flattened(_inside(reading, parts[name])) for name in _SENTENCES
    }
    notes, hints = (_inside(reading, parts[name]) for name in ("remark", "hint"))
    return with_relations(
        src=reading.src(raw.line, raw.end),
        notes=notes,
        hints=hints,
        number=number_option(reading, raw),
        title=reading.spans(raw.text, raw.line),
        level=level,
        level_raw=written,
        nodes=typed(reading, rest),
        predictions=tuple(_prediction(reading, part) for part in parts["predict"]),
        **sentences,
    )


def _prediction(reading: Reading, raw: Raw) -> Prediction:
    rest, parts = split_off(raw, "answer")
    answer = _inside(reading, parts["answer"])
    if not answer:
        no_answer(reading, raw.line)
    question = reading.spans(raw.text, raw.line) + flattened(typed(reading, rest))
    return Prediction(question=question, answer=flattened(answer))


def split_off(raw: Raw, *names: str) -> tuple[list[Raw], dict[str, list[Raw]]]:
    """Return the other children, and those directives that bear one of `names`."""
    parts: dict[str, list[Raw]] = {name: [] for name in names}
    rest: list[Raw] = []
    for child in raw.children:
        mine = child.kind == "directive" and child.name in parts
        (parts[child.name] if mine else rest).append(child)
    return rest, parts


def _inside(reading: Reading, directives: list[Raw]) -> Blocks:
    return typed(reading, [child for one in directives for child in one.children])


def with_relations(**fields: Any) -> Exercise:
    """Make an exercise; the depths it works at and what it needs are read from its own words."""
    texts = ("".join(_texts(one)) for one in fields.values() if isinstance(one, Record | tuple))
    depths = tuple(_depths(plain(fields.get("tests", ()))))
    return Exercise(**fields, depths=depths, depends_on=tuple(_needs(" ".join(texts))))


def _texts(value: Any) -> Iterable[str]:
    return (one.text for one in walk(value) if isinstance(one, Text))


def _depths(text: str) -> Iterable[TestedDepth]:
    for match in _TESTED.finditer(text):
        concept = (match["concept"] or "").strip(" .,")
        spans = (Text(text=concept),) if concept else ()
        yield TestedDepth(depth=read_depth(match["depth"]), concept=spans)


def _needs(text: str) -> Iterable[Dependency]:
    for match in _NEEDS.finditer(text):
        kind = match["kind"].lower().rstrip(".")
        kind = "exercise" if kind == "ex" else kind
        for number in filter(None, (match["number"], match["more"])):
            yield Dependency(kind=kind, number=int(number), raw=match["what"])


# the options of a figure and of a table are looked at where all figures and tables are known
DIRECTIVES: dict[str, DirectiveReader] = {
    **{kind.value: (_callout, ("aside",)) for kind in CalloutKind},
    "card": (_card, ("colour",)),
    "cards": (_cards, ()),
    "comparison": (_comparison, ()),
    "timeline": (_timeline, ()),
    "chooser": (_chooser, ("asks",)),
    "misbelief": (_misbelief, ("number",)),
    "question": (_question, ()),
    "exercise": (_exercise, ("level", "number")),
    "figure": (read_figure_request, None),
    "table": (read_table_request, None),
    "listing": (read_listing, ("models",)),
    "claim": (read_claim, ("check", "holds", "fails", "because", "short", "freed")),
    "builder": (_builder, ()),
}
