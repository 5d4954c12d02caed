"""Bytes of a plan file → lines, and what frames them: fences, headings, tables at the margin.

It is found before any Markdown is parsed. A heading of level one to four always counts, so
that a directive that was never closed cannot swallow the rest of the file; `#####` headings may
stand inside directives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.contracts.problems import InputProblems, Problem

# UTF-8 read as Windows-1252 and saved again: "—" has become "â€”", "≈" "â‰ˆ", "é" "Ã©".
_TAIL = "[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]"
_DOUBLE_ENCODED = re.compile(rf"[âÂÃðÎÏ]{_TAIL}")
_SEQUENCE = re.compile(rf"[à-ï]{_TAIL}{{2}}|ð{_TAIL}{{3}}")  # three or four bytes of UTF-8
# no-break spaces are read as spaces, and what has no width as nothing
_ODD_SPACES = {0xA0: " ", 0x202F: " ", 0x2007: " ", 0x200B: "", 0xFEFF: "", 0x2060: ""}

HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
OPENING = re.compile(r" {0,3}(?P<colons>:{3,12})\{(?P<name>[^}\s]*)\}[ \t]*(?P<title>.*?)[ \t]*$")
CLOSING = re.compile(r" {0,3}(?P<colons>:{3,12})[ \t]*$")
COMMENT, COMMENT_END = re.compile(r"\s*<!--"), "-->"
UNDERLINE = re.compile(r" {0,3}={3,}[ \t]*$")
_TITLE = re.compile(r" {0,3}[^\s|>:=`~#-]")  # of a paragraph: no table, quotation, directive, list
_ITEM = r"(?:[-*+]|\d{1,9}[.)])[ \t]+"
_ITEMS = re.compile(rf"[ \t]*(?:{_ITEM})+")
_FENCE = re.compile(rf"(?:[ \t]*{_ITEM})*\s*(?P<mark>`{{3,}}(?=[^`]*$)|~{{3,}})")
_FENCE_END = re.compile(r"\s*(?P<mark>`{3,}|~{3,})\s*$")
_DEEPER_HEADING = re.compile(r"#{2,6}[ \t]+\S")  # `# …` may be a comment of the code
_ROW = re.compile(r" ?\|.*\S")
_DELIMITER = re.compile(r" ?\|(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-*:?[ \t]*$")


@dataclass(frozen=True)
class Source:
    """A plan's text.

    Attributes:
        file: Name for messages.
        text: The file with "\\n" line ends and without a byte order mark.
    """

    file: str
    text: str

    @cached_property
    def raw_lines(self) -> list[str]:
        """The lines as they are; segments are cut from them."""
        return self.text.split("\n")

    @cached_property
    def lines(self) -> list[str]:
        """The lines as they were meant, which the reader works on; as many as `raw_lines`."""
        return [_mended_line(line) for line in self.raw_lines]

    @property
    def damaged(self) -> list[int]:
        """One-based numbers of the lines that had to be mended."""
        pairs = zip(self.raw_lines, self.lines, strict=True)
        changed = [(n, raw, line) for n, (raw, line) in enumerate(pairs, 1) if raw != line]
        return [n for n, raw, line in changed if raw.translate(_ODD_SPACES) != line]

    @property
    def spaced(self) -> list[tuple[int, str]]:
        """The first line with spaces that are no plain ones, with its number."""
        found = enumerate(self.raw_lines, 1)
        return next(([(n, line)] for n, line in found if line.translate(_ODD_SPACES) != line), [])

    def line(self, number: int) -> str:
        """Return a one-based line, "" beyond the ends."""
        return self.raw_lines[number - 1] if 0 < number <= len(self.raw_lines) else ""


def decode(data: bytes, file: str) -> str:
    """Return the text of a file.

    Raises:
        InputProblems: If the bytes are not UTF-8, with the line of the first bad byte.
    """
    try:
        return normalise(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte {data[error.start]:#04x}"
        problem = Problem(file, line, "ML201", message, "save the file as UTF-8")
        raise InputProblems([problem]) from error


def foreign_marks(data: bytes, file: str) -> list[Problem]:
    """Report what `normalise` takes away: a byte order mark, carriage returns."""
    remedy = "save the file anew, or `measured-lessons repair`"
    found = []
    if data.startswith(b"\xef\xbb\xbf"):
        message = "a byte order mark; read as if it were not there"
        found.append(Problem(file, 1, "ML214", message, remedy, "warning"))
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        message = "lines end with carriage returns; read as line feeds"
        found.append(Problem(file, line, "ML214", message, remedy, "warning"))
    return found


def normalise(text: str) -> str:
    """Remove a byte order mark and make every line end a line feed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _mended_line(line: str) -> str:
    """Put double-encoded characters and odd spaces right."""
    if not _DOUBLE_ENCODED.search(line):
        return line.translate(_ODD_SPACES)
    from ftfy import fix_encoding  # slow to import, and seldom needed

    fixed = _SEQUENCE.sub(_decoded, fix_encoding(line))
    fixed = line if "\n" in fixed or "\r" in fixed else fixed
    return fixed.translate(_ODD_SPACES)


