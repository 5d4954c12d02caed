"""Exercises of hand-written plans: their fields and steps, and levels given once for all.

In practice sections they need no word that says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.blocks.exercise import Exercise, Level, Prediction, with_relations
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.spans import Spans
from pipelines.handwritten import exercise_heads
from pipelines.handwritten.checks import split_answer
from pipelines.handwritten.exercise_heads import Head, read_level
from pipelines.handwritten.quotations import unquoted
from pipelines.handwritten.voice import is_note
from pipelines.plan.blocks import Grid, table_grid, typed
from pipelines.plan.inline import plain
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_FIELDS = (
    (r"predict[\w -]*", "predict"),
    (r"tests", "tests"),
    (r"what (?:it|this) tests|purpose", "purpose"),
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
# what can be seen to hold or not; other words after `Tests:` name what the exercise is about
_CONDITION = re.compile(
    r"[`\d<>=≤≥]|\b(?:is|are|has|have|falls?|rises?|equals?|should|must|returns?|prints?|matches"
    r"|works|passes|runs|holds|stays?|shows?|gives?|never|cannot|does|lies|agrees?|differs?)\b"
)
_ABOUT = re.compile(
    r"\W*(?:the |their )?(?:knowledge|understanding|ability|intuition|recall|grasp|comprehension"
    r"|skill|whether|if|can|does)\b|.*\bstudents?\b",
    re.IGNORECASE | re.DOTALL,
)
_PROSE = re.compile(r"(?:^|(?<=\s))\((?P<number>\d{1,2})\)\s+")
_NUMBERS = r"(?:exercises?\s+|parts?\s+)?#?(?P<{0}>\d+(?:\s*(?:[-–,&]|and|to)\s*\d+)*)"
_LEVELS = r"(?P<{0}>guided|supported|scaffolded|independent|minimal scaffolding|stretch)"
_FOR_ALL = (
    re.compile(_LEVELS.format("level") + r"\s+(?:for|in|on)\s+" + _NUMBERS.format("n"), re.I),
    re.compile(_LEVELS.format("level") + r"\s*\(" + _NUMBERS.format("n") + r"\)", re.I),
    re.compile(
        r"(?:exercises?|parts?)\s+#?(?P<n>\d+(?:\s*(?:[-–,&]|and|to)\s*\d+)*)"
        r"(?:\s*(?:is|are|:|=|--|—))?\s+\(?" + _LEVELS.format("level"),
        re.I,
    ),
)
_EVERYWHERE = re.compile(
    rf"(?:\ball (?:\w+ )?(?:exercises|parts)(?: are)?:?\s+|\bscaffold(?:ing)?(?: level)?:\**\s*)"
    rf"{_LEVELS.format('level')}\b(?!\s+(?:for|in|on)\b(?! all)|\s*(?:->|→|,|\())",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"\b\w++(?: \w++)?(?:\s*(?:->|→)\s*\w+(?: scaffolding)?)+", re.IGNORECASE)


def make_exercise(reading: Reading, head: Head, raw: Raw, body: Sequence[Raw]) -> Exercise:
    """Make an exercise; bullets with a known label become its fields, the rest its steps."""
    fields: dict[str, list[tuple[str, int]]] = {}
    steps: list[Raw] = []
    if head.rest:
        steps.append(Raw("paragraph", raw.line, raw.end, head.rest))
    for block in body:
        kept = _without_fields(block, fields)
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
        title=reading.title(head.title, raw.line),
        level=read_level(level),
        level_raw=level,
        nodes=typed(reading, steps),
        predictions=tuple(
            _split_prediction(reading, text, line) for text, line in fields.get("predict", [])
        ),
        **{
            name: _joined_spans(reading, fields, name)
            for name in ("tests", "purpose", "key_insight", "expected", "bonus")
        },
    )


def _without_fields(block: Raw, fields: dict[str, list[tuple[str, int]]]) -> Raw | None:
    """Move labelled items and paragraphs to `fields`; return what is left, None if nothing is."""
    if block.kind == "paragraph":
        label, text = _labelled_text(block.text)
        if label:
            fields.setdefault(label, []).append((text, block.line))
        return None if label else block
    if block.kind != "list":
        return block
    rest = []
    for item in block.children:
        first = item.children[0] if item.children else None
        label, text = _labelled_text(first.text) if first and len(item.children) == 1 else ("", "")
        if label:
            fields.setdefault(label, []).append((text, item.line))
        else:
            rest.append(item)
    return replace(block, children=tuple(rest)) if rest else None


def is_field(raw: Raw) -> bool:
    """A paragraph `Predict-before-run: …` goes with the exercise before it."""
    return raw.kind == "paragraph" and bool(_labelled_text(raw.text)[0])


def _labelled_text(text: str) -> tuple[str, str]:
    for pattern, name in _LABELS:
        if match := pattern.match(text):
            words = text[match.end() :]
            about = name == "tests" and (_ABOUT.match(words) or not _CONDITION.search(words))
            return ("purpose" if about else name), words
    return "", ""


def _split_prediction(reading: Reading, text: str, line: int) -> Prediction:
    found = split_answer(text)
    return Prediction(
        question=reading.spans(unquoted(found.prompt), line),
        answer=reading.spans(found.answer, line),
    )


def _joined_text(fields: dict[str, list[tuple[str, int]]], name: str) -> str:
    return " ".join(text.strip() for text, _ in fields.get(name, []))


def _joined_spans(reading: Reading, fields: dict[str, list[tuple[str, int]]], name: str) -> Spans:
    texts = fields.get(name, [])
    return reading.spans(" ".join(text for text, _ in texts), texts[0][1]) if texts else ()


# --- practice sections ---


@dataclass(frozen=True)
class Given:
    """Levels said of several exercises at once: by number, or one after the other."""

    by_number: dict[int, str]
    in_order: tuple[str, ...]
    everywhere: str = ""


def holds_exercises(raw: Raw, *, alone: bool) -> bool:
    """Whether a list of a practice section is one of exercises.

    Args:
        alone: Nothing else in the section is an exercise.
    """
    if raw.kind != "list":
        return False
    firsts = [item.children[0].text for item in raw.children if item.children]
    texts = [text for text in firsts if not is_note(text)]
    if any(
        exercise_heads.read_head(text) or exercise_heads.read_practice_head(text) for text in texts
    ):
        return False  # each is recognised by itself
    levelled = any(exercise_heads.has_level(text) for text in texts)
    return levelled or (alone and raw.level >= 0 and len(texts) > 1)


def is_exercise(raw: Raw) -> bool:
    """Whether a block, or an item of it, is an exercise by its own words."""
    if raw.kind in ("paragraph", "heading"):
        found = exercise_heads.read_head(raw.text) or exercise_heads.read_practice_head(raw.text)
        return bool(found) or bool(raw.kind == "paragraph" and prose_parts(raw.text))
    if raw.kind == "table":
        return _is_exercise_table(raw)
    return raw.kind == "list" and any(
        is_exercise(item.children[0])
        or (exercise_heads.has_level(item.children[0].text) and not is_note(item.children[0].text))
        for item in raw.children
        if item.children
    )


def prose_parts(text: str) -> list[tuple[int, str]]:
    """Cut `We do (1) this; (2) that.` into its numbered parts, [] if they do not count from 1."""
    found = list(_PROSE.finditer(text))
    numbers = [int(match["number"]) for match in found]
    if len(found) < 2 or numbers != list(range(1, len(found) + 1)):
        return []
    stops = [match.start() for match in found[1:]] + [len(text)]
    return [
        (number, text[match.end() : stop].strip())
        for number, match, stop in zip(numbers, found, stops, strict=True)
    ]


def prose_exercises(reading: Reading, raw: Raw) -> Blocks | None:
    """Make exercises of `(1) …; (2) …` in one paragraph; what stands before them is a label."""
    parts = prose_parts(raw.text)
    if not parts:
        return None
    found = _PROSE.search(raw.text)
    reading.label(raw.line, raw.text[: found.start()] if found else "", raw.end)
    return tuple(
        make_exercise(reading, _bare_head(number, text), raw, ()) for number, text in parts
    )


def _bare_head(number: int, text: str) -> exercise_heads.Head:
    head = exercise_heads.read_item_head(text.rstrip(" ;,"), number)
    return replace(head, title=head.title.rstrip("."))


def _is_exercise_table(raw: Raw) -> bool:
    header = raw.rows[0][1].lower()
    return bool(re.search(r"level|scaffold", header)) and len(raw.rows) > 1


def table_exercises(reading: Reading, raw: Raw) -> Blocks | None:
    """Make exercises of a table with a column of levels."""
    if raw.kind != "table" or not _is_exercise_table(raw):
        return None
    cells = table_grid(reading, raw)
    reading.label(raw.line, " | ".join(cells.columns), raw.line + 1)
    level = _column(cells, r"level|scaffold")
    name = _column(cells, r"exercise|part|task|title|name|#|no\b")
    return tuple(_row_exercise(reading, cells, row, level, name) for row in cells.rows)


def _column(cells: Grid, pattern: str) -> int:
    columns = enumerate(cells.columns)
    return next((at for at, name in columns if re.search(pattern, name.lower())), 0)


def _row_exercise(
    reading: Reading, cells: Grid, row: tuple[int, tuple[str, ...]], level: int, name: int
) -> Exercise:
    line, texts = row
    number = re.search(r"\d{1,9}", texts[name])
    title = re.sub(
        r"^(?:exercise|part)?\s*#?\d+\s*(?:--+|[:.–—-])?\s*", "", texts[name], flags=re.I
    )
    others = [text for at, text in enumerate(texts) if at not in (level, name) and text]
    if not title and others:
        title = others.pop(0)
    raw = Raw("paragraph", line, line, "")
    body = tuple(Raw("paragraph", line, line, text) for text in others)
    head = exercise_heads.Head(int(number[0]) if number else None, texts[level], title, "")
    return make_exercise(reading, head, raw, body)


def given_levels(raws: Iterable[Raw]) -> Given:
    """Read `Scaffolding level: Guided for exercises 1-3` and `Guided -> Supported` anywhere."""
    by_number: dict[int, str] = {}
    in_order: tuple[str, ...] = ()
    everywhere = ""
    for text in _all_texts(raws):
        for pattern in _FOR_ALL:
            for match in pattern.finditer(text):
                for number in _numbers_of_range(match["n"]):
                    by_number.setdefault(number, match["level"])
        if said := _EVERYWHERE.search(text):
            everywhere = everywhere or said["level"]
        for match in _ARROWS.finditer(text):
            words = tuple(re.split(r"\s*(?:->|→)\s*", match[0]))
            if all(read_level(word) is not Level.UNKNOWN for word in words):
                in_order = in_order or words
    return Given(by_number, in_order, everywhere)


def _all_texts(raws: Iterable[Raw]) -> Iterator[str]:
    for raw in raws:
        yield raw.text
        yield from _all_texts(raw.children)


def _numbers_of_range(text: str) -> list[int]:
    """Return the numbers of `1-3`, `1, 2` and `2 and 4`; a range is no longer than twenty."""
    found: list[int] = []
    for part in re.split(r"\s*(?:,|&|and)\s*", text):
        ends = [int(number) for number in re.findall(r"\d{1,3}", part)]
        if len(ends) == 2 and 0 <= ends[1] - ends[0] < 20:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return found


def with_levels(reading: Reading, blocks: Blocks, given: Given) -> Blocks:
    """Give exercises without a level of their own the one that was said for all."""
    count = sum(isinstance(block, Exercise) for block in blocks)
    order = given.in_order if len(given.in_order) == count else ()
    found: list[Block] = []
    seen = 0
    for block in blocks:
        if isinstance(block, Exercise):
            block = _with_level(reading, block, given, order[seen : seen + 1])
            seen += 1
        found.append(block)
    return tuple(found)


def _with_level(
    reading: Reading, block: Exercise, given: Given, order: tuple[str, ...]
) -> Exercise:
    if block.level is not Level.UNKNOWN or block.level_raw:
        return block
    raw = given.by_number.get(block.number or 0) or (order[0] if order else given.everywhere)
    decision = raw or "no level"
    override = "write `(Guided)` after the exercise's number"
    reading.guess(block.src.line, "exercise level", decision, plain(block.title), override)
    return replace(block, level=read_level(raw), level_raw=raw)
