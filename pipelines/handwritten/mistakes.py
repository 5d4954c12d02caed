"""`Address misconception #1: "…"`: whose quotation may be the mistake or its correction."""

from __future__ import annotations

import difflib
import re

from pipelines.contracts.blocks import Blocks, Misbelief, Paragraph
from pipelines.handwritten.voice import unquoted
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_MISTAKE = re.compile(
    r"(?:address|correct|counter)\w*\s+misconception(?:\s*#?(?P<number>\d+))?[^:\"“]*:?\s*"
    r"[\"“](?P<text>.+)[\"”]\s*\.?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CORRECTS = re.compile(r"\bnot\b|n't\b|\bnever\b|\bcomplementary\b|\binstead\b", re.IGNORECASE)


def misbelief(reading: Reading, raw: Raw) -> Blocks | None:
    """The quotation is the mistake or its correction; the mistake is never asserted."""
    match = _MISTAKE.match(raw.text.strip())
    if not match:
        return None
    number = int(match["number"]) if match["number"] else None
    rows = reading.misconceptions
    claim = rows[number - 1] if number and number <= len(rows) else ""
    text = match["text"].strip()
    corrects = bool(claim) and _CORRECTS.search(text) is not None and not _alike(claim, text)
    statement, nodes = (claim, text) if corrects else (text, "")
    reading.guess(
        raw.line,
        "misconception",
        "the quotation corrects it" if corrects else "the quotation is the mistake",
        raw.text,
        "write `:::{misbelief} <the mistake>` and what is right below it",
    )
    src = reading.src(raw.line, raw.end)
    spans = reading.spans(unquoted(statement), raw.line)
    body = (Paragraph(src=src, spans=reading.spans(nodes, raw.line)),) if nodes else ()
    return (Misbelief(src=src, number=number, statement=spans, nodes=body),)


def _alike(one: str, other: str) -> bool:
    """Two sentences say nearly the same: most words of the shorter stand in both, in order."""
    first, second = (re.findall(r"\w+", text.lower()) for text in (one, other))
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= 0.75 * max(1, min(len(first), len(second)))
