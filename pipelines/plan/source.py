"""Bytes of a plan file → lines, with what is damaged repaired beside the original.

`text` is the file as it is, with one kind of line end; segments are cut from it. `lines` is what
the reader works on: the same lines, with double-encoded characters put right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipelines.contracts.problems import InputProblems, Problem

# UTF-8 read as Windows-1252 and saved again: "—" has become "â€”", "≈" "â‰ˆ", "é" "Ã©".
_TAIL = "[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]"
_DOUBLE_ENCODED = re.compile(rf"[âÂÃðÎÏ]{_TAIL}")
_SEQUENCE = re.compile(rf"[à-ï]{_TAIL}{{2}}|ð{_TAIL}{{3}}")  # three or four bytes of UTF-8

# no-break spaces are read as spaces, and what has no width as nothing
_ODD_SPACES = {0xA0: " ", 0x202F: " ", 0x2007: " ", 0x200B: "", 0xFEFF: "", 0x2060: ""}


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
        return self.text.split("\n")

    @cached_property
    def lines(self) -> list[str]:
        """The lines as they were meant; as many as `raw_lines`."""
        return [_mended(line) for line in self.raw_lines]

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
        raise InputProblems(
            [
                Problem(
                    file,
                    line,
                    "ML201",
                    f"not UTF-8: byte {data[error.start]:#04x}",
                    "save the file as UTF-8",
                )
            ]
        ) from error


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


def _mended(line: str) -> str:
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
