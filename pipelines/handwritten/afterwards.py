"""What became of a plan, by hand: record, revisions, fixes, widgets, findings without headings."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelines.contracts.blocks import Blocks, Paragraph
from pipelines.contracts.planning import Built, Finding, FixPass, Revision, Severity, WidgetSpec
from pipelines.contracts.spans import Node
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.columns import Row, rows_by_role
from pipelines.plan.findings import Head, read_head
from pipelines.plan.lines import Heading, deeper
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.reviews import ReviewReader
from pipelines.plan.vocabulary import read_severity

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ITERATION = re.compile(r"iteration\s+(\d{1,9})", re.IGNORECASE)
_NAME = re.compile(r"[^:(–—]*?(?::|--+|[–—]|\()\s*(?P<name>[^()]+?)\)?\s*$")
_FIELD = re.compile(r"\*\*(?P<label>[^*:]{2,40}):?\*\*:?\s*(?P<rest>.*)", re.DOTALL)


def read_built(reading: Reading, part: Heading) -> Built:
    """Read an account of the finished lesson."""
    return Built(**_head_fields(reading, part), nodes=_blocks(reading, part))


def read_revision(reading: Reading, part: Heading) -> Revision:
    """Read what was changed in the plan."""
    return Revision(
        **_head_fields(reading, part), date=_date(part.title), nodes=_blocks(reading, part)
    )


def read_fix_pass(reading: Reading, part: Heading) -> FixPass:
    """Read the findings that were worked off; whatever has a severity here is none itself."""
    iteration = _ITERATION.search(part.title)
    found = ReviewReader(reading, deeper(part, reading.source.lines), checking=True)
    return FixPass(
        **_head_fields(reading, part),
        date=_date(part.title),
        iteration=int(iteration[1]) if iteration else None,
        checks=tuple(found.fix_checks),
        notes=found.notes,
    )


def read_widget(reading: Reading, part: Heading) -> WidgetSpec:
    """Read what a widget shows, by label or sub-heading."""
    name = _NAME.match(part.title)
    fields: dict[str, Blocks] = {}
    label = ""
    nodes: Blocks = ()
    for raw in raw_blocks(reading, *part.whole):
        match = _FIELD.match(raw.text) if raw.kind == "paragraph" else None
        if raw.kind == "rule":
            continue
        if match or raw.kind == "heading":
            label = match["label"].strip() if match else raw.text
            rest = match["rest"] if match else ""
            reading.label(raw.line, label)
            fields.setdefault(label, ())
            raw = type(raw)("paragraph", raw.line, raw.end, rest)
        blocks = typed(reading, [raw]) if raw.text.strip() or raw.kind != "paragraph" else ()
        if label:
            fields[label] += blocks
        else:
            nodes += blocks
    title = name["name"].strip() if name else ""
    return WidgetSpec(**_head_fields(reading, part), name=title, fields=fields, nodes=nodes)


def _head_fields(reading: Reading, part: Heading) -> dict[str, Any]:
    return {
        "src": reading.src(part.line, part.end),
        "title": reading.spans(part.title, part.line),
        "level": max(part.level, 1),
    }


def _date(title: str) -> str:
    date = _DATE.search(title)
    return date[0] if date else ""


def _blocks(reading: Reading, part: Heading) -> Blocks:
    blocks = read_blocks(reading, *part.whole)
    return blocks[:-1] if blocks and blocks[-1].type == "rule" else blocks


_READERS: dict[str, Callable[[Reading, Heading], Node]] = {
    "built": read_built,
    "revision": read_revision,
    "fixes": read_fix_pass,
    "widget": read_widget,
}


def read_afterwards(reading: Reading, part: Heading, name: str) -> Node:
    """Read what became of a plan; `name` says which part of it."""
    return _READERS[name](reading, part)


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
            mine = [_row_finding(row) for row in rows_by_role(reading, [raw], _COLUMNS)]
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


def _row_finding(row: Row) -> Finding:
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
