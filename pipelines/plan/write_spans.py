"""Spans → a line of Markdown in the exact spelling, which reads back as the same spans."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contracts.plan import (
    CodeSpan,
    Emphasis,
    Link,
    Math,
    Role,
    Span,
    Spans,
    Strong,
    Text,
)
from pipelines.plan.inline import read_spans

_SPECIAL = re.compile(r"[\\`*_\[\]$&{]")
_OTHER = {"*": "_", "_": "*"}
_FORM = {"guessed", "raw", "line"}  # what spans keep of their spelling and their place


def write_spans(spans: Spans) -> str:
    """Return Markdown for spans, escaped only where it would be read otherwise."""
    wanted = essence(spans)
    candidates = [
        _written(spans, escape=escape, mark=mark) for escape in (False, True) for mark in "*_"
    ]
    for text in candidates:
        if essence(read_spans(text, 1, dialect=False)[0]) == wanted:
            return text
    return candidates[2]


def essence(value: Any) -> Any:
    """Return spans as plain data, without what only their spelling decides."""
    if isinstance(value, tuple):
        return [essence(one) for one in value]
    fields = type(value).model_fields
    return {
        name: essence(field) if isinstance(field, tuple) else field
        for name in fields
        if name not in _FORM and (field := getattr(value, name)) is not None
    }


def _written(spans: Spans, *, escape: bool, mark: str = "*") -> str:
    """Write spans; of neighbouring emphases every other one has the other mark."""
    parts, before = list[str](), False
    for span in spans:
        emphasis = isinstance(span, Emphasis)
        mark = _OTHER[mark] if emphasis and before else mark
        parts.append(_one(span, escape=escape, mark=mark))
        before = emphasis
    return "".join(parts)


def _one(span: Span, *, escape: bool, mark: str) -> str:
    if isinstance(span, Text):
        return _SPECIAL.sub(r"\\\g<0>", span.text) if escape else span.text
    if isinstance(span, Strong):
        return f"**{_written(span.spans, escape=escape, mark='_')}**"
    if isinstance(span, Emphasis):
        return f"{mark}{_written(span.spans, escape=escape, mark=_OTHER[mark])}{mark}"
    if isinstance(span, CodeSpan):
        return _code(span.text)
    if isinstance(span, Math):
        return f"${span.latex.strip()}$"
    if isinstance(span, Link):
        return f"[{_written(span.spans, escape=escape, mark=mark)}]({_address(span.href)})"
    if isinstance(span, Role):
        form = f"|{span.format}" if span.format else ""
        return f"{{{span.name}}}`{span.target}{form}`"
    return "\\\n"


def _code(text: str) -> str:
    """Fence code with more backticks than it holds."""
    runs = re.findall(r"`+", text)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    padded = text.startswith(("`", " ")) or text.endswith(("`", " "))
    pad = " " if padded and text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _address(href: str) -> str:
    return f"<{href}>" if re.search(r"[\s()]", href) else href
