"""What an exercise of a hand-written plan begins with: number, level, title, in many forms."""

import re
from dataclasses import dataclass, replace

from pipelines.blocks.exercise import Level

_LEVEL_WORD = (
    r"(?i:guided|supported|scaffolded|independent|minimal(?:ly)?(?: scaffold\w+)?|stretch)"
)
# A, A2, B, D: `**Exercise 1 (Guided): Title**`, `- Exercise 1 (guided): text`, `Ex. 1.2 — …`
_HEAD = re.compile(
    rf"(?P<bold>\*\*)?(?:(?P<before>{_LEVEL_WORD})\s+)?(?:(?i:notebook|coding|practice|bonus)\s+)?"
    r"(?:Exercise|(?i:exercise)(?=\s+\S+\s*[(\[:])|Ex\b\.?)\s+#?(?:\d+\.)?(?P<number>\d{1,9}|[A-H]\b)"
    r"(?P<letter>[a-z]?)(?P<closed>\*\*)?\s*"
    r"(?:[(\[](?P<level>[^()\[\]]*)[)\]])?"
    r"(?P<sign>\s*(?:\*\*)?\s*(?:--+|[:.–—-]|\*\*|$))?\s*(?P<title>.*)",
    re.DOTALL,
)
# without a number: `**Bonus exercise (Independent): Title**`
_UNNUMBERED = re.compile(
    rf"(?P<bold>\*\*)?(?:(?P<before>{_LEVEL_WORD})\s+)?(?i:(?:bonus |stretch |final )?exercise)"
    r"\s*(?:[(\[](?P<level>[^()\[\]]*)[)\]])?(?P<closed>\*\*)?(?P<sign>\s*(?:--+|[:–—-])(?:\*\*)?)"
    r"\s*(?P<title>.*)",
    re.DOTALL,
)
# G: `**Part 1: Title (Guided)**`, `Part A (guided) -- text`, `**Task 1 (Guided): …**`, `**1. …**`
_PART = re.compile(
    r"(?P<bold>\*\*)?(?:(?:Part|Task)\s+(?P<number>\d{1,9}|[A-H]\b)|(?<=\*\*)(?P<bare>\d{1,9})(?=[.):]))"
    r"\s*(?:\((?P<level>[^)]*)\))?\s*(?:\*\*)?\s*(?:--+|[:.)–—-])\s*(?P<title>.*)",
    re.DOTALL,
)
# C: `1. **(Guided) Title:** text`
_LEVEL_FIRST = re.compile(
    r"\*\*[(\[](?P<level>[^)\]]*)[)\]]\s*:?\s*(?P<title>[^*]+)\*\*:?(?P<rest>.*)", re.DOTALL
)
# `1. (Guided) Title: text`
_PLAIN_LEVEL_FIRST = re.compile(
    r"[(\[](?P<level>[^)\]]*)[)\]]\s*(?:--+|[:–—-])?\s*(?P<title>.+)", re.DOTALL
)
# E: `- **Guided:** text`, `- **Guided (Title):** text`
_LEVEL_ONLY = re.compile(
    r"\*{1,2}(?P<level>[^*:()]{3,30}?)\s*(?:\((?P<title>[^)]*)\))?\s*(?P<inside>:)?\*{1,2}"
    r"\s*(?(inside)|(?::|--+|—))\s*(?P<rest>.*)"
    r"|(?P<plain>(?i:guided|supported|scaffolded|independent))(?: exercise)?\s*:\s*(?P<text>.+)",
    re.DOTALL,
)
_TITLED = re.compile(r"\*\*(?P<title>[^*]+)\*\*\s*(?:--+|[:–—-])?\s*(?P<rest>.*)", re.DOTALL)
_LAST_LEVEL = re.compile(
    rf"\s*(?:[(\[](?P<level>[^()\[\]]{{3,40}})[)\]]|(?:--+|[—–])\s*(?P<word>{_LEVEL_WORD}))"
    r"(?P<after>[\s.:]*)$"
)
_FIRST_LEVEL = re.compile(
    rf"(?:[(\[](?P<level>[^()\[\]]{{3,40}})[)\]]|(?P<word>{_LEVEL_WORD})(?=\s*(?::|--+|[—–])))"
    r"\s*(?:--+|[:–—-])?\s*"
)


@dataclass(frozen=True)
class Head:
    """What an exercise begins with; `rest` is text on the same line."""

    number: int | None
    level: str
    title: str
    rest: str


def read_head(text: str) -> Head | None:
    """Read the line that an exercise begins with, anywhere in an outline, else None."""
    text = text.strip()
    match = _HEAD.match(text)
    signed = match and match["sign"] is not None
    if match and (signed or _is_level(match["level"] or "")):
        return _head(match, _number(match["number"]))
    match = _LEVEL_FIRST.match(text)
    if match and _is_level(match["level"]):
        return Head(None, match["level"], match["title"].strip(" :."), match["rest"].strip(" :"))
    return None


