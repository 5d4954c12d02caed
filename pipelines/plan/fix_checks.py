"""What became of the findings of an earlier review: rows of a table, bullets, headings."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contracts.planning import FixCheck
from pipelines.plan.blocks import flattened, read_blocks, typed
from pipelines.plan.columns import Row, rows
from pipelines.plan.findings import read_head
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_fix, read_severity

_FIX_CHECK = {
    "ref": r"#|no\b|id\b",
    "severity": r"severity",
    "finding": r"(?:iteration \d+ )?finding|issue",
    "status": r"(?:fix )?status|resolved|verified|fixed|verdict",
    "note": r"note|how|fix applied|verification|evidence|assessment|comment",
}
_BULLET = re.compile(
    r"\**\[?(?:finding\s+#?\d+\s*)?[\[(]?(?P<severity>CRITICAL|IMPROVEMENT|POLISH)[\])]?\**"
    r"\s*[:.—–-]*\s*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_REF = re.compile(r"\**(?:(?:finding|issue)\s*)?#?(\d{1,2})\b", re.IGNORECASE)
_STATUS = re.compile(
    r"(?:^|\s*(?:--+|[—–:]|->|→)\s*\**|(?<=\*\*)\s*)\**(?P<status>(?:not |partially |still )?"
    r"(?:fixed|resolved|addressed|accepted|skipped|deferred|open|retracted|non-issue|done|yes)"
    r"\b(?: \([^)]*\))?)[.:*]*\s*(?P<note>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def read_table(reading: Reading, raws: list[Raw]) -> list[FixCheck]:
    """Read the tables among `raws`."""
    return [_fix_check(row) for row in rows(reading, raws, _FIX_CHECK)]


def is_bullet(item: Raw) -> bool:
    """A list item that begins with a severity."""
    return bool(item.children) and _BULLET.match(item.children[0].text) is not None


def read_item(reading: Reading, item: Raw) -> FixCheck:
    """Read `[CRITICAL] x — FIXED`, `**[POLISH] x -- FIXED.** prose`, `**CRITICAL (x):** Fixed`."""
    first, *more = item.children
    check = _fixed(reading, first.text, item.line, item.end)
    extra = flattened(typed(reading, more))
    return replace(check, note=check.note + extra) if extra else check


def read_heading(reading: Reading, part: Part) -> FixCheck:
    """Read a heading that looks like a finding but stands in a check of fixes."""
    check = _fixed(reading, part.title, part.line, part.stop)
    note = flattened(read_blocks(reading, *part.own))
    return replace(check, note=check.note + note)


def _fixed(reading: Reading, text: str, line: int, end: int) -> FixCheck:
    match = _BULLET.match(text)
    head = None if match else read_head(text)
    severity = read_severity(match["severity"]) if match else head.severity if head else None
    rest = match["text"] if match else head.title if head else text
    status = _STATUS.search(rest)
    finding = rest[: status.start()] if status else rest
    return FixCheck(
        src=reading.src(line, end),
        ref=number[1] if (number := _REF.match(text)) else "",
        finding=reading.spans(finding.replace("**", "").strip(" .:"), line),
        severity=severity,
        status=status["status"] if status else "",
        outcome=read_fix(status["status"] if status else ""),
        note=reading.spans(status["note"].replace("**", ""), line) if status else (),
    )


def _fix_check(row: Row) -> FixCheck:
    note = row.spans("note")
    for more in row.extra.values():
        note = (*note, *more)
    return FixCheck(
        src=row.src,
        ref=row.text("ref"),
        finding=row.spans("finding"),
        severity=read_severity(row.text("severity")),
        status=row.text("status"),
        outcome=read_fix(row.text("status")),
        note=note,
    )
