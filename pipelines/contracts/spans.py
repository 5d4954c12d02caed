"""Text within a line, and what every part of a plan's tree has in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, dataclass_transform

from pydantic import ConfigDict, Field


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """A part of a plan's tree. Every subclass is a frozen dataclass with named arguments.

    The reader makes thousands of records for a plan, so nothing checks their types while it reads:
    mypy does, and the tests validate every tree they read with pydantic's `TypeAdapter`, which
    also writes JSON and its schema.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)


class Src(Record):
    """Where something was read: lines are one-based and inclusive."""

    file: str
    line: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Voice(StrEnum):
    """Who a piece of the outline speaks to."""

    STUDENT = "student"
    BUILDER = "builder"


class Node(Record):
    """What every block has in common."""

    src: Src
    voice: Voice = Voice.STUDENT


class DepthLevel(StrEnum):
    """How well a concept is known, in rising order."""

    MISSING = "missing"
    MENTIONED = "mentioned"
    INTRODUCED = "introduced"
    DEVELOPED = "developed"
    APPLIED = "applied"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 (missing) … 4 (applied); unknown is -1."""
        order = ["missing", "mentioned", "introduced", "developed", "applied"]
        return order.index(self.value) if self.value in order else -1


class Depth(Record):
    """A depth as written; `second` of `DEVELOPED -> APPLIED` and `DEVELOPED/INTRODUCED`."""

    level: DepthLevel
    second: DepthLevel | None = None
    note: str = ""
    raw: str


class Text(Record):
    """Plain text.

    Attributes:
        escapes: Which of its characters were escaped, by their place, and how: `\\[`, `&nbsp;`.
    """

    type: Literal["text"] = "text"
    text: str
    escapes: tuple[tuple[int, str], ...] = ()


class Strong(Record):
    """Bold print."""

    type: Literal["strong"] = "strong"
    spans: Spans


class Emphasis(Record):
    """Italics."""

    type: Literal["emphasis"] = "emphasis"
    spans: Spans


class CodeSpan(Record):
    """Code in a line."""

    type: Literal["code_span"] = "code_span"
    text: str


class Math(Record):
    """A formula in a line. `guessed` marks TeX that the reader made of the plain text `raw`."""

    type: Literal["math"] = "math"
    latex: str
    guessed: bool = False
    raw: str = ""


class Link(Record):
    """A link to a web address, an anchor or a relative path."""

    type: Literal["link"] = "link"
    href: str
    spans: Spans


class Break(Record):
    """A line break that the author wants."""

    type: Literal["break"] = "break"


class Role(Record):
    """A MyST role: `{name}`target|format``, e.g. value, fact, cite, given, lesson, ref."""

    type: Literal["role"] = "role"
    name: str
    target: str
    format: str = ""
    line: int


Span = Annotated[
    Text | Strong | Emphasis | CodeSpan | Math | Link | Break | Role, Field(discriminator="type")
]
Spans = tuple[Span, ...]
