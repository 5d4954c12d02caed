"""Layout blocks that outlines name: `InsightBlock: "…"`, `GradientCard (violet): …`, and so on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.blocks.callout import Callout, CalloutKind
from pipelines.blocks.cards import COLOURS, Card, Cards
from pipelines.contracts.blocks import Block, Blocks, Comparison, Paragraph, Table
from pipelines.contracts.spans import Spans
from pipelines.handwritten.quotations import unquoted
from pipelines.plan.blocks import flattened, typed
from pipelines.plan.inline import one_line
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_KINDS = {
    "InsightBlock": CalloutKind.INSIGHT,
    "WarningBlock": CalloutKind.WARNING,
    "TipBlock": CalloutKind.TIP,
    "TryThisBlock": CalloutKind.TRY_THIS,
    "ConceptBlock": CalloutKind.CONCEPT,
    "ConstraintBlock": CalloutKind.CONSTRAINT,
    "PhaseCard": CalloutKind.PHASE,
    "SummaryBlock": CalloutKind.SUMMARY,
    "NextStepBlock": CalloutKind.NEXT_STEP,
    "ModuleCompleteBlock": CalloutKind.MODULE_COMPLETE,
    "SeriesCompleteBlock": CalloutKind.MODULE_COMPLETE,
}
_CALL = re.compile(
    r"(?:\*\*)?(?P<prefix>(?:[\w-]+ ){0,3})"
    rf"(?P<name>GradientCard|ComparisonRow|{'|'.join(_KINDS)})"
    r"(?P<many>s\b)?(?P<words>(?: (?:grid|for|with|of|or|bridge|addressing|showing|comparison"
    r"|[\w#-]+)){0,8}?)\s*(?:\((?P<paren>[^()]*)\))?(?:\*\*)?\s*"
    r"(?::|--|—|$)(?:\*\*)?\s*(?P<rest>.*)",
    re.DOTALL,
)
_TITLE = re.compile(r'^["“](?P<title>[^"“”]{2,90})["”][:.]?(?:\*\*)?\s*(?P<rest>.*)', re.DOTALL)
_LABEL_TITLE = re.compile(
    r'^(?P<label>[^"“”\n]{2,50}?)\s*(?:--|—|:)\s*["“](?P<title>[^"“”]{2,90})["”]\s*(?P<rest>.*)',
    re.DOTALL,
)
_CARD_ITEM = re.compile(
    r"\*\*(?P<title>[^*]+)\*\*\s*(?:\((?P<paren>[^()]*)\))?\s*(?:--|[—–:-])?\s*(?P<rest>.*)",
    re.DOTALL,
)
_COLOUR_ITEM = re.compile(
    r"(?P<colour>[A-Za-z]+)\s*\((?P<title>[^()]*)\)\s*(?:--|[—–:-])\s*(?P<rest>.*)", re.DOTALL
)
_SIDE = re.compile(
    r"(?:\*\*)?(?:left|right)(?:\s*\((?P<title>[^()]*)\))?\s*:(?:\*\*)?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(
    r"(?:\*\*)?(?P<title>[^*:\n]{1,80}?)(?:\*\*)?\s*(?::(?:\*\*)?|--+|—|$)\s*(?P<rest>.*)",
    re.DOTALL,
)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """The line that names a layout block, taken apart."""

    name: str
    many: bool
    paren: str
    label: str
    rest: str
    head: str  # all before `rest`, as written


def read_call(text: str) -> Call | None:
    """Read the line that a layout block begins with, else None."""
    match = _CALL.match(text.strip())
    if not match:
        return None
    many = bool(match["many"]) or " grid" in (match["words"] or "")
    return Call(
        match["name"],
        many,
        match["paren"] or "",
        match["prefix"].strip(),
        match["rest"].strip(),
        text.strip()[: match.start("rest")],
    )


def takes_following(call: Call, following: Raw | None) -> bool:
    """Whether the block after a call is its body."""
    if not following:
        return False
    if call.name == "ComparisonRow":
        return following.kind == "table" or is_comparison(call.rest, following)
    return following.kind == "list" and (call.many or not _sentence_ends(call.rest))


def _sentence_ends(rest: str) -> bool:
    """A call whose text is more than a title is complete without the list that follows."""
    title = _TITLE.match(rest)
    return bool(rest) and not (title and not title["rest"].strip()) and rest.endswith(".")


def called_block(reading: Reading, call: Call, raw: Raw, body: Sequence[Raw]) -> Blocks:
    """Make the block that a call names, of its text and the block that follows it."""
    reading.label(raw.line, call.head)
    if call.name == "ComparisonRow":
        return comparison(reading, call.rest, raw, body) or _unquoted_paragraph(
            reading, raw, call.rest
        )
    if call.name == "GradientCard" and call.many:
        return (
            (_listed_cards(reading, raw, body),)
            if body
            else _unquoted_paragraph(reading, raw, call.rest)
        )
    title, text = _titled(call.rest)
    aside, colour, named = _parenthesis(reading, call.paren, raw.line)
    title = title or named
    if any(sign.isdigit() for sign in call.label):
        title = f"{call.label}: {title}" if title else call.label
    nodes = (*_unquoted_paragraph(reading, raw, text), *typed(reading, body))
    src = reading.src(raw.line, max([raw.end, *(one.end for one in body)]))
    spans = reading.title(title, raw.line)
    decision = f"{call.name}, title {title!r}" + (f", {colour}" if colour else "")
    override = "use a directive: `:::{card}`, `:::{insight}`, …"
    reading.guess(raw.line, "layout block", decision, raw.text, override)
    if call.name == "GradientCard":
        return (Card(src=src, title=spans, colour=colour, nodes=nodes),)
    kind = _KINDS[call.name]
    return (Callout(src=src, kind=kind, title=spans, aside=aside, nodes=nodes),)


def _titled(rest: str) -> tuple[str, str]:
    """Return title and text: `"The Augmented PF-ODE." One key …` has both."""
    labelled = _LABEL_TITLE.match(rest)
    if labelled:
        return f"{labelled['label'].strip()}: {labelled['title'].strip(' .')}", labelled["rest"]
    match = _TITLE.match(rest)
    if match and (match["rest"].strip() or len(match["title"]) <= 60):
        return match["title"].strip(" .:"), match["rest"].strip()
    text = unquoted(rest)
    return "", re.sub(r"^scope boundaries[.:]\s*", "", text, flags=re.IGNORECASE)


def _parenthesis(reading: Reading, text: str, line: int) -> tuple[bool, str, str]:
    """Return placement, colour and title: a parenthesis may be any of the three."""
    word = text.strip().lower()
    if word in COLOURS:
        return False, word, ""
    if word == "aside":
        return True, "", ""
    if re.fullmatch(r"fuchsia|teal|green|red|yellow|indigo|pink|gr[ae]y|slate|lime", word):
        reading.problem(
            line,
            "ML209",
            f"unknown colour `{word}`",
            f"the colours are {', '.join(COLOURS)}",
            "warning",
        )
        return False, "", ""
    return False, "", text.strip()


def _listed_cards(reading: Reading, raw: Raw, body: Sequence[Raw]) -> Cards:
    items = [item for block in body for item in block.children]
    src = reading.src(raw.line, max([raw.end, *(one.end for one in body)]))
    return Cards(src=src, cards=tuple(_listed_card(reading, item) for item in items))


def _listed_card(reading: Reading, item: Raw) -> Card:
    first, *more = item.children or (Raw("paragraph", item.line, item.end),)
    title, colour, text = "", "", first.text
    if match := _CARD_ITEM.match(first.text):
        _, colour, named = _parenthesis(reading, match["paren"] or "", item.line)
        title, text = match["title"].strip(" :"), match["rest"]
        title = f"{title} ({named})" if named else title
    elif (match := _COLOUR_ITEM.match(first.text)) and match["colour"].lower() in COLOURS:
        title, colour, text = match["title"], match["colour"].lower(), match["rest"]
    nodes = (*_unquoted_paragraph(reading, first, text), *typed(reading, more))
    src = reading.src(item.line, item.end)
    return Card(src=src, title=reading.title(title, item.line), colour=colour, nodes=nodes)


def _unquoted_paragraph(reading: Reading, raw: Raw, text: str) -> Blocks:
    if not text.strip():
        return ()
    body = replace(raw, text=unquoted(text))
    src = reading.src(body.line, body.end)
    return (Paragraph(src=src, spans=reading.spans(body.text, body.line)),)


# --- ComparisonRow: a table with an empty first header cell, sides, or `A vs B` bullets ---


def is_comparison(title: str, raw: Raw) -> bool:
    """Whether a list's items are the columns: `Left: …`, or what the title compares."""
    if raw.kind != "list" or not 2 <= len(raw.children) <= 4:
        return False
    texts = [item.children[0].text if item.children else "" for item in raw.children]
    if all(map(_SIDE.match, texts)):
        return True
    names = [one.strip(" .*:").lower() for one in _VERSUS.split(unquoted(title))]
    heads = [match["title"].strip().lower() for text in texts if (match := _NAMED.match(text))]
    return len(names) == len(texts) and names == heads


