"""Code fences: which lines stand in one, and which fence nobody closed."""

from __future__ import annotations

import re

_ITEM = r"(?:[-*+]|\d{1,9}[.)])[ \t]+"
_ITEMS = re.compile(rf"[ \t]*(?:{_ITEM})+")
_OPENING = re.compile(rf"(?:[ \t]*{_ITEM})*\s*(?P<mark>`{{3,}}(?=[^`]*$)|~{{3,}})")
_CLOSING = re.compile(r"\s*(?P<mark>`{3,}|~{3,})\s*$")
_HEADING = re.compile(r"#{2,6}[ \t]+\S")  # `# …` may be a comment of the code


def fenced(lines: list[str], first: int = 1) -> tuple[list[bool], list[int]]:
    """Say of each line whether it belongs to a code fence.

    A fence inside a list item ends with the item: a heading at the margin ends both.

    Returns:
        One truth value a line, and the numbers of the lines whose fences are never closed.
    """
    inside: list[bool] = []
    unclosed: list[int] = []
    mark, opened, listed = "", 0, False
    item, blank = 0, True
    for number, line in enumerate(lines, first):
        if mark and listed and _HEADING.match(line):
            unclosed.append(opened)
            mark = ""
        if mark:
            inside.append(True)
            match = _CLOSING.match(line) if mark in line else None
            mark = "" if match and match["mark"].startswith(mark) else mark
            continue
        item, blank = _content(line, item, after_blank=blank), not line.strip()
        match = _OPENING.match(line) if "```" in line or "~~~" in line else None
        inside.append(bool(match))
        if match:
            mark, opened, listed = match["mark"], number, 0 < item <= match.start("mark")
    return inside, [*unclosed, opened] if mark else unclosed


def _content(line: str, item: int, *, after_blank: bool) -> int:
    """Return the column where the text of a line's outermost list item begins; 0: in no list.

    Args:
        item: The same of the line before.
    """
    text = line.lstrip()
    if not text or (item and len(line) - len(text) >= item):
        return item
    if marker := _ITEMS.match(line):
        return marker.end()
    return 0 if after_blank or _HEADING.match(line) else item
