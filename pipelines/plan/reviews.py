"""`## Review — DATE (Iteration i/n)`: summary, verdict, findings and fix checks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipelines.contracts.plan import Blocks, Finding, FixCheck, Review, Severity
from pipelines.plan import fix_checks
from pipelines.plan.blocks import subheading, typed
from pipelines.plan.findings import match_heading, read_finding
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.structure import Part, deeper
from pipelines.plan.vocabulary import read_outcome

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ITERATION = re.compile(r"iteration\s+(?P<i>\d+)(?:\s*/\s*(?P<of>\d+))?(?P<final>.*final)?", re.I)
_COUNT = re.compile(r"[-*\s]*(critical|improvement|polish)\**\s*:\**\s*(\d+)", re.I)
_ONLY_COUNT = re.compile(r"[-*\s]*(?:critical|improvement|polish)\**\s*:\**\s*\d+\s*", re.I)
_CHECKING = re.compile(r"resolution|verification|\bfix|previous|iteration \d", re.IGNORECASE)
_VERDICT_LINE = re.compile(r"\*\*(?:overall )?verdict:?\*\*:?\s*(?P<verdict>.+)", re.IGNORECASE)
_LABEL = re.compile(r"\((?P<words>[^()]*)\)")
_VERDICT = re.compile(r"(?:overall )?verdict\s*(?::|--+|[—–])?\s*(?P<verdict>.*)", re.IGNORECASE)


def read_review(reading: Reading, part: Part) -> Review:
    """Read one review; headings that it does not know become part of its notes."""
    part = deeper(part, reading.source.lines)
    iteration = _ITERATION.search(part.title)
    date = _DATE.search(part.title)
    found = _Parts(reading, part)
    return Review(
        src=reading.src(part.line, part.end),
        title=part.title,
        label=_label(part.title),
        outcome=read_outcome(found.verdict),
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


def _label(title: str) -> str:
    """Return what the parenthesis says beside the iteration: `Post-Depth-Rework`."""
    words = [part for match in _LABEL.finditer(title) for part in match["words"].split(",")]
    return ", ".join(one.strip() for one in words if not _ITERATION.search(one))


def numbered(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Number the cycles: one begins whenever the iterations do not go on counting."""
    found: list[Review] = []
    cycle, last = 1, 0
    for review in reviews:
        if review.iteration is not None:
            cycle += review.iteration <= last
            last = review.iteration
        found.append(review.model_copy(update={"cycle": cycle}))
    return tuple(found)


class _Parts:
    """Goes through a review's headings and sorts what stands under them."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self.reading = reading
        self.counts: dict[Severity, int] = {}
        self.verdict = ""
        self.rationale: Blocks = ()
        self.findings: list[Finding] = []
        self.fix_checks: list[FixCheck] = []
        self.notes: Blocks = ()
        self.note(part)
        for child in part.children:
            self.take(child, checking=False)

    def take(self, part: Part, *, checking: bool) -> None:
        """Read a part; under a check of fixes no heading is a finding."""
        title = part.title.strip("* ")
        verdict = _VERDICT.match(title)
        fixes = bool(_CHECKING.search(title)) and not match_heading(part)
        if checking and match_heading(part):
            self.fix_checks.append(fix_checks.read_heading(self.reading, part))
        elif match_heading(part):
            self.findings.append(read_finding(self.reading, part))
        elif verdict:
            self.verdict = verdict["verdict"].strip("* ") or self.verdict
            self.note(part, verdict=True)
        elif title.lower().startswith("summary"):
            self.count(part)
        elif fixes:
            self.check_fixes(part)
        else:
            self.other(part)
        for child in part.children:
            self.take(child, checking=checking or fixes)

    def note(self, part: Part, *, verdict: bool = False) -> None:
        """Keep what stands under a heading; a line `**Verdict:** …` is the verdict."""
        kept = []
        for raw in raw_blocks(self.reading, *part.own):
            match = _VERDICT_LINE.match(raw.text) if raw.kind == "paragraph" else None
            if match and not self.verdict:
                self.verdict = match["verdict"].split("\n")[0].strip("* ")
            elif raw.kind == "paragraph" and verdict and not self.verdict:
                self.verdict = raw.text.split("\n")[0].strip("* ")
            if raw.kind != "rule" or not verdict:
                kept.append(raw)
        blocks = typed(self.reading, kept)
        if verdict:
            self.rationale += blocks
        else:
            self.notes += blocks

    def count(self, part: Part) -> None:
        first, last = part.own
        for line in self.reading.source.lines[first - 1 : last]:
            if match := _COUNT.match(line):
                self.counts[Severity(match[1].lower())] = int(match[2])
        for raw in raw_blocks(self.reading, *part.own):
            counts = [bool(_ONLY_COUNT.fullmatch(line)) for line in _lines(raw)]
            if all(counts):
                self.reading.label(raw.line, "\n".join(_lines(raw)), raw.end)
            else:
                self.notes += typed(self.reading, [raw])

    def check_fixes(self, part: Part) -> None:
        """Read tables and bullets of a fix check; what is neither is kept as a note."""
        raws = raw_blocks(self.reading, *part.own)
        self.fix_checks += fix_checks.read_table(self.reading, raws)
        rest = []
        for raw in raws:
            items = [item for item in raw.children if fix_checks.is_bullet(item)]
            self.fix_checks += [fix_checks.read_item(self.reading, item) for item in items]
            others = tuple(item for item in raw.children if item not in items)
            if raw.kind == "list" and others:
                rest.append(replace(raw, children=others))
            elif raw.kind not in ("list", "table", "rule"):
                rest.append(raw)
        if rest:
            self.notes += (subheading(self.reading, part.title, part.line),)
            self.notes += typed(self.reading, rest)

    def other(self, part: Part) -> None:
        """Keep what stands under another heading: with its title, unless that is `Findings`."""
        expected = re.match(
            r"(?:new |remaining )?(?:findings|items)|review notes", part.title, re.I
        )
        if not expected:
            self.notes += (subheading(self.reading, part.title, part.line),)
        self.note(part)


def _lines(raw: Raw) -> list[str]:
    """Return the lines of a paragraph, or of all paragraphs of a list."""
    inner = [line for child in raw.children for line in _lines(child)]
    return inner + (raw.text.split("\n") if raw.kind == "paragraph" else [])
