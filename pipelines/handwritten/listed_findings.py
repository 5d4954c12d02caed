"""Findings of a review that are no headings: bold lines, list items, rows of a table."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contracts.blocks import Blocks, Paragraph
from pipelines.contracts.planning import Finding, Severity
from pipelines.plan.blocks import typed
from pipelines.plan.columns import Row, rows
from pipelines.plan.findings import Head, read_head
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_severity

_NONE = re.compile(r"\W*(?:none|no \w+|n/?a|nothing)\b.{0,60}$", re.IGNORECASE)
_COLUMNS = {
    "severity": r"severity",
    "finding": r"finding|issue|title",
    "location": r"location|where",
    "issue": r"issue|problem|description",
    "impact": r".*impact",
    "fix": r".*fix",
    "status": r"status",
}


def read_findings(
    reading: Reading, raws: list[Raw], severity: Severity | None
) -> tuple[list[Finding], list[Raw]]:
    """Read the findings among blocks, and return the blocks that are left.

    Args:
        severity: Of the heading above, `#### Critical (2)`: all items are findings.
    """
    return _grouped(reading, raws, severity) if severity else _listed(reading, raws)


def _grouped(
    reading: Reading, raws: list[Raw], severity: Severity
) -> tuple[list[Finding], list[Raw]]:
    """Read the items of all lists; `None.` is no finding."""
    if all(_NONE.match(raw.text) for raw in raws if raw.kind == "paragraph"):
        for raw in raws:
            reading.label(raw.line, raw.text, raw.end)
        if not any(raw.kind == "list" for raw in raws):
            return [], []
    items = [item for raw in raws if raw.kind == "list" for item in raw.children]
    return ([_finding(reading, item, severity) for item in items], []) if items else ([], raws)


def _listed(reading: Reading, raws: list[Raw]) -> tuple[list[Finding], list[Raw]]:
    """Read bold lines and list items that carry a severity, and the rows of tables."""
    found: list[Finding] = []
    rest: list[Raw] = []
    for raw in raws:
        items = raw.children if raw.kind == "list" else (raw,) if raw.kind == "paragraph" else ()
        mine = [_finding(reading, item, None) for item in items if _head_of(item)]
        if raw.kind == "table":
            mine = [_row(row) for row in rows(reading, [raw], _COLUMNS)]
        found += mine
        if not mine or len(mine) < len(items):
            others = tuple(item for item in items if not _head_of(item))
            rest.append(replace(raw, children=others) if raw.kind == "list" else raw)
    return found, rest


def _head_of(raw: Raw) -> Head | None:
    texts = [raw, *raw.children]
    first = next((one.text for one in texts if one.kind == "paragraph"), "")
    return read_head(first) if raw.kind == "item" or first.startswith(("**", "[")) else None


def _finding(reading: Reading, raw: Raw, severity: Severity | None) -> Finding:
    head = _head_of(raw)
    texts = [one.text for one in (raw, *raw.children) if one.kind == "paragraph"]
    first, _, more = (head.title if head else texts[0] if texts else "").partition("\n")
    title, _, rest = first.partition("**")
    below = [Raw("paragraph", raw.line, raw.end, text) for text in (rest.strip(" -—–:"), more)]
    kept = [one for one in below if one.text.strip()]
    blocks = typed(reading, [*kept, *raw.children[1:]])
    found = head.severity if head else severity
    assert found  # the caller looked, or gave one
    return Finding(
        src=reading.src(raw.line, raw.end),
        severity=found,
        title=reading.spans(title.strip("*`~ :"), raw.line),
        fields={"text": blocks} if blocks else {},
        retracted="RETRACTED" in " ".join(texts),
    )


def _row(row: Row) -> Finding:
    fields: dict[str, Blocks] = {
        name: (Paragraph(src=row.src, spans=row.spans(name)),)
        for name in ("location", "issue", "impact", "fix", "status")
        if row.text(name)
    }
    fields |= {name: (Paragraph(src=row.src, spans=spans),) for name, spans in row.extra.items()}
    return Finding(
        src=row.src,
        severity=read_severity(row.text("severity")) or Severity.POLISH,
        title=row.spans("finding"),
        fields=fields,
        retracted="RETRACTED" in row.text("status"),
    )
