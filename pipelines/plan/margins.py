"""Where a table at the margin or an underline begins and ends, whatever it is glued to.

To Markdown, a table's header below a list item is a further line of the item, and a line of text
below a table is a row of one cell. No author means that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ROW = re.compile(r" ?\|.*\S")
_DELIMITER = re.compile(r" ?\|(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-*:?[ \t]*$")


UNDERLINE = re.compile(r" {0,3}={3,}[ \t]*$")


def edges(lines: Sequence[str], inside: Sequence[bool]) -> frozenset[int]:
    """Return the indices of lines that begin something new: a table, `===`, what follows one.

    Args:
        inside: Of each line, whether it stands in a code fence.
    """
    found: set[int] = set()
    table = False
    for at, line in enumerate(lines):
        if inside[at] or not line.strip():
            table = False
        elif UNDERLINE.match(line):
            found |= {at, at + 1}
            table = False
        elif table and "|" not in line:
            found.add(at)
            table = False
        elif not table and _is_header(lines, at):
            found.add(at)
            table = True
    return frozenset(found)


def _is_header(lines: Sequence[str], at: int) -> bool:
    """Whether a line and the next are a table's header, with as many cells in both."""
    if not _ROW.match(lines[at]) or at + 1 == len(lines) or not _DELIMITER.match(lines[at + 1]):
        return False
    header = lines[at].replace("\\|", "").strip().strip("|")
    return header.count("|") == lines[at + 1].strip().strip("|").count("|")
