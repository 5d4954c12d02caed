"""What a heading begins in a lesson plan, whatever it is numbered and called."""

import re

from pipelines.plan.lines import Heading

# `🧭 Phase 1: …`, `1. …`, `I) …`, `Step 1: …`, `**…**`: what may stand before a heading's words
_ORDINAL = re.compile(
    r"^(?:(?:step|part|stage|section)\s+(?:\w+)\s*[.):–—-]+|(?:\d+(?:\.\d+)*|[IVX]+|[A-H])[.):]|"
    r"\d+(?:\.\d+)+)\s+",
    re.IGNORECASE,
)
_ORIENT = re.compile(
    r"phase\s*(?:1|one|I)\b|student (?:state|context|profile)|orient(?:ation)?\b|.*\(orient\)",
    re.IGNORECASE,
)
_ANALYZE = re.compile(
    r"phase\s*(?:2|two|II)\b|analy[sz]e|analysis|.*\(analy[sz]e\)", re.IGNORECASE
)
_DESIGN = re.compile(
    r"phase\s*(?:3|three|III)\b|(?:lesson |instructional )?design(?:$| phase|\s*[(:–—-])"
    r"|.*\(design\)",
    re.IGNORECASE,
)
_CHECKLISTS = re.compile(
    r"(?:[\w-]+ ){0,2}checklists?\b|gate checks?\b|quality gates?\b", re.IGNORECASE
)
_FIXES = re.compile(
    r"(?:post-?review |review )?(?:fix(?:es)?\b|fix pass)|improvement (?:summary|pass)"
    r"|changes? (?:applied|made)\b|applied (?:fixes|changes)",
    re.IGNORECASE,
)
_REVISION = re.compile(
    r"revisions?(?: (?:applied|made|notes?|log|pass|summary|history|plan))?(?:$|\s*[(:–—-])"
    r"|revisions? \d|depth changes|change ?log",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"what was (?:actually )?built|as[- ]built|components used|built (?:notes?|record|lesson)"
    r"|what (?:actually )?shipped|implementation notes",
    re.IGNORECASE,
)
_WIDGET = re.compile(r"(?:interactive )?widgets?\b", re.IGNORECASE)
_REVIEW = re.compile(
    r"(?:(?:lesson|re|plan|design|first|second|third|final|post-\w+|iteration \d+)[- ])?review\b"
    r"(?! (?:notes|checklist|log))"
    r"|.*\breview\b.*(?:\d{4}-\d{2}|iteration \d|round \d)|.*\d{4}-\d{2}.*\breview\b"
    r"|iteration \d+\b",
    re.IGNORECASE,
)
_REVIEWS = re.compile(r"(?:lesson )?reviews?(?: log| history| record|s)?$", re.IGNORECASE)
_OUTLINE = re.compile(
    r"(?!.*\b(?:notebook|exercise|widget|module|series)\b.*\boutline)(?:[\w-]+ ){0,4}outline\b"
    r"|(?:lesson|section|page) (?:structure|flow|sequence)\b",
    re.IGNORECASE,
)
_PHASES = (("orient", _ORIENT), ("analyze", _ANALYZE), ("design", _DESIGN))
_ORDER = (
    ("checklists", _CHECKLISTS),
    *_PHASES,
    ("fixes", _FIXES),
    ("revision", _REVISION),
    ("built", _BUILT),
    ("widget", _WIDGET),
    ("outline", _OUTLINE),
)
_CORE = re.compile(r"prereq|misconception|examples?\b|modalit", re.IGNORECASE)


def bare(title: str) -> str:
    """Return a heading's words without ornament, bold print and numbering."""
    words = re.sub(r"^[^\w(\[]+", "", title).replace("**", "").strip()
    return _ORDINAL.sub("", words, count=1)


def part_of(part: Heading) -> str:
    """Name what a heading begins: a phase, a review, checklists, … or ""."""
    title = bare(part.title)
    for name, pattern in _ORDER:
        if pattern.match(title):
            return name
    if _REVIEWS.match(title) and any(_REVIEW.match(bare(one.title)) for one in part.children):
        return "reviews"
    if _REVIEW.match(title):
        return "review"
    return "phases" if any(_phase(one) for one in part.children) else ""


def is_outline(title: str) -> bool:
    """Whether a heading begins an outline."""
    return bool(_OUTLINE.match(bare(title)))


def _phase(part: Heading) -> str:
    title = bare(part.title)
    return next((name for name, pattern in _PHASES if pattern.match(title)), "")


def is_lesson(root: Heading) -> bool:
    """A lesson plan has two of the three phases, or most of the tables that every plan has.

    The design alone is enough where it holds the outline: that is what pages are made of.
    """
    parts = [part for part in root.with_inner() if 1 <= part.level <= 3]
    phases = {_phase(part) for part in parts if part.level <= 2} - {""}
    if len(phases) >= 2 or ("design" in phases and any(is_outline(one.title) for one in parts)):
        return True
    titled = bool(parts) and re.match(r"\W*lesson\b", parts[0].title, re.IGNORECASE)
    words = {match[0].lower() for one in parts if (match := _CORE.search(one.title))}
    return bool(titled) and len(words) >= 2
