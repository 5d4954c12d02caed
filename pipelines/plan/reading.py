"""What one reading of a plan carries along: source, problems, guesses, names given out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipelines.contracts.plan import Guess, Label, TableHead
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import (
    CodeSpan,
    Emphasis,
    Link,
    Math,
    Role,
    Span,
    Spans,
    Src,
    Strong,
    Text,
)
from pipelines.plan.inline import read_spans
from pipelines.plan.source import Source


@dataclass
class Reading:
    """The state of reading one file.

    Attributes:
        explicit: `**Voice:** explicit`: nothing is guessed.
        mistakes: The claims of the misconceptions table, which an outline refers to by number.
    """

    source: Source
    explicit: bool = False
    problems: list[Problem] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    slugs: Counter[str] = field(default_factory=Counter)
    in_outline: bool = False
    mistakes: list[str] = field(default_factory=list)
    heads: list[TableHead] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def src(self, line: int, end: int | None = None) -> Src:
        return Src(file=self.source.file, line=line, end=max(line, end or line))

    def problem(
        self, line: int, code: str, message: str, remedy: str, severity: str = "error"
    ) -> None:
        excerpt = self.source.line(line)[:160]
        self.problems.append(
            Problem(self.source.file, line, code, message, remedy, severity, excerpt)
        )

    def label(self, line: int, text: str, end: int | None = None) -> None:
        """Keep words that only say what follows them."""
        if text.strip():
            self.labels.append(Label(src=self.src(line, end), text=text.strip()))

    def guess(self, line: int, rule: str, decision: str, excerpt: str, override: str) -> None:
        """Note a decision that the plan leaves open; explicit plans leave none."""
        if not self.explicit:
            self.guesses.append(
                Guess(
                    src=self.src(line),
                    rule=rule,
                    decision=decision,
                    excerpt=excerpt.strip()[:160],
                    override=override,
                )
            )

    def spans(self, text: str, line: int) -> Spans:
        """Read inline Markdown; links of a scheme that pages must not hold become text."""
        spans, refused = read_spans(text, line, dialect=not self.explicit)
        for href in refused:
            self.problem(
                line,
                "ML212",
                f"link to `{href[:60]}` is left out",
                "link to http, https, an anchor or a relative path",
                "error" if self.explicit else "warning",
            )
        if self.in_outline:
            self.guess_mathematics(spans, line)
        return spans

    def guess_mathematics(self, spans: Spans, line: int) -> None:
        for span in spans:
            if span.type == "math" and span.guessed:
                override = "write it between `$` signs, or as code to keep it as it is"
                self.guess(line, "mathematics", span.latex, span.latex, override)
            elif span.type in ("strong", "emphasis", "link"):
                self.guess_mathematics(span.spans, line)

    def slug(self, text: str) -> str:
        """Return a name for links that no other heading of the page has."""
        base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "section"
        self.slugs[base] += 1
        count = self.slugs[base]
        return base if count == 1 else f"{base}-{count}"


def plain(spans: tuple[Span, ...]) -> str:
    """Return the letters of spans: for names, slugs and comparisons."""
    parts = []
    for span in spans:
        if isinstance(span, Strong | Emphasis | Link):
            parts.append(plain(span.spans))
        elif isinstance(span, Text | CodeSpan):
            parts.append(span.text)
        elif isinstance(span, Math):
            parts.append(span.raw or span.latex)
        else:
            parts.append(span.target if isinstance(span, Role) else " ")
    return "".join(parts)