def _decoded(match: re.Match[str]) -> str:
    """Decode a lone character that is too short for ftfy to be sure of: `âš¡` is "⚡"."""
    try:
        return match[0].encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return match[0]


# --- code fences ---


def fenced(lines: list[str], first: int = 1) -> tuple[list[bool], list[int]]:
    """Say of each line whether it belongs to a code fence.

    A fence inside a list item ends with the item: a heading at the margin ends both. A comment
    is like a fence, from a line that begins with `<!--` to the one that ends it.

    Returns:
        One truth value a line, and the numbers of the lines whose fences are never closed.
    """
    inside: list[bool] = []
    unclosed: list[int] = []
    mark, opened, listed = "", 0, False
    item, blank = 0, True
    last_end = max((at for at, line in enumerate(lines, first) if COMMENT_END in line), default=0)
    comment = False
    for number, line in enumerate(lines, first):
        if not mark and (comment or (COMMENT.match(line) and number <= last_end)):
            inside.append(True)
            comment = COMMENT_END not in line
            continue
        if mark and listed and _DEEPER_HEADING.match(line):
            unclosed.append(opened)
            mark = ""
        if mark:
            inside.append(True)
            match = _FENCE_END.match(line) if mark in line else None
            mark = "" if match and match["mark"].startswith(mark) else mark
            continue
        item, blank = _text_column(line, item, after_blank=blank), not line.strip()
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        inside.append(bool(match))
        if match:
            mark, opened, listed = match["mark"], number, 0 < item <= match.start("mark")
    return inside, [*unclosed, opened] if mark else unclosed


def _text_column(line: str, item: int, *, after_blank: bool) -> int:
    """Return the column where the text of a line's outermost list item begins; 0: in no list.

    Args:
        item: The same of the line before.
    """
    text = line.lstrip()
    if not text or (item and len(line) - len(text) >= item):
        return item
    if marker := _ITEMS.match(line):
        return marker.end()
    return 0 if after_blank or _DEEPER_HEADING.match(line) else item


# --- headings ---


@dataclass
class Heading:
    """A heading with all that stands below it, up to the next heading of its level.

    Attributes:
        line, end: One-based, inclusive; the heading's own line and the last one below it.
        stop: The last line before the first heading below this one.
        adopted: Its children are headings of its own level.
    """

    level: int
    title: str
    line: int
    end: int = 0
    stop: int = 0
    adopted: bool = False
    children: list[Heading] = field(default_factory=list)

    @property
    def own(self) -> tuple[int, int]:
        """First and last line of the text between this heading and the next."""
        return self.line + 1, self.stop

    @property
    def whole(self) -> tuple[int, int]:
        """First and last line of everything under this heading."""
        return self.line + 1, self.end

    def with_inner(self) -> Iterator[Heading]:
        """Yield this heading and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.with_inner()


def headings(lines: list[str], inside: list[bool], deepest: int = 4) -> list[Heading]:
    """Return the headings of level one to `deepest`, in order, without their extent.

    Of underlined ones only the document's title (`===`) counts: others look like text and a rule.
    """
    found = []
    for number, (line, code) in enumerate(zip(lines, inside, strict=True), 1):
        match = HEADING.match(line) if not code and "#" in line else None
        if match and len(match["marks"]) <= deepest:
            found.append(Heading(len(match["marks"]), (match["title"] or "").strip(), number))
        elif not (found or code) and _underlined(lines, number):
            found.append(Heading(1, line.strip(), number))
    return found


def _underlined(lines: list[str], number: int) -> bool:
    """Whether a one-based line stands alone, with `===` below it."""
    if number == len(lines) or not UNDERLINE.match(lines[number]):
        return False
    before = lines[number - 2].strip() if number > 1 else ""
    return not before and bool(_TITLE.match(lines[number - 1]))


def tree(found: Iterable[Heading], count: int) -> Heading:
    """Nest headings by level under a root (level 0, line 0) of `count` lines."""
    root = Heading(0, "", 0, end=count, stop=count)
    stack = [root]
    for one in found:
        while stack[-1].level >= one.level:
            stack.pop().end = one.line - 1
        if not stack[-1].children:
            stack[-1].stop = one.line - 1
        one.end = one.stop = count
        stack[-1].children.append(one)
        stack.append(one)
    for one in root.with_inner():
        one.stop = min(one.stop, one.end)
    return root


def deeper(part: Heading, lines: list[str], deepest: int = 6) -> Heading:
    """Return a heading again, with headings of every level below it.

    Args:
        lines: All lines of the file.
    """
    own = lines[part.line : part.end]
    inside, _ = fenced(own)
    found = headings(own, inside, deepest)
    for one in found:
        one.line += part.line
    root = tree((one for one in found if one.level > part.level), part.end)
    return Heading(part.level, part.title, part.line, part.end, root.stop, children=root.children)


# --- tables at the margin ---


def edges(lines: Sequence[str], inside: Sequence[bool]) -> frozenset[int]:
    """Return the indices of lines that begin something new: a table, `===`, what follows one.

    To Markdown, a table's header below a list item is a further line of the item, and a line of
    text below a table is a row of one cell. No author means that.

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
