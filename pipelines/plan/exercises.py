"""Exercises of hand-written plans: `**Exercise 1 (Guided): Title**` with bullets, and others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.contracts.plan import Exercise, Prediction, Spans
from pipelines.plan.blocks import typed
from pipelines.plan.checks import split_answer
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_level
from pipelines.plan.voice import unquoted

_HEAD = re.compile(
    r"(?P<bold>\*\*)?Exercise\s+(?P<number>\d+)\s*(?:\((?P<level>[^)]*)\))?\s*[:.–—-]*\s*"
    r"(?P<title>.*)",
    re.DOTALL,
)
_LEVEL_FIRST = re.compile(
    r"\*\*\((?P<level>[^)]*)\)\s*(?P<title>[^*]+)\*\*:?(?P<rest>.*)", re.DOTALL
)
_FIELDS = (
    (re.compile(r"(?:\*\*)?predict[\w -]*(?:\*\*)?:(?:\*\*)?\s*", re.I), "predict"),
    (re.compile(r"(?:\*\*)?(?:what it tests|tests)(?:\*\*)?:(?:\*\*)?\s*", re.I), "tests"),
    (re.compile(r"(?:\*\*)?expected(?: \w+)?(?:\*\*)?:(?:\*\*)?\s*", re.I), "expected"),
    (re.compile(r"(?:\*\*)?bonus(?:\*\*)?:(?:\*\*)?\s*", re.I), "bonus"),
)


@dataclass(frozen=True)
class Head:
    number: int | None
    level: str
    title: str
    rest: str


def read_head(text: str) -> Head | None:
    """Read the line that an exercise begins with, else None."""
    text = text.strip()
    if match := _HEAD.match(text):
        title, rest = _title(match["title"], bold=bool(match["bold"]))
        return Head(int(match["number"]), match["level"] or "", title, rest)
    match = _LEVEL_FIRST.match(text)
    if match and read_level(match["level"]).value != "unknown":
        return Head(None, match["level"], match["title"].strip(" :."), match["rest"].strip())
    return None


def _title(text: str, *, bold: bool) -> tuple[str, str]:
    """Cut the title off what follows it: at the end of the bold text, else of the sentence."""
    if bold and "**" in text:
        title, _, rest = text.partition("**")
        return title.strip(" :.") if title.strip() else "", rest.strip(" :")
    title, _, rest = text.partition(". ")
    return title.strip(), rest.strip()


def exercise(reading: Reading, head: Head, raw: Raw, body: Sequence[Raw]) -> Exercise:
    """Make an exercise; bullets with a known label become its fields, the rest its steps."""
    fields: dict[str, list[tuple[str, int]]] = {}
    steps: list[Raw] = []
    if head.rest:
        steps.append(Raw("paragraph", raw.line, raw.end, head.rest))
    for block in body:
        kept = _sort_items(block, fields) if block.kind == "list" else block
        if kept is not None:
            steps.append(kept)
    end = max([raw.end, *(one.end for one in body)])
    level = read_level(head.level)
    if level.value == "unknown":
        reading.guess(
            raw.line, "exercise level", "no level", head.title, "write `(Guided)` after the number"
        )
    return Exercise(
        src=reading.src(raw.line, end),
        number=head.number,
        title=reading.spans(head.title, raw.line),
        level=level,
        level_raw=head.level,
        nodes=typed(reading, steps),
        predictions=tuple(
            _prediction(reading, text, line) for text, line in fields.get("predict", [])
        ),
        tests=_joined(reading, fields, "tests"),
        expected=_joined(reading, fields, "expected"),
        bonus=_joined(reading, fields, "bonus"),
    )


def _sort_items(block: Raw, fields: dict[str, list[tuple[str, int]]]) -> Raw | None:
    """Move labelled items to `fields`; return the list of the others, None if none is left."""
    rest = []
    for item in block.children:
        first = item.children[0] if item.children else None
        label, text = _label(first.text) if first and len(item.children) == 1 else ("", "")
        if label:
            fields.setdefault(label, []).append((text, item.line))
        else:
            rest.append(item)
    return replace(block, children=tuple(rest)) if rest else None


def _label(text: str) -> tuple[str, str]:
    for pattern, name in _FIELDS:
        if match := pattern.match(text):
            return name, text[match.end() :]
    return "", ""


def _prediction(reading: Reading, text: str, line: int) -> Prediction:
    found = split_answer(text)
    return Prediction(
        question=reading.spans(unquoted(found.prompt), line),
        answer=reading.spans(found.answer, line),
    )


def _joined(reading: Reading, fields: dict[str, list[tuple[str, int]]], name: str) -> Spans:
    texts = fields.get(name, [])
    return reading.spans(" ".join(text for text, _ in texts), texts[0][1]) if texts else ()
