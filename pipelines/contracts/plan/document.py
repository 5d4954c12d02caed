"""What all documents share, and what the reader noted while it read."""

from __future__ import annotations

from enum import StrEnum

from pipelines.contracts.plan.base import Model, Node, Src
from pipelines.contracts.plan.blocks import Unknown
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.meta import Meta
from pipelines.contracts.plan.tree import Blocks


class Extra(Node):
    """A section that the dialect does not name, with everything in it."""

    title: Spans
    level: int
    nodes: Blocks


class TableHead(Node):
    """The header of a table whose rows were read by role: its columns, as written."""

    columns: tuple[str, ...]


class Label(Node):
    """A line, or the beginning of one, that only says what follows it."""

    text: str


class Guess(Model):
    """Something that the reader had to decide, and how an author overrides it."""

    src: Src
    rule: str
    decision: str
    excerpt: str
    override: str


class SegmentKind(StrEnum):
    PREAMBLE = "preamble"
    SECTION = "section"


class Segment(Model):
    """A stretch of the file under one heading. All segments, in order, are the file."""

    src: Src
    kind: SegmentKind
    heading: str = ""
    level: int = 0
    raw: str


class Document(Model):
    """What lesson plans, module plans and other documents have in common.

    Attributes:
        tables: The headers of the tables that were read by role, as written.
        labels: Words that say what follows, such as `**Depth targets:**`, as written.
        leftover: Lines with words that no other node holds.
    """

    file: str
    title: str
    title_spans: Spans
    title_form: str = ""  # as written
    meta: Meta
    segments: tuple[Segment, ...]
    extra: tuple[Extra, ...] = ()
    guesses: tuple[Guess, ...] = ()
    tables: tuple[TableHead, ...] = ()
    labels: tuple[Label, ...] = ()
    leftover: tuple[Unknown, ...] = ()
