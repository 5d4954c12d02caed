"""Damaged text → the same text as it was meant, where there is no doubt about it.

Double-encoded characters, the lost dash of a review's headings, byte order marks, carriage
returns, odd spaces, tabs in tables, bars that shift a table's cells. Nothing else is touched.
"""

import difflib
import re
from collections.abc import Iterator

from pipelines.plan.blocks import table_grid
from pipelines.plan.lines import Source, fenced, normalise
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_REVIEWS = re.compile(r"## +(?:Re-?)?Review\b", re.IGNORECASE)
_DATED = r"(?i:(?:Re-?)?Review)(?= {2,}\d{4}-\d{2}-\d{2})"
_GRADED = r"\[(?:CRITICAL|IMPROVEMENT|POLISH)\](?=  )"
_LOST_DASH = re.compile(rf"(## +{_DATED}|#{{3,5}} +{_GRADED}(?= +\S)) +")
_LOST_IN_TITLE = re.compile(rf"({_DATED}|{_GRADED}) +")
BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\t": " "})


def repair_text(text: str) -> str:
    """Return a plan's text with what is damaged beyond doubt put right."""
    source = Source("plan", normalise(text))
    lines = list(_repaired(source.lines))
    mended = Reading(Source("plan", "\n".join(lines)))
    for number, row in _escaped_rows(mended):
        lines[number - 1] = row
    return "\n".join(lines)


def with_dash(title: str) -> str:
    """Return what a heading says with the dash that `repair_text` gives it back in a review."""
    lost = _LOST_IN_TITLE.match(title)
    return f"{lost[1]} — {title[lost.end() :]}" if lost else title


def difference(before: str, after: str, file: str) -> str:
    """Return a unified diff; line ends and a byte order mark are shown where they differ."""
    marked = [_shown(line) for line in before.split("\n")]
    return "\n".join(
        difflib.unified_diff(marked, after.split("\n"), file, f"{file} (repaired)", lineterm="")
    )


def _shown(line: str) -> str:
    return line.replace("\r", "␍").replace("\ufeff", "⟨BOM⟩")


def _repaired(lines: list[str]) -> Iterator[str]:
    inside, _ = fenced(lines)
    in_review = False
    for line, code in zip(lines, inside, strict=True):
        if line.startswith("## ") and not code:
            in_review = bool(_REVIEWS.match(line))
        if in_review and not code and (lost := _LOST_DASH.match(line)):
            line = f"{lost[1]} — {line[lost.end() :]}"
        yield _without_tabs(line) if "\t" in line and not code else line


def _without_tabs(line: str) -> str:
    """Take the tabs out of a table's row."""
    bare = line.strip()
    return line.translate(BLANKS) if bare.startswith("|") or bare.count("|") > 1 else line


def _escaped_rows(reading: Reading) -> Iterator[tuple[int, str]]:
    """Yield the rows of tables whose bars have been escaped."""
    blocks = raw_blocks(reading, 1, len(reading.source.lines))
    for raw in _tables(blocks):
        cells = table_grid(reading, raw)
        texts = dict(raw.rows)
        for line, row in cells.rows:
            if line in _ragged(reading):
                margin = re.match(r"[\s>]*", texts[line])
                yield line, f"{margin[0] if margin else ''}{written_row(row)}"


def written_row(cells: tuple[str, ...]) -> str:
    """Write the row of a table, its bars escaped."""
    return "|" + "".join(f" {cell.replace('|', chr(92) + '|')} |" for cell in cells)


def _ragged(reading: Reading) -> set[int]:
    return {problem.line for problem in reading.problems if problem.code == "ML203"}


def _tables(blocks: list[Raw] | tuple[Raw, ...]) -> Iterator[Raw]:
    for raw in blocks:
        if raw.kind == "table":
            yield raw
        yield from _tables(raw.children)
