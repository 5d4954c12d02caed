"""A line of Markdown → spans: emphasis, code, links, `$…$` and MyST roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from pipelines.contracts.spans import (
    Break,
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
from pipelines.handwritten.plain_math import stretches

_BEFORE_TIMES = re.compile(r"[\w)\]}]")  # what ends a factor
_AFTER_TIMES = re.compile(r"[\w(\[{\\√∇]")  # what begins one

_POWER = re.compile(r"[\w)\]]\*\*(?:\d|\(|-\d|[A-Za-z]\b)")


def _times_sign(state: StateInline, silent: bool) -> bool:
    """Keep the `*` of `(1-t)*x_0 + t*epsilon` from opening emphasis: it stands in a product."""
    here, text = state.pos, state.src
    if text[here] != "*" or not 0 < here < len(text) - 1:
        return False
    signs = 2 if _is_power(state, here) else 1
    if signs == 1 and not (
        _BEFORE_TIMES.match(text[here - 1]) and _AFTER_TIMES.match(text[here + 1])
    ):
        return False
    if not silent:
        state.pending += "*" * signs
    state.pos += signs
    return True


def _is_power(state: StateInline, here: int) -> bool:
    """`2**n` outside of bold text: an even number of `**` stands before it."""
    if not _POWER.match(state.src, here - 1):
        return False
    at, count = state.env.get("stars", (0, 0))
    at, count = (at, count) if at <= here else (0, 0)
    count += state.src.count("**", at, here)  # counted on from the last place
    state.env["stars"] = (here, count)
    return count % 2 == 0


def _parser(dialect: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    markdown.use(myst_role_plugin)
    markdown.disable(["autolink", "html_inline"])
    markdown.core.ruler.enableOnly(["normalize", "block", "inline", "text_join"])
    markdown.validateLink = lambda _: True  # type: ignore  # judged in _Walk
    if dialect:
        markdown.inline.ruler.before("emphasis", "times_sign", _times_sign)
    return markdown


_EXPLICIT, _DIALECT = _parser(dialect=False), _parser(dialect=True)


def read_spans(text: str, line: int, *, dialect: bool) -> tuple[Spans, list[str]]:
    """Return the spans of a text that begins at `line`, and the links that were refused."""
    if not text.strip():
        return (), []
    tokens = (_DIALECT if dialect else _EXPLICIT).parseInline(text.strip())
    walk = _Walk(line, dialect)
    return walk.spans(tokens[0].children or [], ""), walk.refused


class _Walk:
    """Turns the flat tokens of a line into nested spans."""

    def __init__(self, line: int, dialect: bool) -> None:
        self.line = line
        self.dialect = dialect
        self.at = 0
        self.refused: list[str] = []

    def spans(self, tokens: Sequence[Token], until: str) -> Spans:
        found: list[Span] = []
        while self.at < len(tokens):
            token = tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            found.extend(self.one(token, tokens))
        return _with_mathematics(_joined(found)) if self.dialect else _joined(found)

    def one(self, token: Token, tokens: Sequence[Token]) -> list[Span]:
        kind = token.type
        if kind in ("text", "text_special"):
            return [Text(text=token.content)]
        if kind in ("softbreak", "hardbreak"):
            self.line += 1
            return [Break() if kind == "hardbreak" else Text(text=" ")]
        if kind == "code_inline":
            return [CodeSpan(text=token.content)]
        if kind in ("math_inline", "math_inline_double"):
            return [Math(latex=token.content)]
        if kind == "myst_role":
            return [self.role(token)]
        if kind == "strong_open":
            return [Strong(spans=self.spans(tokens, "strong_close"))]
        if kind == "em_open":
            return [Emphasis(spans=self.spans(tokens, "em_close"))]
        if kind == "link_open":
            return self.link(str(token.attrs.get("href", "")), self.spans(tokens, "link_close"))
        if kind == "image":
            return self.link(str(token.attrs.get("src", "")), (Text(text=token.content),))
        return [Text(text=token.content)]

    def role(self, token: Token) -> Role:
        target, _, form = token.content.replace("\\|", "|").partition("|")
        return Role(
            name=str(token.meta["name"]),
            target=target.strip(),
            format=form.strip(),
            line=self.line,
        )

    def link(self, href: str, spans: Spans) -> list[Span]:
        if _is_safe(href):
            return [Link(href=href, spans=spans)]
        self.refused.append(href)
        return list(spans)


def _is_safe(href: str) -> bool:
    """Web addresses, anchors and relative paths only: no scripts, no other hosts by `//`."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    bare = not parts.scheme and not parts.netloc and not href.startswith(("/", "\\"))
    return bare or (parts.scheme in {"http", "https"} and bool(parts.netloc))


def _joined(spans: list[Span]) -> Spans:
    """Merge neighbouring texts."""
    merged: list[Span] = []
    for span in spans:
        if isinstance(span, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(text=merged[-1].text + span.text)
        elif not (isinstance(span, Text) and not span.text):
            merged.append(span)
    return tuple(merged)


def _with_mathematics(spans: Spans) -> Spans:
    """Set what is clearly mathematics in the texts of a hand-written plan."""
    found: list[Span] = []
    for span in spans:
        at = 0
        if isinstance(span, Text):
            for start, end, latex in stretches(span.text):
                found += [Text(text=span.text[at:start])] if start > at else []
                found.append(Math(latex=latex, guessed=True, raw=span.text[start:end]))
                at = end
            found += [Text(text=span.text[at:])] if at < len(span.text) else []
        else:
            found.append(span)
    return tuple(found)
