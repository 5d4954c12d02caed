"""What a lint rule has in hand: the plan, its lines, and a place for what it finds."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Node, Spans, Src
from pipelines.module.requests import page_blocks
from pipelines.module.whereabouts import Whereabouts
from pipelines.plan.inline import plain


@dataclass
class Report:
    """Collects the problems of one plan."""

    plan: AnyPlan
    problems: list[Problem] = field(default_factory=list)
    whereabouts: dict[tuple[int, int], Whereabouts] = field(default_factory=dict)

    @cached_property
    def plan_lines(self) -> list[str]:
        """The lines of the plan."""
        return "".join(segment.raw for segment in self.plan.segments).split("\n")

    @cached_property
    def blocks(self) -> list[Node]:
        """All blocks of the page, inner ones too."""
        return [one for one in walk(page_blocks(self.plan)) if isinstance(one, Node)]

    def line_text(self, number: int) -> str:
        """Return a one-based line, "" beyond the ends."""
        return self.plan_lines[number - 1] if 0 < number <= len(self.plan_lines) else ""

    def problem(
        self,
        line: int,
        code: str,
        message: str,
        remedy: str,
        severity: str = "error",
        *,
        at: str = "",
        column: int = 0,
    ) -> None:
        """Report a problem; `at` is the text of the line that is meant, from `column` on."""
        text = self.line_text(line)
        if at and not column:
            column = text.find(at) + 1
        end = column + len(at) if column else 0
        problem = Problem(self.plan.file, line, code, message, remedy, severity, text, column, end)
        self.problems.append(problem)

    def gate(self, line: int, code: str, message: str, remedy: str, *, at: str = "") -> None:
        """Report a broken rule of planning: an error in plans written in the exact spelling."""
        severity = "error" if self.plan.meta.explicit_voice else "warning"
        self.problem(line, code, message, remedy, severity, at=at)

    def heading(self, *patterns: str) -> int:
        """Return the line of the first heading that a pattern finds, the first pattern first."""
        for pattern in patterns:
            for segment in self.plan.segments:
                if segment.heading and re.search(pattern, segment.heading, re.IGNORECASE):
                    return segment.src.line
        return 1

    def place(self, text: str, at: int, length: int, src: Src) -> tuple[int, int]:
        """Find a stretch of a block's text in the file by what stands around it.

        Returns:
            Line and column; the column is 0 where the file spells the stretch otherwise.
        """
        if (src.line, src.end) not in self.whereabouts:
            lines = self.plan_lines[src.line - 1 : src.end]
            self.whereabouts[src.line, src.end] = Whereabouts(lines, src.line)
        return self.whereabouts[src.line, src.end].find(text, at, length)


def first_words(spans: Spans, length: int = 60) -> str:
    """Return the beginning of a run, to name a row by."""
    text = " ".join(plain(spans).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
