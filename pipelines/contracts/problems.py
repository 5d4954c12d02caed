"""Problems of an input file: each names file, place and remedy; a file reports all at once."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_WIDTH = 96  # characters of an excerpt that are shown
_CONTROL = frozenset(("Cc", "Cf", "Zl", "Zp"))  # would move the cursor, or turn the line round


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of a reader or of the lint.

    Attributes:
        line: One-based.
        code: Stable name, `ML` and three digits; documented in docs/problems/.
        severity: "error" (the build stops) or "warning".
        excerpt: The line, or its beginning.
        column, end_column: One-based place in the line, the end one beyond it; 0 if unknown.
    """

    file: str
    line: int
    code: str
    message: str
    remedy: str
    severity: str = "error"
    excerpt: str = ""
    column: int = 0
    end_column: int = 0

    @property
    def place(self) -> str:
        """`file:line`, or `file:line:column` where the column is known."""
        return f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")

    def __str__(self) -> str:
        head = f"{self.place}: {self.severity} {self.code}: {harmless(self.message)}"
        return "\n    ".join([head, *self.marked(), f"remedy: {harmless(self.remedy)}"])

    def marked(self) -> list[str]:
        """Return the excerpt with its line number, and a line of carets below the place."""
        if not self.excerpt.strip():
            return []
        margin = f"{self.line} | "
        start, text = self._window()
        at = self.column - 1 - start
        if not 0 <= at < len(text):
            return [margin + text]
        length = max(1, min(self.end_column - self.column, len(text) - at))
        before, marked = _columns(text[:at]), max(1, _columns(text[at : at + length]))
        return [margin + text, " " * (len(margin) - 2) + "| " + " " * before + "^" * marked]

    def _window(self) -> tuple[int, str]:
        """Return where the shown stretch of a long line begins, and the stretch."""
        line = harmless(self.excerpt.rstrip())
        start = len(line) - len(line.lstrip())
        if self.column - start > _WIDTH * 2 // 3:
            start = self.column - _WIDTH // 3
        return start, line[start : start + _WIDTH]


def harmless(text: str) -> str:
    """Return a text without what a terminal would obey: a plan may hold anything."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    """Return a character as it may stand in a terminal: one for one, so that columns agree."""
    if character in "\t\n":
        return " " if character == "\t" else character
    return (
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _CONTROL else character
    )


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode annex 11; marks take none)."""
    return sum(
        0
        if unicodedata.category(one) in ("Mn", "Me")
        else 1 + (unicodedata.east_asian_width(one) in ("W", "F"))
        for one in text
    )


def located(problem: Problem, line: str) -> Problem:
    """Give a problem a column: where the first name that its message quotes stands in the line.

    A line that holds no such name is marked whole.
    """
    if problem.column or not line.strip():
        return problem
    quoted = [name for name in problem.message.split("`")[1::2] if name and name in line]
    start = line.index(quoted[0]) if quoted else len(line) - len(line.lstrip())
    length = len(quoted[0]) if quoted else len(line.strip())
    return replace(problem, excerpt=line, column=start + 1, end_column=start + 1 + length)


class InputProblems(Exception):
    """Raised once for a whole input, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return those problems that stop a build."""
    return [problem for problem in problems if problem.severity == "error"]
