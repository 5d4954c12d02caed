"""What one reading of a plan carries along: source, problems, guesses, names given out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.contracts.plan import Guess, Label, TableHead
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import (
    Spans,
    Src,
    Text,
)
from pipelines.plan.inline import DEEPEST, NestedTooDeeply, one_line, read_spans
from pipelines.plan.lines import Source

if TYPE_CHECKING:
    from pipelines.contracts.blocks import Block, Blocks
    from pipelines.contracts.planning import Finding, Outline, OutlineNotation, Severity
    from pipelines.contracts.spans import Node
    from pipelines.plan.lines import Heading
    from pipelines.plan.raw import Raw, SectionDraft


@dataclass(frozen=True)
class Importer:
    """What reads that which only hand-written plans have; `pipelines.handwritten` has one.

    In plans that are not explicit the first two read all text, and the third an outline without
    numbered headings. The others are asked, in any plan, where something else stands in the place
    of headings and tables.

    Attributes:
        spans: Text and its line → spans, with the mathematics in plain text, and refused links.
        content: The blocks of a section and its title → typed blocks, each with a voice.
        sections: An outline's part → introduction and sections, whatever begins them.
        parts: The parts of a phase → the same, an outline beside them that was nested in one
            (if `nested`), and in it the sections that stood beside it.
        revised: A revised outline and the first one → the revised one with all that it keeps.
        rows: The blocks of a part and what they should be → rows, and the blocks that are left.
        afterwards: A part that is named built, revision, fixes or widget → what it tells.
        findings: The blocks of a review's heading and its severity, if it gives one → findings,
            and the blocks that are left.
    """

    spans: Callable[[Reading, str, int], tuple[Spans, list[str]]]
    content: Callable[[Reading, Sequence[Raw], str], Blocks]
    sections: Callable[
        [Reading, Heading], tuple[Sequence[Raw], list[SectionDraft], OutlineNotation]
    ]
    parts: Callable[[list[Heading], bool], list[Heading]]
    revised: Callable[[Outline, Outline], Outline]
    rows: Callable[[Reading, list[Raw], str], tuple[tuple[Any, ...], list[Raw]]]
    afterwards: Callable[[Reading, Heading, str], Node]
    findings: Callable[[Reading, list[Raw], Severity | None], tuple[list[Finding], list[Raw]]]


DirectiveReader = tuple[Callable[["Reading", "Raw"], "Block | Blocks"], tuple[str, ...] | None]


@dataclass
class Reading:
    """The state of reading one file.

    Attributes:
        importer: Called when something is met that only hand-written plans have.
        directives: What reads each directive, by its name, and the options that it takes; None
            where others look at them.
        explicit: `**Voice:** explicit`: nothing is guessed.
        foreign: Lines that only look as if they opened a directive; see `elsewhere`.
        misconceptions: The claims of their table, which an outline refers to by number.
    """

    source: Source
    importer: Callable[[], Importer] | None = None
    directives: Mapping[str, DirectiveReader] = field(default_factory=dict)
    explicit: bool = False
    problems: list[Problem] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    slugs: Counter[str] = field(default_factory=Counter)
    in_outline: bool = False
    misconceptions: list[str] = field(default_factory=list)
    heads: list[TableHead] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    foreign: dict[int, int] | None = None

    def src(self, line: int, end: int | None = None) -> Src:
        """Return where lines of this file stand."""
        return Src(file=self.source.file, line=line, end=max(line, end or line))

    def problem(
        self, line: int, code: str, message: str, remedy: str, severity: str = "error"
    ) -> None:
        """Report what is wrong with a line."""
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
        read = read_spans
        if not self.explicit and self.importer:
            read = partial(self.importer().spans, self)
        try:
            spans, refused = read(text, line)
        except NestedTooDeeply:
            self.nested_too_deeply(line, DEEPEST)
            return (Text(text=text.strip()),)
        for href in refused:
            self.problem(
                line,
                "ML212",
                f"link to `{href[:60]}` is left out",
                "link to http, https, an anchor or a relative path",
                "error" if self.explicit else "warning",
            )
        return spans

    def title(self, text: str, line: int) -> Spans:
        """Read what has one line to stand in: a title, a cell."""
        return one_line(self.spans(text, line))

    def nested_too_deeply(self, line: int, deepest: int) -> None:
        """Report what stays text, because it is nested deeper than `deepest` times."""
        message = f"nested more than {deepest} deep; read as text"
        self.problem(line, "ML215", message, "nest it less, or escape its marks with `\\`")

    def slug(self, text: str) -> str:
        """Return a name for links that no other heading of the page has."""
        base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "section"
        self.slugs[base] += 1
        count = self.slugs[base]
        return base if count == 1 else f"{base}-{count}"