def _head(match: re.Match[str], number: int | None) -> Head:
    bold = bool(match["bold"]) and not _closes(match)
    return _parted_head(number, match["title"], match["level"] or match["before"] or "", bold=bold)


def _parted_head(number: int | None, text: str, level: str, *, bold: bool) -> Head:
    """Cut a text into title, level (unless it is known) and what follows them."""
    title, rest = _title(text, bold=bold)
    title, level = _levelled(title, level)
    first = _FIRST_LEVEL.match(rest) if not level else None
    if first and _is_level(first["level"] or first["word"]):
        level, rest = first["level"] or first["word"], rest[first.end() :]
    return Head(number, level, title, rest)


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else ord(written.upper()) - ord("A") + 1


def read_part_head(text: str) -> Head | None:
    """Read `**Part 1: Title (Guided)**`: a part with a level is an exercise."""
    match = _PART.match(text.strip())
    if not match:
        return None
    number, bold = _number(match["number"] or match["bare"]), bool(match["bold"])
    head = _parted_head(number, match["title"], match["level"] or "", bold=bold)
    return head if _is_level(head.level) else None


def read_practice_head(text: str) -> Head | None:
    """Read the beginnings that mean an exercise only in a practice section."""
    text = text.strip()
    if found := read_part_head(text):
        return found
    match = _UNNUMBERED.match(text)
    if match and (found := _head(match, None)).level:
        return found
    match = _LEVEL_ONLY.match(text)
    if match and match["plain"]:
        return Head(None, match["plain"], *_title(match["text"], bold=False))
    if match and _is_level(match["level"]):
        return Head(None, match["level"].strip(), (match["title"] or "").strip(), match["rest"])
    return None


def read_item_head(text: str, number: int | None) -> Head:
    """Read any item of a list of exercises: `**Title** -- text (level)`, `text (level)`."""
    found = read_head(text) or read_practice_head(text)
    if found:
        return replace(found, number=found.number if found.number is not None else number)
    first = _PLAIN_LEVEL_FIRST.match(text.strip())
    if first and _is_level(first["level"]):
        return Head(number, first["level"], *_title(first["title"], bold=False))
    text, level = _levelled(text.strip(), "")
    match = _TITLED.match(text)
    if not match:
        return Head(number, level, *_title(text, bold=False))
    title, level = _levelled(match["title"].strip(" :."), level)
    rest = match["rest"].strip()
    inner = re.match(r"\(([^()]*)\)\s*(?:--+|[:–—-])?\s*", rest)
    if not level and inner and _is_level(inner[1]):
        level, rest = inner[1], rest[inner.end() :]
    return Head(number, level, title, rest)


def has_level(text: str) -> bool:
    """Say whether an item of a list begins or ends with a level."""
    return bool(read_item_head(text, None).level)


def _is_level(text: str) -> bool:
    """A level, perhaps two: `Guided -> Scaffolded`, `guided, 10 min`; not a sentence."""
    short = len(text.split()) <= 5 and not re.fullmatch(r"(?i)scaffold(?:ing)?(?: level)?", text)
    return short and read_level(text) is not Level.UNKNOWN


def _closes(match: re.Match[str]) -> bool:
    return bool(match["closed"]) or "**" in (match["sign"] or "")


def _levelled(title: str, level: str) -> tuple[str, str]:
    """Take a level off the end or the beginning of a title, if there is none yet."""
    match = _LAST_LEVEL.search(title) if not level else None
    if match and _is_level(match["level"] or match["word"]):
        return title[: match.start()].strip(" :.-–—"), match["level"] or match["word"]
    match = _FIRST_LEVEL.match(title) if not level else None
    if match and _is_level(match["level"] or match["word"]):
        return title[match.end() :].strip(), match["level"] or match["word"]
    return title, level


def _title(text: str, *, bold: bool) -> tuple[str, str]:
    """Cut the title off what follows it: at the end of the bold text, else of the sentence."""
    if bold and "**" in text:
        title, _, rest = text.partition("**")
        return title.strip(" :."), rest.strip(" :")
    first, _, more = text.strip().partition("\n")
    title, _, rest = first.partition(". ")
    return title.strip().removesuffix("**").rstrip(), "\n".join(filter(None, (rest, more))).strip()


def read_level(raw: str) -> Level:
    """Read an exercise's level; `Guided -> Scaffolded` counts as what it begins with."""
    words = {
        "guided": Level.GUIDED,
        "supported": Level.SUPPORTED,
        "minimal": Level.INDEPENDENT,
        "scaffold": Level.SUPPORTED,
        "independent": Level.INDEPENDENT,
        "stretch": Level.INDEPENDENT,
    }
    found = [(raw.lower().find(word), level) for word, level in words.items()]
    found = [entry for entry in found if entry[0] >= 0]
    return min(found)[1] if found else Level.UNKNOWN
