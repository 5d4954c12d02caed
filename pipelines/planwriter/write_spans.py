"""Spans → a line of Markdown in the exact spelling, which reads back as the same spans."""

import re
from collections.abc import Iterator
from itertools import chain, islice, product
from typing import Any

from pipelines.contracts.spans import (
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
_DOLLAR = re.compile(r"(?<!\\)\$")
_DOLLARS = re.compile(r"\$(?=\$)|(?<=\$)\$")  # two begin a formula, if two more stand further on
_STARS = re.compile(rf"[*]|{_DOLLARS.pattern}")  # brackets of a heading stay as they are
_OTHER = {"*": "_", "_": "*"}
_TRIALS = 256  # ways to mark the emphases of a line; all of them, where it has at most eight
_FORM = {"guessed", "raw", "line", "escapes"}  # what spans keep of their spelling and their place


def write_spans(spans: Spans) -> str:
    """Return Markdown for spans, escaped where it was or where it would be read otherwise."""
    wanted = essence(spans)
    for text in chain(_candidates(spans), _candidates(_walled(spans))):
        if essence(read_spans(text, 1)[0]) == wanted:
            return text
    return _written_spans(spans, iter(_marks(spans, "*")), escape=_SPECIAL)


def _candidates(spans: Spans) -> Iterator[str]:
    """Yield spellings, the usual one first: which of `*` and `_` works depends on its place."""
    usual = _marks(spans, "*")
    for turned in islice(product((False, True), repeat=len(usual)), _TRIALS):
        marks = [_OTHER[mark] if turn else mark for mark, turn in zip(usual, turned, strict=True)]
        for escape in (_DOLLARS, _STARS, _SPECIAL) if marks == usual else (_DOLLARS, _SPECIAL):
            yield _written_spans(spans, iter(marks), escape=escape)


def _walled(spans: Spans) -> Spans:
    """Escape the letters beside emphases: `**$x$**s` is none, `**$x$**&#115;` is."""
    beside = [isinstance(span, Emphasis | Strong) for span in (None, *spans, None)]
    return tuple(
        _with_escapes(span, first=before, last=after) if isinstance(span, Text) else span
        for span, before, after in zip(spans, beside, beside[2:], strict=False)
    )


def _with_escapes(text: Text, *, first: bool, last: bool) -> Text:
    """Return a text whose first or last character is escaped."""
    places = [0] * first + [len(text.text) - 1] * last
    escapes = {at: f"&#{ord(text.text[at])};" for at in places} | dict(text.escapes)
    return Text(text=text.text, escapes=tuple(sorted(escapes.items())))


def _marks(spans: Spans, mark: str) -> list[str]:
    """Return the marks of all emphases in order: others inside, others right after one."""
    marks: list[str] = []
    before = ""
    for span in spans:
        emphasis = isinstance(span, Emphasis | Strong)
        own = "*" if isinstance(span, Strong) and not before else _OTHER.get(before, mark)
        inner = _OTHER[own] if emphasis else mark
        marks += [own] if emphasis else []
        marks += _marks(span.spans, inner) if isinstance(span, Emphasis | Strong | Link) else []
        before = own if emphasis else ""
    return marks


def essence(value: Any) -> Any:
    """Return spans as plain data, without what only their spelling decides."""
    if isinstance(value, tuple):
        return [essence(one) for one in value]
    return {
        name: essence(field) if isinstance(field, tuple) else field
        for name, field in value.__dict__.items()
        if name not in _FORM and field is not None
    }


def _written_spans(spans: Spans, marks: Iterator[str], *, escape: re.Pattern[str]) -> str:
    return "".join(_one(span, marks, escape=escape) for span in spans)


def _one(span: Span, marks: Iterator[str], *, escape: re.Pattern[str]) -> str:
    if isinstance(span, Text):
        return "".join(_pieces(span, escape))
    if isinstance(span, Strong | Emphasis):
        mark = next(marks) * (2 if isinstance(span, Strong) else 1)
        return f"{mark}{_written_spans(span.spans, marks, escape=escape)}{mark}"
    if isinstance(span, CodeSpan):
        return _code(span.text)
    if isinstance(span, Math):
        return _formula(span.latex)
    if isinstance(span, Link):
        return f"[{_written_spans(span.spans, marks, escape=escape)}]({_address(span.href)})"
    if isinstance(span, Role):
        form = f"|{span.format}" if span.format else ""
        return f"{{{span.name}}}`{span.target}{form}`"
    return "\\\n"


def _pieces(span: Text, escape: re.Pattern[str]) -> Iterator[str]:
    """Yield a text's escapes as they were written, and what lies between them."""
    start = 0
    for at, written in (*span.escapes, (len(span.text), "")):
        yield escape.sub(r"\\\g<0>", span.text[start:at])
        yield written
        start = at + 1


def _formula(latex: str) -> str:
    """Write a formula with two dollars where one would not do, apart from dollars of its own."""
    if not _DOLLAR.search(latex) and not latex.endswith(" "):
        return f"${latex}$"
    pads = (" " if beside == "$" else "" for beside in (latex[0], latex[-1]))
    return f"$${next(pads)}{latex}{next(pads)}$$"


def _code(text: str) -> str:
    """Fence code with more backticks than it holds."""
    runs = re.findall(r"`+", text)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    padded = text.startswith(("`", " ")) or text.endswith(("`", " "))
    pad = " " if padded and text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _address(href: str) -> str:
    return f"<{href}>" if re.search(r"[\s()]", href) else href
