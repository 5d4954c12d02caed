"""Regions of a cell, marked as nbgrader marks them: solutions, and tests that students do not get.

### BEGIN SOLUTION
# Hint: what students read in its place.
### END SOLUTION
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from itertools import takewhile

_MARK = re.compile(r"(?P<indent>[ \t]*)### (?P<edge>BEGIN|END) (?P<kind>SOLUTION|HIDDEN TESTS)\s*")
_HINT = re.compile(r"[ \t]*# (?:Hint: )?(?P<text>.*)")
_WIDTH = 88


@dataclass(frozen=True)
class Region:
    """Lines of a cell from mark to mark, both included: `first` to `end`, zero-based."""

    kind: str
    indent: str
    first: int
    end: int


def regions(code: str) -> tuple[list[Region], str]:
    """Return the regions of a cell, and what is wrong with its marks, "" if nothing."""
    found: list[Region] = []
    open_at: tuple[int, str, str] | None = None
    for i, line in enumerate(code.splitlines()):
        match = _MARK.fullmatch(line)
        if not match:
            continue
        if match["edge"] == "BEGIN":
            if open_at:
                return found, f"`### BEGIN {match['kind']}` inside another region"
            open_at = i, match["kind"], match["indent"]
        elif not open_at or open_at[1] != match["kind"]:
            return found, f"`### END {match['kind']}` closes nothing"
        else:
            found.append(Region(open_at[1], open_at[2], open_at[0], i + 1))
            open_at = None
    return found, f"`### BEGIN {open_at[1]}` is never closed" if open_at else ""


def hint_of(code: str, region: Region) -> str:
    """Return the hint that a solution begins with: its first comment, from `# Hint:` on."""
    return " ".join(_hint(code, region))


def _hint(code: str, region: Region) -> list[str]:
    """Return the lines of the hint that a region begins with; tests have none."""
    lines = code.splitlines()[region.first + 1 : region.end - 1]
    if region.kind != "SOLUTION" or not lines or "# Hint: " not in lines[0]:
        return []
    return [
        match["text"].strip() for match in takewhile(bool, map(_HINT.fullmatch, lines)) if match
    ]


def student_code(code: str) -> str:
    """Return a cell as students get it: guards in place of solutions, no hidden tests."""
    lines = code.splitlines()
    for region in reversed(regions(code)[0]):
        guard = _guard(region.indent, hint_of(code, region)) if region.kind == "SOLUTION" else []
        lines[region.first : region.end] = guard
    return "\n".join(lines).rstrip()


def teacher_code(code: str) -> str:
    """Return a cell as teachers get it, without the marks and the hints."""
    lines = code.splitlines()
    for region in reversed(regions(code)[0]):
        kept = lines[region.first + 1 : region.end - 1]
        lines[region.first : region.end] = kept[len(_hint(code, region)) :]
    return "\n".join(lines).rstrip()


def nbgrader_code(code: str) -> str:
    """Return a cell as nbgrader takes it in: with its marks, and hints above them.

    It puts words of its own in place of a solution, and leaves students what stands outside.
    """
    lines = code.splitlines()
    for region in regions(code)[0]:
        mark, inner = lines[region.first], lines[region.first + 1 : region.end]
        count = len(_hint(code, region))
        lines[region.first : region.end] = [*inner[:count], mark, *inner[count:]]
    return "\n".join(lines)


def solution_lines(code: str) -> list[str]:
    """Return the lines of code that students are to find themselves, stripped."""
    lines = teacher_code(code).splitlines()
    given = set(map(str.strip, student_code(code).splitlines()))
    return [line.strip() for line in lines if line.strip() and line.strip() not in given]


def _guard(indent: str, hint: str) -> list[str]:
    parts = textwrap.wrap(hint, _WIDTH - len(indent) - 8, drop_whitespace=False)
    quoted = [_quoted(part) for part in parts]
    if len(quoted) == 1:
        return [f"{indent}raise NotImplementedError({quoted[0]})"]
    inner = [f"{indent}    {part}" for part in quoted]
    return [f"{indent}raise NotImplementedError(", *inner, f"{indent})"]


def _quoted(text: str) -> str:
    """Return a string of Python, in the quotes that need no backslash if one kind does."""
    return repr(text) if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)
