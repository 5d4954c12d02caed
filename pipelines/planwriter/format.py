"""A plan → the same plan in normal form: the outline in the exact spelling, the rest respelled.

What the reader guessed about the outline (who a line speaks to, which blocks, where mathematics
begins) is written down, so that nothing is left to guess: `**Voice:** explicit`. Elsewhere a
line changes only if the exact spelling would read it otherwise. Module plans and other documents
have one spelling only; theirs is repaired.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipelines.any_plan import read_text
from pipelines.contracts.blocks import Blocks, Code, Rule, Subheading
from pipelines.contracts.plan import LessonPlan, Segment
from pipelines.contracts.planning import Outline, Review, Section
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Record, Spans, Text
from pipelines.plan.frame import is_outline
from pipelines.plan.front_matter import front_matter
from pipelines.plan.lines import Source, fenced
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.meta import is_metadata
from pipelines.plan.reading import Reading
from pipelines.planwriter.repair import BLANKS, repair_text, with_dash
from pipelines.planwriter.write_blocks import MarkdownWriter

_UNSOUND = ("ML205", "ML206", "ML213", "ML215")
_SEPARATOR = re.compile(r"\s+(?:--+|[—–])?\s*")
_VOICE = "**Voice:** explicit"
_VOICE_KEY = re.compile(r"\*\*voice:?\*\*:?.*", re.IGNORECASE)
# what only the spelling decides: places, the text as written, guesses and forms
_PLACES = ("src", "line", "file", "segments", "labels", "tables", "leftover", "slug", "taken_over")
_FORMS = ("notation", "answer_form", "title_form", "explicit_voice", "guessed", "guesses")
_WRITTEN = ("raw", "written", "escapes")
_SPELLING = frozenset((*_PLACES, *_FORMS, *_WRITTEN))


def format_text(text: str, file: str = "plan.md") -> str:
    """Return a plan in normal form. Formatting that again changes nothing.

    Raises:
        InputProblems: If a code fence or a directive is open, and so nobody can tell what is in,
            or something is nested too deeply to be read.
    """
    mended = repair_text(text)
    plan, problems = read_text(mended, file)
    if unsound := [problem for problem in problems if problem.code in _UNSOUND]:
        raise InputProblems(unsound)
    if not isinstance(plan, LessonPlan):
        return mended
    lines = mended.split("\n")
    reading = Reading(Source(file, mended), explicit=plan.meta.explicit_voice)
    placed = list(_placed_outlines(plan))
    from pipelines.planwriter.respelling import Respelling, strings  # loads the other reader

    respelling = Respelling(reading, strings(plan))
    for segment in () if reading.explicit else plan.segments:
        if not any(first <= segment.src.line <= last for _, first, last in placed):
            for number, line in respelling.respelled_lines(segment):
                lines[number - 1] = line
    for outline, first, last in reversed(placed):
        written = _outline(outline, _level(plan.segments, first))
        lines[first:last] = ["", *written, ""]
    return _ended(_with_voice(lines, reading, _head(plan.segments)))


def plan_content(value: Any) -> Any:
    """Return what a plan says, as plain data: two spellings of one plan have equal contents."""
    if isinstance(value, Code):
        text = value.text.removesuffix("\n")  # there or not, where the file ends in a fence
        return (value.language, text, value.voice)
    if isinstance(value, Review):
        value = replace(value, title=_SEPARATOR.sub(" ", value.title))
    if isinstance(value, Subheading):
        value = replace(value, spans=_with_dash(value.spans))
    if isinstance(value, Record):
        fields = value.__dict__.items()
        return {name: plan_content(field) for name, field in fields if not _is_spelling(name)}
    if isinstance(value, dict):
        return {name: plan_content(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [plan_content(one) for one in value]
    return value.translate(BLANKS) if isinstance(value, str) else value


def _with_dash(spans: Spans) -> Spans:
    """A heading of a review that is kept as text says the same with its dash and without."""
    first, *more = spans or (None,)
    return (Text(text=with_dash(first.text)), *more) if isinstance(first, Text) else spans


def _is_spelling(name: str) -> bool:
    return name in _SPELLING or name.endswith("_raw")


def _placed_outlines(plan: LessonPlan) -> Iterator[tuple[Outline, int, int]]:
    """Yield each outline that holds anything, with its heading's line and its last line."""
    extents = list(_extents(plan.segments))
    for outline in (plan.design.outline, plan.design.outline_revised):
        held = (*outline.intro, *outline.sections) if outline else ()
        line = min((one.src.line for one in held), default=0)
        around = [(first, last) for first, last in extents if first < line <= last + 1]
        if outline and around:
            first, last = max(around)
            yield outline, first, max(last, *(one.src.end for one in held))


