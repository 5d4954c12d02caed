"""`## Review — DATE (Iteration i/n)`: summary, verdict, findings and fix checks."""

import re
from collections.abc import Iterable
from dataclasses import replace

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Finding, FixCheck, Review, Severity
from pipelines.plan.blocks import flattened, read_blocks, subheading, typed
from pipelines.plan.columns import Row, rows_by_role
from pipelines.plan.findings import (
    Head,
    group_severity,
    match_heading,
    read_finding,
    read_head,
)
from pipelines.plan.lines import Heading, deeper
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_fix, read_outcome, read_severity

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}[/.]\d{1,2}[/.]\d{1,2}"
    rf"|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {_MONTH} \d{{4}}",
    re.IGNORECASE,
)
_OF = r"(?:\s*(?:/|of)\s*#?(?P<{}>\d{{1,2}}))?"
_ITERATION = re.compile(
    rf"\b(?:iteration|iter\.?|round)\s*#?(?P<i>\d{{1,2}})\b{_OF.format('of')}(?P<final>.*final)?"
    rf"|\breview\s*#?(?P<n>\d{{1,2}})(?![\d-]|[./]\d{{3}}){_OF.format('m')}"
    rf"|\b(?P<word>first|second|third|fourth) (?:iteration|review|round){_OF.format('k')}",
    re.IGNORECASE,
)
_ORDINALS = ("", "first", "second", "third", "fourth")
_COUNT = re.compile(r"[-*\s]*(critical|improvement|polish)\**\s*:\**\s*(\d{1,9})", re.I)
_ONLY_COUNT = re.compile(r"[-*\s]*(?:critical|improvement|polish)\**\s*:\**\s*\d+\s*", re.I)
_CHECKING = re.compile(r"resolution|verification|\bfix|previous|iteration \d", re.IGNORECASE)
_NAME = r"(?:(?:overall|final) )?verdict"
_VERDICT_LINE = re.compile(
    rf"[-*>\s]*(?:\*\*)?{_NAME}(?:\*\*)?\s*(?::|--+|[—–])\s*(?:\*\*)?\s*(?P<verdict>\S.*)",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(
    r"(?::|--+|[—–])\s*(?P<verdict>(?:PASS|NEEDS REVISION|MAJOR REVISION)\b.*)$", re.IGNORECASE
)
_LABEL = re.compile(r"\((?P<words>[^()]*)\)")
_VERDICT = re.compile(
    rf"(?:{_NAME}|result|decision|outcome)\b\s*(?::|--+|[—–])?\s*(?P<verdict>.*)", re.IGNORECASE
)
_EXPECTED = re.compile(r"(?:new |remaining )?(?:findings|items)|review notes", re.IGNORECASE)
_FINDINGS = re.compile(r"(?:new |open |all )?(?:findings|issues)\b", re.IGNORECASE)
_FIX_CHECK = {
    "ref": r"#|no\b|id\b",
    "severity": r"severity",
    "finding": r"(?:iteration \d+ )?finding|issue",
    "status": r"(?:fix )?status|resolved|verified|fixed|verdict",
    "content": r"content",
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


def read_review(reading: Reading, part: Heading) -> Review:
    """Read one review; headings that it does not know become part of its notes."""
    part = deeper(part, reading.source.lines)
    date = _DATE.search(part.title)
    found = ReviewReader(reading, part)
    number, of, final = _iteration(part.title)
    titled = _IN_TITLE.search(part.title)
    verdict = found.verdict or (titled["verdict"].strip("*` ") if titled else "")
    return Review(
        src=reading.src(part.line, part.end),
        title=part.title,
        label=_title_label(part.title),
        outcome=read_outcome(verdict),
        date=date[0] if date else "",
        iteration=number,
        of=of,
        final=final,
        verdict=verdict,
        counts=found.counts,
        rationale=found.rationale,
        findings=tuple(found.findings),
        fix_checks=tuple(found.fix_checks),
        notes=found.notes,
    )


def _iteration(title: str) -> tuple[int | None, int | None, bool]:
    """Return i and n of `Iteration i/n`, and whether it is said to be the last."""
    match = _ITERATION.search(_DATE.sub(" ", title))
    if not match:
        return None, None, False
    word = (match["word"] or "").lower()
    number = int(match["i"] or match["n"] or _ORDINALS.index(word))
    of = match["of"] or match["m"] or match["k"]
    return number, int(of) if of else None, bool(match["final"])


def _title_label(title: str) -> str:
    """Return what the parenthesis says beside the iteration: `Post-Depth-Rework`."""
    words = [part for match in _LABEL.finditer(title) for part in match["words"].split(",")]
    kept = (one.strip() for one in words if not _ITERATION.search(one) and not _DATE.search(one))
    return ", ".join(one for one in kept if one)


def number_cycles(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Number the cycles: one begins whenever the iterations do not go on counting."""
    found: list[Review] = []
    cycle, last = 1, 0
    for review in reviews:
        if review.iteration is not None:
            cycle += review.iteration <= last
            last = review.iteration
        found.append(replace(review, cycle=cycle))
    return tuple(found)


class ReviewReader:
    """Goes through a review's headings and sorts what stands under them."""

    def __init__(self, reading: Reading, part: Heading, *, checking: bool = False) -> None:
        self.reading = reading
        self.top = part
        self.counts: dict[Severity, int] = {}
        self.verdict = ""
        self.rationale: Blocks = ()
        self.findings: list[Finding] = []
        self.fix_checks: list[FixCheck] = []
        self.notes: Blocks = ()
        if checking:
            self.check_fixes(part)
        else:
            self.note(part)
        for child in part.children:
            self.take_part(child, checking=checking)

    def take_part(
        self, part: Heading, *, checking: bool, severity: Severity | None = None
    ) -> None:
        """Read a part; under a check of fixes no heading is a finding.

        Args:
            severity: What the heading above gives to all headings below it.
        """
        title = part.title.strip("* ")
        verdict = _VERDICT.match(title)
        head = match_heading(part) or (severity and Head(severity, part.title)) or None
        group = None if checking else group_severity(part)
        fixes = bool(_CHECKING.search(title)) and not head
        if checking and head:
            self.fix_checks.append(_headed_check(self.reading, part))
        elif head:
            self.findings.append(read_finding(self.reading, part, head))
        elif verdict:
            self.verdict = verdict["verdict"].strip("*` ") or self.verdict
            self.note(part, verdict=True)
        elif title.lower().startswith("summary"):
            self.count(part)
        elif group:
            self.group(part, group)
        elif fixes or checking:
            self.check_fixes(part)
        else:
            self.other(part)
        for child in part.children:
            self.take_part(child, checking=checking or fixes, severity=group)

    def note(self, part: Heading, *, verdict: bool = False) -> None:
        """Keep what stands under a heading; a line `**Verdict:** …` is the verdict."""
        kept = []
        for raw in raw_blocks(self.reading, *part.own):
            self.find_verdict(raw)
            inner = raw.children[0] if raw.kind == "quote" and raw.children else raw
            if inner.kind == "paragraph" and verdict and not self.verdict:
                self.verdict = inner.text.split("\n")[0].strip("*` ")
            if raw.kind != "rule" or not verdict:
                kept.append(raw)
        unheaded = _FINDINGS.match(part.title) and not any(
            map(match_heading, self.top.with_inner())
        )
        if unheaded and self.reading.importer:
            found, kept = self.reading.importer().findings(self.reading, kept, None)
            self.findings += found
        blocks = typed(self.reading, kept)
        if verdict:
            self.rationale += blocks
        else:
            self.notes += blocks

    def group(self, part: Heading, severity: Severity) -> None:
        """Read the findings under `#### Critical (2)`: its items, else its text."""
        raws = [raw for raw in raw_blocks(self.reading, *part.own) if raw.kind != "rule"]
        if self.reading.importer and not part.children:
            found, raws = self.reading.importer().findings(self.reading, raws, severity)
            self.findings += found
        if raws and not part.children:
            self.findings.append(read_finding(self.reading, part, Head(severity, "")))

    def find_verdict(self, raw: Raw) -> None:
        """Read a line `**Verdict:** …`, be it a paragraph or an item of a list."""
        for line in _lines(raw) if raw.kind in ("paragraph", "list", "quote") else ():
            match = _VERDICT_LINE.match(line)
            if match and not self.verdict:
                self.verdict = match["verdict"].strip("*` ")

    def count(self, part: Heading) -> None:
        """Read the lines `critical: 2` of a summary, and keep the others."""
        first, last = part.own
        for line in self.reading.source.lines[first - 1 : last]:
            if match := _COUNT.match(line):
                self.counts[Severity(match[1].lower())] = int(match[2])
        for raw in raw_blocks(self.reading, *part.own):
            self.find_verdict(raw)
            if all(map(_ONLY_COUNT.fullmatch, _lines(raw))):
                self.reading.label(raw.line, "\n".join(_lines(raw)), raw.end)
            else:
                self.notes += typed(self.reading, [raw])

    def check_fixes(self, part: Heading) -> None:
        """Read tables and bullets of a fix check; what is neither is kept as a note."""
        raws = raw_blocks(self.reading, *part.own)
        self.fix_checks += [
            _fix_check(row) for row in rows_by_role(self.reading, raws, _FIX_CHECK)
        ]
        rest = []
        for raw in raws:
            items = [item for item in raw.children if _is_bullet(item)]
            self.fix_checks += [_listed_check(self.reading, item) for item in items]
            others = tuple(item for item in raw.children if item not in items)
            if raw.kind == "list" and others:
                rest.append(replace(raw, children=others))
            elif raw.kind not in ("list", "table", "rule"):
                rest.append(raw)
        if rest and part is not self.top:
            self.notes += (subheading(self.reading, part.title, part.line),)
        self.notes += typed(self.reading, rest)

    def other(self, part: Heading) -> None:
        """Keep what stands under another heading: with its title, unless that is `Findings`."""
        if not _EXPECTED.match(part.title):
            self.notes += (subheading(self.reading, part.title, part.line),)
        self.note(part)


def _lines(raw: Raw) -> list[str]:
    """Return the lines of a paragraph, or of all paragraphs of a list."""
    inner = [line for child in raw.children for line in _lines(child)]
    return inner + (raw.text.split("\n") if raw.kind == "paragraph" else [])


# --- what became of the findings of an earlier review ---


def _is_bullet(item: Raw) -> bool:
    """A list item that begins with a severity."""
    return bool(item.children) and _BULLET.match(item.children[0].text) is not None


def _listed_check(reading: Reading, item: Raw) -> FixCheck:
    """Read `[CRITICAL] x — FIXED`, `**[POLISH] x -- FIXED.** prose`, `**CRITICAL (x):** Fixed`."""
    first, *more = item.children
    check = _fixed(reading, first.text, item.line, item.end)
    extra = flattened(typed(reading, more))
    return replace(check, note=check.note + extra) if extra else check


def _headed_check(reading: Reading, part: Heading) -> FixCheck:
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
        content=row.text("content").strip("`"),
        note=note,
    )
