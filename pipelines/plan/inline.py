"""A line of Markdown → spans: emphasis, code, links, `$…$` and MyST roles."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar
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

DEEPEST = 20  # marks inside marks; what walks spans is recursive
_ENDS_ESCAPING = re.compile(r"(?<!\\)(?:\\\\)*\\$")  # an odd number of backslashes
_ADDRESS = re.compile(r"<(?P<href>https?://[^<>\s]+)>")
# foreign letters come as they are or, from `[text](address)`, spelled in others: `xn--…`
_HOST = re.compile(
    r"(?!(?:.*\.)?xn--)(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE
)


class NestedTooDeeply(ValueError):
    """Marks are nested deeper than anybody could read."""


def line_parser() -> MarkdownIt:
    """Return a parser of lines, to which rules may be added."""
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.use(dollarmath_plugin, double_inline=True)
    markdown.inline.ruler.at("math_inline", _formula)
    markdown.use(myst_role_plugin)
    markdown.disable(["autolink", "html_inline"])
    markdown.inline.ruler.before("link", "web_address", _web_address)
    markdown.core.ruler.enableOnly(["normalize", "block", "inline"])  # `joined` joins texts
    markdown.validateLink = lambda _: True  # type: ignore  # judged in _Walk
    return markdown


_DOLLARS = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)


def _formula(state: StateInline, silent: bool) -> bool:
    """`$…$`; where nothing stands before it, the plugin looks at the text's last character."""
    text = state.src
    state.src += " " * (state.pos == 0)
    found = _DOLLARS(state, silent)
    state.src = text
    return found


def _web_address(state: StateInline, silent: bool) -> bool:
    """`<https://…>` is a link; anything else in angle brackets is text."""
    match = _ADDRESS.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": match["href"]}
        state.push("text", "", 0).content = match["href"]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


_EXACT = line_parser()


def read_spans(text: str, line: int) -> tuple[Spans, list[str]]:
    """Return the spans of a text that begins at `line`, and the links that were refused."""
    return parsed_spans(text, line, _EXACT, joined)


def parsed_spans(
    text: str, line: int, parser: MarkdownIt, finish: Callable[[list[Span]], Spans]
) -> tuple[Spans, list[str]]:
    """Read a text with a parser; `finish` is given the spans of each level, inner ones first.

    Raises:
        NestedTooDeeply: The marks are.
    """
    if not text.strip():
        return (), []
    tokens = parser.parseInline(text.strip())
    walk = _Walk(line, finish)
    return walk.spans(tokens[0].children or [], ""), walk.refused


class _Walk:
    """Turns the flat tokens of a line into nested spans."""

    def __init__(self, line: int, finish: Callable[[list[Span]], Spans]) -> None:
        self.line = line
        self.finish = finish
        self.at = self.depth = 0
        self.refused: list[str] = []

    def spans(self, tokens: Sequence[Token], until: str) -> Spans:
        found: list[Span] = []
        self.depth += 1
        if self.depth > DEEPEST:
            raise NestedTooDeeply
        while self.at < len(tokens):
            token = tokens[self.at]
            self.at += 1
            if token.type == until:
                break
            found.extend(self.read_token(token, tokens))
        self.depth -= 1
        return self.finish(found)

    def read_token(self, token: Token, tokens: Sequence[Token]) -> list[Span]:
        kind = token.type
        if kind == "text_special" and len(token.content) == 1:  # a few entities are two
            return [Text(text=token.content, escapes=((0, token.markup),))]
        if kind in ("softbreak", "hardbreak"):
            self.line += 1
            return [Break() if kind == "hardbreak" else Text(text=" ")]
        if kind == "code_inline":
            return [CodeSpan(text=token.content)]
        if kind in ("math_inline", "math_inline_double") and token.content.strip():
            return [Math(latex=_formula_text(token.content))]
        if kind == "myst_role":
            return [self.role_from_token(token)]
        if kind == "strong_open":
            return [Strong(spans=self.spans(tokens, "strong_close"))]
        if kind == "em_open":
            return [Emphasis(spans=self.spans(tokens, "em_close"))]
        if kind == "link_open":
            return self.link(str(token.attrs.get("href", "")), self.spans(tokens, "link_close"))
        if kind == "image":
            return self.link(str(token.attrs.get("src", "")), (Text(text=token.content),))
        sign = token.markup if kind.startswith("math_inline") else ""  # nothing between `$$`
        return [Text(text=f"{sign}{' '.join(token.content.split(chr(10)))}{sign}")]

    def role_from_token(self, token: Token) -> Role:
        target, _, form = token.content.replace("\\|", "|").partition("|")
        return Role(
            name=str(token.meta["name"]),
            target=target.strip(),
            format=form.strip(),
            line=self.line,
        )

    def link(self, href: str, spans: Spans) -> list[Span]:
        if is_safe(href):
            return [Link(href=href, spans=spans)]
        self.refused.append(href)
        return list(spans)


def _formula_text(content: str) -> str:
    """Return TeX on one line, where a line's end is no more than a space.

    What stands between a last backslash and the end is of it: `\\ ` is a space in TeX.
    """
    latex = content.strip()
    if content[-1:].isspace() and _ENDS_ESCAPING.search(latex):
        latex += " "
    return latex if "%" in latex else latex.replace("\n", " ")


def is_safe(href: str) -> bool:
    """Web addresses, anchors and relative paths only: no scripts, no other hosts by `//`.

    A host says what it is: no name in front of it, as in `https://known.org@other.org`, and no
    letters that only look like others.
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return not href.startswith(("/", "\\"))
    return parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(parts.netloc))


def joined(spans: list[Span]) -> Spans:
    """Merge neighbouring texts."""
    merged: list[Span] = []
    for span in spans:
        if isinstance(span, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = _followed(merged[-1], span)
        elif not (isinstance(span, Text) and not span.text):
            merged.append(span)
    return tuple(merged)


def one_line(spans: Spans) -> Spans:
    """Return spans without line breaks, for what has one line to stand in: a title, a cell."""
    return joined(
        [
            Text(text=" ")
            if isinstance(span, Break)
            else replace(span, spans=one_line(span.spans))
            if isinstance(span, Strong | Emphasis | Link)
            else span
            for span in spans
        ]
    )


def _followed(text: Text, other: Text) -> Text:
    """Return a text with another right behind it."""
    shifted = ((len(text.text) + at, written) for at, written in other.escapes)
    return Text(text=text.text + other.text, escapes=(*text.escapes, *shifted))


def cut(text: Text, start: int, end: int) -> Text:
    """Return a part of a text."""
    kept = ((at - start, written) for at, written in text.escapes if start <= at < end)
    return Text(text=text.text[start:end], escapes=tuple(kept))


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
