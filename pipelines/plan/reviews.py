"""`## Review — DATE (Iteration i/n)`: summary, verdict, findings and fix checks."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contracts.plan import Blocks, Finding, FixCheck, Review, Severity
from pipelines.plan.blocks import read_blocks, subheading, typed
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.phases import Row, rows
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_severity

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ITERATION = re.compile(r"iteration\s+(?P<i>\d+)(?:\s*/\s*(?P<of>\d+))?(?P<final>.*final)?", re.I)
_COUNT = re.compile(r"[-*\s]*(critical|improvement|polish)\**\s*:\**\s*(\d+)", re.I)
# `#### [CRITICAL] — title`, `#### CRITICAL -- title`, and with the separator lost
_FINDING = re.compile(
    r"(?:finding\s+#?\d+:?\s*)?(?P<open>\[)?(?P<severity>CRITICAL|IMPROVEMENT|POLISH)(?(open)\])"
    r"\s*(?P<separator>--+|[—–:-])?\s*(?P<title>.*)"
)
_FIELD = re.compile(r"\s*(?:[-*]\s+)?\*\*(?P<label>[^*:]{2,40}):?\*\*:?[ \t]*")
_LABELS = {
    "location": "location",
    "issue": "issue",
    "student impact": "impact",
    "impact": "impact",
    "suggested fix": "fix",
    "fix": "fix",
    "status": "status",
}
_FIX_CHECK = {
    "severity": r"severity",
    "finding": r"(?:iteration \d+ )?finding|issue",
    "status": r"(?:fix )?status|resolved|verified|fixed|verdict",
    "note": r"note|how|fix applied|verification|evidence|assessment|comment",
}
_VERDICT = re.compile(r"verdict\s*:?\s*(?P<verdict>.*)", re.IGNORECASE)


def read_review(reading: Reading, part: Part) -> Review:
    """Read one review; headings that it does not know become part of its notes."""
    iteration = _ITERATION.search(part.title)
    date = _DATE.search(part.title)
    found = _Parts(reading, part)
    return Review(
        src=reading.src(part.line, part.end),
        title=part.title,
        date=date[0] if date else "",
        iteration=int(iteration["i"]) if iteration else None,
        of=int(iteration["of"]) if iteration and iteration["of"] else None,
        final=bool(iteration and iteration["final"]),
        verdict=found.verdict,
        counts=found.counts,
        rationale=found.rationale,
        findings=tuple(found.findings),
        fix_checks=tuple(found.fix_checks),
        notes=found.notes,
    )


class _Parts:
    """Goes through a review's headings and sorts what stands under them."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self.reading = reading
        self.counts: dict[Severity, int] = {}
        self.verdict = ""
        self.rationale: Blocks = ()
        self.findings: list[Finding] = []
        self.fix_checks: list[FixCheck] = []
        self.notes: Blocks = read_blocks(reading, *part.own)
        for child in part.children:
            self.take(child)

    def take(self, part: Part) -> None:
        title = part.title.strip("* ")
        verdict = _VERDICT.match(title)
        if _FINDING.match(title):
            self.findings.append(_finding(self.reading, part))
        elif verdict:
            self.verdict = verdict["verdict"].strip("* ")
            self.rationale = read_blocks(self.reading, *part.own)
        elif title.lower().startswith("summary"):
            self.count(part)
        elif re.search(r"resolution|verification|fix|previous|iteration \d", title, re.I):
            self.check_fixes(part)
        else:
            self.other(part)
        for child in part.children:
            self.take(child)

    def count(self, part: Part) -> None:
        first, last = part.own
        for line in self.reading.source.lines[first - 1 : last]:
            if match := _COUNT.match(line):
                self.counts[Severity(match[1].lower())] = int(match[2])
        blocks = read_blocks(self.reading, *part.own)
        self.notes += tuple(block for block in blocks if block.type != "list")

    def check_fixes(self, part: Part) -> None:
        raws = raw_blocks(self.reading, *part.own)
        self.fix_checks += [_fix_check(row) for row in rows(self.reading, raws, _FIX_CHECK)]
        if any(raw.kind not in ("table", "rule") for raw in raws):
            self.other(part)

    def other(self, part: Part) -> None:
        """Keep what stands under another heading: with its title, unless that is `Findings`."""
        blocks = read_blocks(self.reading, *part.own)
        expected = re.match(
            r"(?:new |remaining )?(?:findings|items)|review notes", part.title, re.I
        )
        if not expected:
            blocks = (subheading(self.reading, part.title, part.line), *blocks)
        self.notes += blocks


def _finding(reading: Reading, part: Part) -> Finding:
    match = _FINDING.match(part.title.strip("* "))
    assert match  # the caller looked
    severity = read_severity(match["severity"])
    assert severity
    if not match["separator"]:
        reading.problem(
            part.line,
            "ML202",
            "the dash between severity and title is lost",
            "write `#### [POLISH] — title`",
            "warning",
        )
    title, fields = reading.spans(match["title"], part.line), _fields(reading, part)
    words = plain(title) + " ".join(_text(blocks) for blocks in fields.values())
    return Finding(
        src=reading.src(part.line, part.stop),
        severity=severity,
        title=title,
        fields=fields,
        retracted="RETRACTED" in words,
    )


def _text(blocks: Blocks) -> str:
    return " ".join(plain(getattr(block, "spans", ())) for block in blocks)


def _fields(reading: Reading, part: Part) -> dict[str, Blocks]:
    """Cut a finding at its `**Label:**` lines; text before the first is the field `text`."""
    first, last = part.own
    starts: list[tuple[str, int]] = [("text", first)]
    for number in range(first, last + 1):
        match = _FIELD.match(reading.source.lines[number - 1])
        if match:
            label = match["label"].strip()
            starts.append((_LABELS.get(label.lower(), label), number))
    stops = [number - 1 for _, number in starts[1:]] + [last]
    fields: dict[str, Blocks] = {}
    for (label, start), stop in zip(starts, stops, strict=True):
        blocks = _field(reading, start, stop, labelled=label != "text")
        if blocks:
            fields[label] = fields.get(label, ()) + blocks
    return fields


def _field(reading: Reading, first: int, last: int, *, labelled: bool) -> Blocks:
    """Read the lines of a field without its label and the rule that ends the finding."""
    raws = raw_blocks(reading, first, last)
    if labelled and raws:
        text = _FIELD.sub("", raws[0].text, count=1)
        raws[0] = replace(raws[0], text=text)
    return typed(reading, [raw for raw in raws if raw.kind != "rule" and not _is_empty(raw)])


def _is_empty(raw: Raw) -> bool:
    return raw.kind == "paragraph" and not raw.text.strip()


def _fix_check(row: Row) -> FixCheck:
    note = row.spans("note")
    for more in row.extra.values():
        note = (*note, *more)
    return FixCheck(
        src=row.src,
        finding=row.spans("finding"),
        severity=read_severity(row.text("severity")),
        status=row.text("status"),
        note=note,
    )
