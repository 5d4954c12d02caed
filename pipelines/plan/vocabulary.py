"""The dialect's words: column names, depths, levels, statuses, kinds of sections."""

import re
from collections.abc import Iterable
from typing import TypeVar

from pipelines.contracts.planning import (
    FixOutcome,
    GapSize,
    LessonRef,
    ModalityFamily,
    Outcome,
    Polarity,
    SectionKind,
    Severity,
    Status,
)
from pipelines.contracts.spans import Depth, DepthLevel

Meaning = TypeVar("Meaning")
_DEPTHS = (
    ("not taught", DepthLevel.MISSING),
    ("not explicit", DepthLevel.MISSING),
    ("missing", DepthLevel.MISSING),
    ("mentioned", DepthLevel.MENTIONED),
    ("introduced", DepthLevel.INTRODUCED),
    ("developed", DepthLevel.DEVELOPED),
    ("established", DepthLevel.DEVELOPED),
    ("reinforced", DepthLevel.APPLIED),
    ("assumed", DepthLevel.DEVELOPED),
    ("applied", DepthLevel.APPLIED),
)
_PAIR = re.compile(r"(?:\s*\([^)]*\))?\s*(?:->|→|/|to)\s*")
_REFERENCE = re.compile(
    r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)+)(?:\s*\((?P<after>\d+(?:\.\d+)+)\))?"
    r"|(?P<name>[A-Za-z]\w*)?\s*\((?P<number>\d+(?:\.\d+)+)\)"
)
_FAMILIES = (
    (r"verbal|analog", ModalityFamily.VERBAL),
    (r"visual|geometric|spatial", ModalityFamily.VISUAL),
    (r"symbolic|code", ModalityFamily.SYMBOLIC),
    (r"concrete|example", ModalityFamily.CONCRETE),
    (r"intuiti", ModalityFamily.INTUITIVE),
    (r"interactive|widget", ModalityFamily.INTERACTIVE),
)
_FIXES = (
    (r"not fixed \(accept|accepted|skipped|deferred|wont|won't", FixOutcome.ACCEPTED),
    (r"partial", FixOutcome.PARTLY),
    (r"not (?:fixed|addressed|resolved|done)|still open|\bopen\b|^no\b", FixOutcome.OPEN),
    (r"non-?issue|retracted|withdrawn|n/a", FixOutcome.RETRACTED),
    (r"fixed|resolved|^yes\b|done|addressed|verified", FixOutcome.FIXED),
)
_CHECK_WORDS = (
    r"\b(?:checks?\b|check-?points?\b|transfer (?:questions?|check)|transfer$"
    r"|predict(?:[- ]and[- ]|\s*&\s*)verify|assessment|quiz)"
)
_SECTIONS = (
    (r"\b(?:context|constraint)", SectionKind.CONTEXT),
    (r"\b(?:recap|quick recap|reactivat)", SectionKind.RECAP),
    (r"\bhook", SectionKind.HOOK),
    (_CHECK_WORDS, SectionKind.CHECK),
    (r"\bexplain", SectionKind.EXPLAIN),
    (r"\bexplore", SectionKind.EXPLORE),
    (r"\belaborate", SectionKind.ELABORATE),
    (r"\b(?:practice|notebook|exercise)", SectionKind.PRACTICE),
    (r"\b(?:summar|takeaway)", SectionKind.SUMMARY),
    (r"\bnext", SectionKind.NEXT),
)

# Length hints, layout hints and depth tags are for the builder: `(~2 min read)`, `(Row + Aside)`
DECORATION = re.compile(
    r"\s*\((?P<words>~[^()]*|Row[^()]*|Aside|NEW|kept as-is|gap resolution|gap fill"
    r"|(?:MENTIONED|INTRODUCED|DEVELOPED|APPLIED|REINFORCED)[^()]*)\)\s*$"
)


def read_depth(raw: str) -> Depth:
    """Read `DEVELOPED (assumed)`: the first known word is the level, the rest a note."""
    lower = raw.lower()
    found = sorted((lower.find(word), word, level) for word, level in _DEPTHS if word in lower)
    if not found:
        return Depth(level=DepthLevel.UNKNOWN, raw=raw.strip())
    at, word, level = found[0]
    rest = (raw[:at] + raw[at + len(word) :]).strip()
    note = rest.removeprefix("(").removesuffix(")").strip() if rest.startswith("(") else rest
    second = found[1][2] if len(found) > 1 and _PAIR.match(lower[at + len(word) :]) else None
    return Depth(level=level, second=second, note=note, raw=raw.strip())


