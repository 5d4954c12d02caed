"""Exercises of hand-written plans: the fields and steps that stand below what each begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.contracts.blocks import Exercise, Prediction
from pipelines.contracts.spans import Spans
from pipelines.handwritten.checks import split_answer
from pipelines.handwritten.exercise_heads import Head
from pipelines.handwritten.voice import unquoted
from pipelines.plan.blocks import typed
from pipelines.plan.directives import with_relations
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_level

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
