"""Exercises of hand-written plans: what each begins with, and the fields in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.contracts.plan import Exercise, Level, Prediction, Spans
from pipelines.plan.blocks import typed
from pipelines.plan.checks import split_answer
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.relations import with_relations
from pipelines.plan.vocabulary import read_level
from pipelines.plan.voice import unquoted

_LEVEL_WORD = (
    r"(?i:guided|supported|scaffolded|independent|minimal(?:ly)?(?: scaffold\w+)?|stretch)"
)
# A, A2, B, D: `**Exercise 1 (Guided): Title**`, `- Exercise 1 (guided): text`, `Ex. 1.2 — …`
_HEAD = re.compile(
    rf"(?P<bold>\*\*)?(?:(?P<before>{_LEVEL_WORD})\s+)?(?:(?i:notebook|coding|practice|bonus)\s+)?"
    r"(?:Exercise|(?i:exercise)(?=\s+\S+\s*[(\[:])|Ex\b\.?)\s+#?(?:\d+\.)?(?P<number>\d+|[A-H]\b)"
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
    r"(?P<bold>\*\*)?(?:(?:Part|Task)\s+(?P<number>\d+|[A-H]\b)|(?<=\*\*)(?P<bare>\d+)(?=[.):]))"
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
_FIELDS = (
    (r"predict[\w -]*", "predict"),
    (r"what (?:it|this) tests|tests", "tests"),
    (r"purpose", "purpose"),
    (r"key insight", "key_insight"),
    (r"expected(?: \w+)?", "expected"),
    (r"bonus|stretch goal", "bonus"),
    (r"notes?", "notes"),
    (r"hints?(?: \d+)?", "hints"),
    (r"(?:scaffold(?:ing)?(?: level)?|level)", "level"),
)
_LABELS = tuple(
    (re.compile(rf"(?:\*\*)?(?:{label})(?:\*\*)?:(?:\*\*)?\s*", re.IGNORECASE), name)
    for label, name in _FIELDS
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
    title, rest = _title(match["title"], bold=bold)
    title, level = _levelled(title, match["level"] or match["before"] or "")
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
    title, rest = _title(match["title"], bold=bool(match["bold"]))
    title, level = _levelled(title, match["level"] or "")
    first = _FIRST_LEVEL.match(rest) if not level else None
    if first and _is_level(first["level"] or first["word"]):
        level, rest = first["level"] or first["word"], rest[first.end() :]
    number = _number(match["number"] or match["bare"])
    return Head(number, level, title, rest) if _is_level(level) else None


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


def exercise(reading: Reading, head: Head, raw: Raw, body: Sequence[Raw]) -> Exercise:
    """Make an exercise; bullets with a known label become its fields, the rest its steps."""
    fields: dict[str, list[tuple[str, int]]] = {}
    steps: list[Raw] = []
    if head.rest:
        steps.append(Raw("paragraph", raw.line, raw.end, head.rest))
    for block in body:
        kept = _sorted(block, fields)
        if kept is not None:
            steps.append(kept)
    end = max([raw.end, *(one.end for one in body)])
    level = head.level or _joined_text(fields, "level")
    notes, hints = (
        typed(reading, [Raw("paragraph", line, line, text) for text, line in fields.get(name, [])])
        for name in ("notes", "hints")
    )
    return with_relations(
        src=reading.src(raw.line, end),
        notes=notes,
        hints=hints,
        number=head.number,
        title=reading.spans(head.title, raw.line),
        level=read_level(level),
        level_raw=level,
        nodes=typed(reading, steps),
        predictions=tuple(
            _prediction(reading, text, line) for text, line in fields.get("predict", [])
        ),
        **{
            name: _joined(reading, fields, name)
            for name in ("tests", "purpose", "key_insight", "expected", "bonus")
        },
    )


def _sorted(block: Raw, fields: dict[str, list[tuple[str, int]]]) -> Raw | None:
    """Move labelled items and paragraphs to `fields`; return what is left, None if nothing is."""
    if block.kind == "paragraph":
        label, text = _label(block.text)
        if label:
            fields.setdefault(label, []).append((text, block.line))
        return None if label else block
    if block.kind != "list":
        return block
    rest = []
    for item in block.children:
        first = item.children[0] if item.children else None
        label, text = _label(first.text) if first and len(item.children) == 1 else ("", "")
        if label:
            fields.setdefault(label, []).append((text, item.line))
        else:
            rest.append(item)
    return replace(block, children=tuple(rest)) if rest else None


def is_field(raw: Raw) -> bool:
    """A paragraph `Predict-before-run: …` goes with the exercise before it."""
    return raw.kind == "paragraph" and bool(_label(raw.text)[0])


def _label(text: str) -> tuple[str, str]:
    for pattern, name in _LABELS:
        if match := pattern.match(text):
            return name, text[match.end() :]
    return "", ""


def _prediction(reading: Reading, text: str, line: int) -> Prediction:
    found = split_answer(text)
    return Prediction(
        question=reading.spans(unquoted(found.prompt), line),
        answer=reading.spans(found.answer, line),
    )


def _joined_text(fields: dict[str, list[tuple[str, int]]], name: str) -> str:
    return " ".join(text.strip() for text, _ in fields.get(name, []))


def _joined(reading: Reading, fields: dict[str, list[tuple[str, int]]], name: str) -> Spans:
    texts = fields.get(name, [])
    return reading.spans(" ".join(text for text, _ in texts), texts[0][1]) if texts else ()