def comparison(reading: Reading, rest: str, raw: Raw, body: Sequence[Raw]) -> Blocks:
    """Join a comparison's title and its columns; () if there are none."""
    src = reading.src(raw.line, max([raw.end, *(one.end for one in body)]))
    title = reading.title(unquoted(rest), raw.line)
    if not body:
        message = "comparison without a table"
        reading.guess(raw.line, message, "shown as text", raw.text, "add a table")
        return ()
    if body[0].kind == "list":
        columns, rows = _sides(reading, body[0])
        return (Comparison(src=src, title=title, columns=columns, rows=rows),)
    return tuple(replace(_compared(one), title=title, src=src) for one in typed(reading, body))


def _compared(one: Block) -> Comparison:
    if isinstance(one, Table):
        return Comparison(src=one.src, columns=one.columns[1:], rows=one.rows)
    assert isinstance(one, Comparison)  # a call takes nothing but a table
    return one


def _sides(reading: Reading, raw: Raw) -> tuple[tuple[Spans, ...], tuple[tuple[Spans, ...], ...]]:
    """Make columns of a list's items, and rows of the first, second, … thing said of each."""
    columns, cells = [], []
    for item in raw.children:
        title, text = _side(item.children[0].text)
        columns.append(reading.title(title, item.line))
        first = [reading.title(text, item.line)] if text else []
        cells.append([*first, *_said(reading, item.children[1:])])
    height = max(len(one) for one in cells)
    rows = tuple(
        ((), *(one[at] if at < len(one) else () for one in cells)) for at in range(height)
    )
    return tuple(columns), rows


def _side(text: str) -> tuple[str, str]:
    """Return the name of a side and what is said of it."""
    side = _SIDE.match(text)
    if side and side["title"]:
        return side["title"], side["rest"].strip()
    text = side["rest"] if side else text
    named = _NAMED.match(text)
    if not named:
        return "", text.strip()
    return unquoted(named["title"]), named["rest"].strip()


def _said(reading: Reading, raws: Sequence[Raw]) -> list[Spans]:
    """Return the items of the lists below a side, and its other blocks."""
    found = []
    for raw in raws:
        parts = raw.children if raw.kind == "list" else (raw,)
        for part in parts:
            inner = part.children if part.kind == "item" else (part,)
            found.append(one_line(flattened(typed(reading, inner))))
    return found