def _extents(segments: tuple[Segment, ...]) -> Iterator[tuple[int, int]]:
    """Yield each outline's heading and its last line; sections of its own level are not in it."""
    for at, segment in enumerate(segments):
        if segment.level > 1 and is_outline(segment.heading):
            after = (one for one in segments[at + 1 :] if one.level <= segment.level)
            stop = next((one.src.line - 1 for one in after), segments[-1].src.end)
            yield segment.src.line, stop


def _head(segments: tuple[Segment, ...]) -> Segment | None:
    """Return the segment that holds the metadata: the title's, else what precedes all headings."""
    first = next((one for one in segments if one.heading or one.level), None)
    if first and first.level == 1:
        return first
    return segments[0] if segments[0].level == 0 else None


def _level(segments: tuple[Segment, ...], line: int) -> int:
    """Return the heading level of the sections of the outline that begins at a line."""
    (level,) = (one.level for one in segments if one.src.line == line)
    return level + 1


def _outline(outline: Outline, level: int) -> list[str]:
    lines = _below(level, _content(outline.intro))
    for section in outline.sections:
        body = _below(level, _content(section.nodes))
        lines += [
            *([""] if lines else []),
            _heading(section, level),
            *([""] if body else []),
            *body,
        ]
    return lines


def _below(level: int, lines: list[str]) -> list[str]:
    """Put the headings inside a section below its own, where that is as deep as they are."""
    if level < 5:
        return lines
    inside, _ = fenced(lines)
    return [
        f"#{line}" if line.startswith("##### ") and not code else line
        for line, code in zip(lines, inside, strict=True)
    ]


def _content(nodes: Blocks) -> list[str]:
    """Write the nodes of a section; a rule that ends it is taken for its border, so add one."""
    ended = [Rule(src=nodes[-1].src)] if nodes and isinstance(nodes[-1], Rule) else []
    return MarkdownWriter().blocks((*nodes, *ended))


def _heading(section: Section, level: int) -> str:
    number = f"{section.number}. " if section.number else ""
    hints = "".join(f" ({hint})" for hint in section.decorations)
    return f"{'#' * level} {number}{MarkdownWriter().inline(section.title)}{hints}".rstrip()


def _with_voice(lines: list[str], reading: Reading, head: Segment | None) -> list[str]:
    """Say below the title, among the metadata, that nothing is left to guess."""
    if reading.explicit or not head:
        return lines if reading.explicit else [_VOICE, "", *lines]
    for number in range(head.src.line, head.src.end + 1):
        if _VOICE_KEY.fullmatch(lines[number - 1].strip()):
            return [*lines[: number - 1], _VOICE, *lines[number:]]
    start = head.src.line if head.level else front_matter(reading)[0]
    blocks = raw_blocks(reading, start + 1, head.src.end)
    keys = [raw.end for raw in blocks if raw.kind == "paragraph" and is_metadata(raw.text)]
    if keys:
        return [*lines[: keys[0]], _VOICE, *lines[keys[0] :]]
    return [*lines[:start], "", _VOICE, "", *lines[start:]]


def _ended(lines: list[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
