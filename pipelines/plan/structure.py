"""Lines → headings and directives: the frame of a plan, found before any Markdown is parsed.

A heading of level one to four always counts, so that a directive that was never closed cannot
swallow the rest of the file; `#####` headings may stand inside directives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.plan.fences import fenced

HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
OPENING = re.compile(r" {0,3}(?P<colons>:{3,12})\{(?P<name>[^}\s]*)\}[ \t]*(?P<title>.*?)[ \t]*$")
CLOSING = re.compile(r" {0,3}(?P<colons>:{3,12})[ \t]*$")

_UNDERLINE = re.compile(r" {0,3}={3,}[ \t]*$")
_TITLE = re.compile(r" {0,3}[^\s|>:=`~#-]")  # of a paragraph: no table, quotation, directive, list


@dataclass
class Part:
    """A heading with all that stands below it, up to the next heading of its level.

    Attributes:
        line, end: One-based, inclusive; the heading's own line and the part's last one.
        stop: The last line before the first heading below this one.
        adopted: Its children are headings of its own level.
    """

    level: int
    title: str
    line: int
    end: int = 0
    stop: int = 0
    adopted: bool = False
    children: list[Part] = field(default_factory=list)

    @property
    def own(self) -> tuple[int, int]:
        """First and last line of the text between this heading and the next."""
        return self.line + 1, self.stop

    @property
    def whole(self) -> tuple[int, int]:
        """First and last line of everything under this heading."""
        return self.line + 1, self.end

    def walk(self) -> Iterator[Part]:
        yield self
        for child in self.children:
            yield from child.walk()


def headings(lines: list[str], inside: list[bool], deepest: int = 4) -> list[Part]:
    """Return the headings of level one to `deepest`, in order, without their extent.

    Of underlined ones only the document's title (`===`) counts: others look like text and a rule.
    """
    found = []
    for number, (line, code) in enumerate(zip(lines, inside, strict=True), 1):
        match = HEADING.match(line) if not code and "#" in line else None
        if match and len(match["marks"]) <= deepest:
            found.append(Part(len(match["marks"]), (match["title"] or "").strip(), number))
        elif not (found or code) and _underlined(lines, number):
            found.append(Part(1, line.strip(), number))
    return found


def _underlined(lines: list[str], number: int) -> bool:
    """Whether a one-based line stands alone, with `===` below it."""
    if number == len(lines) or not _UNDERLINE.match(lines[number]):
        return False
    before = lines[number - 2].strip() if number > 1 else ""
    return not before and bool(_TITLE.match(lines[number - 1]))


def tree(found: Iterable[Part], count: int) -> Part:
    """Nest headings by level under a root (level 0, line 0) of `count` lines."""
    root = Part(0, "", 0, end=count, stop=count)
    stack = [root]
    for part in found:
        while stack[-1].level >= part.level:
            stack.pop().end = part.line - 1
        if not stack[-1].children:
            stack[-1].stop = part.line - 1
        part.end = part.stop = count
        stack[-1].children.append(part)
        stack.append(part)
    for part in root.walk():
        part.stop = min(part.stop, part.end)
    return root


def deeper(part: Part, lines: list[str], deepest: int = 6) -> Part:
    """Return a part again, with headings of every level below it.

    Args:
        lines: All lines of the file.
    """
    own = lines[part.line : part.end]
    inside, _ = fenced(own)
    found = headings(own, inside, deepest)
    for one in found:
        one.line += part.line
    root = tree((one for one in found if one.level > part.level), part.end)
    return Part(part.level, part.title, part.line, part.end, root.stop, children=root.children)
