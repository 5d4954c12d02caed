"""Problems of an input file: each names file, line and remedy; a file reports all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of a reader or of the lint.

    Attributes:
        code: Stable name, `ML` and three digits; documented in docs/problems.md.
        severity: "error" (the build stops) or "warning".
    """

    file: str
    line: int
    code: str
    message: str
    remedy: str
    severity: str = "error"
    excerpt: str = ""

    def __str__(self) -> str:
        place = f"\n    {self.line} | {self.excerpt.strip()}" if self.excerpt.strip() else ""
        return (
            f"{self.file}:{self.line}: {self.severity} {self.code}: {self.message}{place}"
            f"\n    remedy: {self.remedy}"
        )


class InputProblems(Exception):
    """Raised once for a whole input, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return those problems that stop a build."""
    return [problem for problem in problems if problem.severity == "error"]
