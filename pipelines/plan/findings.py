"""Headings of a review that carry a severity: findings, with their labelled fields."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contracts.plan import Blocks, Finding
from pipelines.plan.blocks import typed
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_severity

_SEVERITY = r"(?P<severity>CRITICAL|IMPROVEMENT|POLISH|(?<=\[)(?:Critical|Improvement|Polish))"
# `#### [CRITICAL] — title`, `#### CRITICAL -- title`, and with the separator lost
FINDING = re.compile(
    rf"(?:\d+[.)]\s*)?(?:[Ff]inding\s+#?\d+:?\s*)?\**(?P<open>\[)?{_SEVERITY}(?(open)\])\**"
    r"\s*(?P<separator>--+|[—–:-])?\s*(?P<title>.*)",
    re.DOTALL,
)
# `#### title [POLISH]`
FINDING_LAST = re.compile(
    rf"(?P<title>.+?)\s*(?P<separator>--+|[—–:-])?\s*[(\[]?(?<=[(\[]){_SEVERITY}[)\]]\s*$"
)
_GROUP = re.compile(r"(?:findings?|issues?|items?)?\s*(?:\(\d+\))?$", re.IGNORECASE)
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


def match_heading(part: Part) -> re.Match[str] | None:
    """Match a heading that carries a severity and is no group of findings."""
    title = part.title.strip()
    match = FINDING.match(title) or FINDING_LAST.match(title)
    group = match and _GROUP.fullmatch(match["title"].strip("* ")) and part.children
    return None if group else match


def read_finding(reading: Reading, part: Part) -> Finding:
    """Read a heading that `match_heading` matches, and what stands under it."""
    match = match_heading(part)
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
    title, fields = reading.spans(match["title"].strip("* "), part.line), _fields(reading, part)
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
