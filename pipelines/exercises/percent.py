"""The percent format, as jupytext writes it: a script whose cells begin at `# %%`.

# %% [markdown]
# %% a title exercise="skip"
# %% tags=["keep-output"]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_HEAD = re.compile(
    r"# %%[ \t]*(?P<title>[^\[={\"]*?)[ \t]*(?:\[(?P<kind>markdown|md|raw)\])?"
    r"(?P<options>(?:[ \t]+[\w-]+=(?:\"(?:[^\"\\]|\\.)*\"|\d+|true|false|\[[^\]]*\]))*)[ \t]*"
)
_OPTION = re.compile(r"([\w-]+)=(\"(?:[^\"\\]|\\.)*\"|\d+|true|false|\[[^\]]*\])")
_FENCE = "# ---"


@dataclass(frozen=True)
class RawCell:
    """A cell as it is written.

    Attributes:
        line: One-based, of its `# %%`; its text begins a line below.
        text: Code, or Markdown without the `# ` before each line.
        fault: What could not be read of its head, "" if nothing.
    """

    line: int
    markdown: bool
    text: str
    options: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Script:
    """A percent script: the YAML of its head, which begins at line 2, and its cells."""

    head: str
    cells: tuple[RawCell, ...]


def split_script(text: str) -> Script:
    """Return the head and the cells of a script; code before the first `# %%` is a cell."""
    lines = text.lstrip("\N{BOM}").splitlines()
    head, first = _head(lines)
    starts = [i for i in range(first, len(lines)) if lines[i].startswith("# %%")]
    cells = list(_before(lines[first : starts[0] if starts else len(lines)], first))
    for start, end in pairwise([*starts, len(lines)]):
        cells.append(_cell(lines[start], lines[start + 1 : end], start + 1))
    return Script(head, tuple(cells))


def _head(lines: list[str]) -> tuple[str, int]:
    """Return the YAML between two `# ---` at the top, and the index of the line after them."""
    if not lines or lines[0].rstrip() != _FENCE:
        return "", 0
    for i, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return "\n".join(map(_uncommented, lines[1:i])), i + 1
    return "", 0


def _before(lines: list[str], first: int) -> Iterator[RawCell]:
    if any(line.strip() for line in lines):
        yield RawCell(first, False, "\n".join(lines).strip("\n"))


def _cell(head: str, lines: list[str], line: int) -> RawCell:
    match = _HEAD.fullmatch(head.rstrip())
    markdown = bool(match and match["kind"] in ("markdown", "md"))
    text = "\n".join(map(_uncommented, lines) if markdown else lines).strip("\n")
    if not match:
        return RawCell(line, False, text, fault=f"`{head.rstrip()}` is no head of a cell")
    try:
        options = {name: json.loads(value) for name, value in _OPTION.findall(match["options"])}
    except ValueError:
        return RawCell(line, markdown, text, fault=f"`{match['options'].strip()}` is no JSON")
    return RawCell(line, markdown, text, options)


def _uncommented(line: str) -> str:
    return line.removeprefix("#").removeprefix(" ") if line.startswith("#") else line