def read_references(raw: str) -> tuple[LessonRef, ...]:
    """Read `samplers (6.4.2) + flow-matching (7.2.2)`; what names no lesson is kept as it is."""
    found = tuple(
        LessonRef(
            slug=(match["slug"] or match["name"] or "").lower(),
            number=match["after"] or match["number"] or "",
            raw=match[0].strip(),
        )
        for match in _REFERENCE.finditer(raw)
    )
    return found or ((LessonRef(raw=raw.strip()),) if raw.strip(" -–—") else ())


def read_status(raw: str) -> Status:
    """Read a Status cell: `OK`, `GAP (small)`, `not taught`, `met`."""
    word = re.sub(r"[^a-z]+", " ", raw.lower()).strip()
    for status in (Status.OK, Status.GAP, Status.MISSING):
        if word.startswith(status.value):
            return status
    if word.startswith("not taught"):
        return Status.MISSING
    return Status.OK if word.startswith(("met", "yes", "✓")) else Status.UNKNOWN


def read_size(raw: str) -> GapSize:
    """Read `Small (one paragraph)`, `GAP (medium)`, `OK (small gap)`, `Small-to-Medium`."""
    lower = raw.lower()
    if re.search(r"\bsmall\W+(?:to\W+)?medium\b", lower):
        return GapSize.SMALL_TO_MEDIUM
    found = re.search(r"\b(?:trivial|tiny|small|minor|medium|moderate|large|major|big)\b", lower)
    words = {"tiny": "trivial", "minor": "small", "moderate": "medium"}
    words |= {"major": "large", "big": "large"}
    return GapSize(words.get(found[0], found[0])) if found else GapSize.UNKNOWN


def read_polarity(raw: str) -> Polarity:
    """Read a Type cell: `Positive (stretch)`, `Pos`, `-`, `Non-example`, `Boundary case`."""
    lower = raw.lower()
    positive = bool(re.search(r"positive|\bpos\b|✅|^\s*\+\s*$", lower))
    negative = bool(
        re.search(r"negative|\bneg\b|non-?example|counter-?example|❌|^\s*[-–−]\s*$", lower)
    )
    if positive and negative:
        return Polarity.BOTH
    if positive:
        return Polarity.POSITIVE
    if negative:
        return Polarity.NEGATIVE
    return Polarity.BOUNDARY if re.search(r"boundary|edge|limit", lower) else Polarity.OTHER


def read_role(raw: str) -> str:
    """Return what a Type cell says beside the polarity: `stretch`, `bridge`, `interactive`."""
    words = re.sub(r"\b(?:positive|negative)\b|[()*+]", " ", raw, flags=re.IGNORECASE)
    return " ".join(words.split()).strip(" ,;-–—/").lower()


def read_family(raw: str) -> ModalityFamily:
    """Read what family a modality belongs to, from the first such word."""
    return _first_named(raw.lower(), _FAMILIES, ModalityFamily.OTHER)


def read_kind(title: str) -> SectionKind:
    """Read what a section is for from the first such word of its title."""
    return _first_named(title.lower()[:40], _SECTIONS, SectionKind.OTHER)


def read_fix(status: str) -> FixOutcome:
    """Read what became of a finding, from the first such word of a status cell."""
    return _first_named(status.lower(), _FIXES, FixOutcome.UNKNOWN)


def _first_named(
    text: str, meanings: Iterable[tuple[str, Meaning]], otherwise: Meaning
) -> Meaning:
    """Return the meaning of the pattern found first; where two begin, that of the earlier one."""
    found = [
        (match.start(), order, meaning)
        for order, (pattern, meaning) in enumerate(meanings)
        if (match := re.search(pattern, text))
    ]
    return min(found)[2] if found else otherwise


_SEVERITIES = {
    **{name: one for one in Severity for name in (one.value, one.value[0])},
    "blocker": Severity.CRITICAL,
    "major": Severity.IMPROVEMENT,
    "minor": Severity.POLISH,
    "nit": Severity.POLISH,
    "nitpick": Severity.POLISH,
}


def read_severity(raw: str) -> Severity | None:
    """Read a severity: a word, a letter, or what others call it."""
    return _SEVERITIES.get(raw.strip("[]* ").lower())


def undecorated(title: str) -> tuple[str, tuple[str, ...]]:
    """Take the builder's hints off the end of a title."""
    hints: list[str] = []
    while match := DECORATION.search(title):
        hints.insert(0, match["words"])
        title = title[: match.start()]
    return title.strip(), tuple(hints)


def read_outcome(verdict: str) -> Outcome:
    """Read a verdict: `NEEDS REVISION → REVISED` needed one, `PASS (with polish notes)` passes."""
    words = re.sub(r"[^a-z]+", " ", verdict.lower()).strip()
    for outcome in (Outcome.MAJOR_REVISION, Outcome.NEEDS_REVISION, Outcome.PASS):
        if words.startswith(outcome.value):
            return outcome
    return Outcome.UNKNOWN
