"""Headings of a review that carry a severity: findings, with their labelled fields."""

import re
from dataclasses import dataclass, replace

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Finding, Severity
from pipelines.plan.blocks import typed
from pipelines.plan.inline import plain
from pipelines.plan.lines import Heading
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_severity

_WORD = r"CRITICAL|IMPROVEMENT|POLISH"
_ANY_CASE = rf"(?i:{_WORD})"
_SHORT = r"(?<=\[)(?:[CIP]|(?i:BLOCKER|MAJOR|MINOR|NIT(?:PICK)?))"  # only as `[C]`, `[MINOR]`
_LAST = r"(?:\s*[-–#]?\s*\d{1,2}(?!\w))?"  # `CRITICAL-1`, `Critical #2`
_SEPARATOR = r"--+|[—–:-]"
# `#### [CRITICAL] — title`, `#### CRITICAL -- title`, `#### Finding 1 (critical): title`, and with
# the separator lost; in lower case only where brackets or a separator show that it is no verb
FINDING = re.compile(
    r"(?:\d+[.)]\s*)?(?:(?:(?i:finding|issue|item)\s*#?|F|#)\d+\s*(?:--+|[—–:.-])?\s*)?\**[`~]*"
    rf"(?:(?P<open>[\[(])(?P<in>{_ANY_CASE}|{_SHORT}){_LAST}[\])]|(?P<upper>{_WORD}){_LAST}\b"
    rf"|(?P<lower>{_ANY_CASE})(?:\s+(?:finding|issue))?{_LAST}(?=\s*(?:--+|[—–:]|\s-\s)\s*\S))"
    rf"(?:\s+(?i:finding|issue){_LAST})?\**[`~]*"
    rf"\s*(?P<separator>{_SEPARATOR})?\s*(?P<title>.*)",
    re.DOTALL,
)
# `#### title [POLISH]`, `#### title — POLISH`
FINDING_LAST = re.compile(
    rf"(?P<title>.+?)\s*(?P<separator>{_SEPARATOR})?\s*[(\[]"
    rf"(?P<severity>{_ANY_CASE}|{_SHORT})[)\]]\s*$"
    rf"|(?P<before>.+?)\s*(?:--+|[—–:])\s*(?P<word>{_WORD})\s*$"
)
_GROUP = re.compile(
    rf"\**[\[(]?(?P<severity>{_ANY_CASE})[\])]?\**(?:\s+(?:findings?|issues?|items?))?"
    r"\s*:?\s*(?:[(\[]\d+[)\]]|:\s*\d+)?\s*\**$",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\s*(?:[-*]\s+)?\*\*(?P<label>[^*:]{2,40}):?\*\*:?[ \t]*")
_ORNAMENT = re.compile(r"^[^\w\s\[(#*`~]+\s*")
_LABELS = {
    "location": "location",
    "issue": "issue",
    "student impact": "impact",
    "impact": "impact",
    "suggested fix": "fix",
    "fix": "fix",
    "status": "status",
}


@dataclass(frozen=True)
class Head:
    """A title that carries a severity; `whole` says that its separator is not lost."""

    severity: Severity
    title: str
    whole: bool = True


def read_head(title: str) -> Head | None:
    """Read a title that carries a severity, before or after its words, else None."""
    title = _ORNAMENT.sub("", title.strip())
    if match := FINDING.match(title):
        severity = read_severity(match["in"] or match["upper"] or match["lower"])
        return Head(severity, match["title"], bool(match["separator"])) if severity else None
    if match := FINDING_LAST.match(title):
        severity = read_severity(match["severity"] or match["word"])
        return Head(severity, match["title"] or match["before"]) if severity else None
    return None


def group_severity(part: Heading) -> Severity | None:
    """Return the severity that a heading gives to all that stands below it."""
    match = _GROUP.match(_ORNAMENT.sub("", part.title.strip()))
    return read_severity(match["severity"]) if match else None


def match_heading(part: Heading) -> Head | None:
    """Read a heading that carries a severity and is no group of findings."""
    return None if group_severity(part) else read_head(part.title)


def read_finding(reading: Reading, part: Heading, head: Head) -> Finding:
    """Read what stands under a heading that carries a severity."""
    if not head.whole:
        reading.problem(
            part.line,
            "ML202",
            "the dash between severity and title is lost",
            "write `#### [POLISH] — title`",
            "warning",
        )
    title = reading.spans(head.title.strip("*`~ "), part.line)
    fields = _fields(reading, part)
    words = plain(title) + " ".join(_blocks_text(blocks) for blocks in fields.values())
    return Finding(
        src=reading.src(part.line, part.stop),
        severity=head.severity,
        title=title,
        fields=fields,
        retracted="RETRACTED" in words,
    )


def _blocks_text(blocks: Blocks) -> str:
    return " ".join(plain(getattr(block, "spans", ())) for block in blocks)


def _fields(reading: Reading, part: Heading) -> dict[str, Blocks]:
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
    return typed(
        reading,
        [
            raw
            for raw in raws
            if raw.kind != "rule" and (raw.kind != "paragraph" or raw.text.strip())
        ],
    )
