"""Text within a line."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.contracts.plan.base import Model


class Text(Model):
    type: Literal["text"] = "text"
    text: str


class Strong(Model):
    type: Literal["strong"] = "strong"
    spans: tuple[Span, ...]


class Emphasis(Model):
    type: Literal["emphasis"] = "emphasis"
    spans: tuple[Span, ...]


class CodeSpan(Model):
    type: Literal["code_span"] = "code_span"
    text: str


class Math(Model):
    """A formula in a line. `guessed` marks TeX that the reader made of the plain text `raw`."""

    type: Literal["math"] = "math"
    latex: str
    guessed: bool = False
    raw: str = ""


class Link(Model):
    type: Literal["link"] = "link"
    href: str
    spans: tuple[Span, ...]


class Break(Model):
    type: Literal["break"] = "break"


class Role(Model):
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
