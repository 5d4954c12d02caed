"""Lines → raw blocks: what Markdown and the directives say, before anything is interpreted.

Markdown is parsed block by block with markdown-it-py and the inline text is left as it is, so
that an importer can look at it first. Every line is parsed once.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from pipelines.plan.elsewhere import foreign_closings
from pipelines.plan.lines import CLOSING, COMMENT_END, OPENING, UNDERLINE, edges, fenced
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_TICK = re.compile(r"\[(?P<mark>[ xX✓✔]?)\](?:[ \t]+|(?=[^\W\d_]|\*\*))|\[(?P<alone>[ xX✓✔])\]$")
_OPTION = re.compile(r"\s*:(?P<key>[a-z][a-z0-9_-]*):(?:[ \t]+(?P<value>.*?))?[ \t]*$")
_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_INDENTED_DIRECTIVE = re.compile(r"\s{4,}:{3,}\{[a-z-]+\}")


DEEPEST = 24  # lists, quotations and directives inside each other; real plans have five


def _block_parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    # A plan has no link definitions, no underlined headings and no HTML: what looks like one is
    # text, and text is never dropped.
    markdown.disable(["reference", "lheading", "html_block"])
    markdown.block.ruler.before("fence", "comment", _comment, {"alt": ["paragraph", "blockquote"]})
    markdown.core.ruler.enableOnly(["normalize", "block"])
    return markdown


def _comment(state: StateBlock, start: int, stop: int, silent: bool) -> bool:
    """`<!-- … -->` on lines of its own; without its end it is text."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", begin):
        return False
    end = state.src.find(COMMENT_END, begin)
    last = next((at for at in range(start, stop) if end < state.eMarks[at]), stop)
    if end < 0 or last == stop:
        return False
    if not silent:
        state.line = last + 1
        token = state.push("comment", "", 0)
        token.map = [start, last + 1]
        words = f"{state.src[begin + 4 : end]} {state.src[end + 3 : state.eMarks[last]]}"
        token.content = re.sub(r"\s*\n\s*", " ", words).strip()
    return True


_BLOCKS = _block_parser()


def raw_blocks(reading: Reading, first: int, last: int) -> list[Raw]:
    """Read the one-based lines `first` to `last` (inclusive)."""
    lines = reading.source.lines[first - 1 : last]
    inside, _ = fenced(lines, first)
    return _Splitter(reading, lines, inside, first).all()


def is_one_paragraph(text: str) -> bool:
    """Whether lines are read as one paragraph of text, and as no heading, list or directive."""
    tokens = _BLOCKS.parse(text)
    kinds = [token.type for token in tokens]
    lines = text.split("\n")
    colons = any(OPENING.match(line) or CLOSING.match(line) for line in lines)
    return kinds == ["paragraph_open", "inline", "paragraph_close"] and not colons


class _Splitter:
    """Cuts lines into stretches of Markdown and directives, which may be nested."""

    def __init__(
        self, reading: Reading, lines: list[str], inside: list[bool], first: int, depth: int = 0
    ) -> None:
        self.reading, self.lines, self.inside, self.first = reading, lines, inside, first
        self.depth = depth

    def all(self) -> list[Raw]:
        if self.depth > DEEPEST:
            self.reading.nested_too_deeply(self.first, DEEPEST)
            last = self.first + max(0, len(self.lines) - 1)
            return [Raw("code", self.first, last, "\n".join(self.lines))]
        blocks: list[Raw] = []
        cuts = edges(self.lines, self.inside)
        start = at = 0
        while at < len(self.lines):
            if at in cuts:
                blocks += self.markdown(start, at)
                start = at
            match = None if self.inside[at] else OPENING.match(self.lines[at])
            if match:
                blocks += self.markdown(start, at)
                end, closed = self.closing(at, len(match["colons"]))
                blocks.append(self.directive(match, at, end, closed))
                start = at = end + closed
                continue
            self.complain_about_stray(at)
            at += 1
        return blocks + self.markdown(start, len(self.lines))

    def complain_about_stray(self, at: int) -> None:
        if self.inside[at] or ":::" not in self.lines[at]:
            return
        if self.first + at in foreign_closings(self.reading):
            return  # its opening line is reported
        if CLOSING.match(self.lines[at]):
            self.reading.problem(
                self.first + at,
                "ML206",
                "closes a directive, but none is open",
                "remove the line, or open the directive that it should close",
            )

    def closing(self, at: int, colons: int) -> tuple[int, bool]:
        """Return the index of the line that ends a directive, and whether that line closes it.

        A directive holds only directives of fewer colons: an opening with as many says that
        this one was never closed.
        """
        open_inside: list[int] = []
        for index in range(at + 1, len(self.lines)):
            if self.inside[index] or ":::" not in self.lines[index]:
                continue
            if match := OPENING.match(self.lines[index]):
                count = len(match["colons"])
                if count >= colons:
                    return self.unclosed(at, index)
                open_inside = [one for one in open_inside if one > count] + [count]
            elif match := CLOSING.match(self.lines[index]):
                count = len(match["colons"])
                if count >= colons or not open_inside:
                    return index, True
                open_inside = [one for one in open_inside if one > count]
        return self.unclosed(at, len(self.lines))

    def unclosed(self, at: int, end: int) -> tuple[int, bool]:
        name = self.lines[at].strip()
        self.reading.problem(
            self.first + at,
            "ML205",
            f"`{name[:60]}` is never closed",
            "end it with a line of as many colons; a directive around others has one more",
        )
        return end, False

    def directive(self, match: re.Match[str], at: int, end: int, closed: bool) -> Raw:
        body = at + 1
        options: dict[str, str] = {}
        while body < end and (option := _OPTION.match(self.lines[body])):
            options[option["key"]] = option["value"] or ""
            body += 1
        lines, inside = self.lines[body:end], self.inside[body:end]
        inner = _Splitter(self.reading, lines, inside, self.first + body, self.depth + 1)
        return Raw(
            "directive",
            self.first + at,
            self.first + (end if closed else max(at, end - 1)),
            text=match["title"],
            name=match["name"],
            children=tuple(inner.all()),
            options=options,
        )

    def markdown(self, start: int, stop: int) -> list[Raw]:
        lines = self.lines[start:stop]
        if not any(line.strip() for line in lines):
            return []
        tokens = _BLOCKS.parse("\n".join(lines))
        walk = _Tokens(self.reading, tokens, lines, self.first + start, self.depth)
        return list(walk.until(""))


class _Tokens:
    """Turns markdown-it's flat block tokens into nested raw blocks."""

    def __init__(
        self,
        reading: Reading,
        tokens: Sequence[Token],
        lines: list[str],
        first: int,
        depth: int,
    ) -> None:
        self.reading, self.tokens, self.lines, self.first = reading, tokens, lines, first
        self.depth = depth
        self.at = 0
        self.last = (0, 0)

    def until(self, closing: str) -> tuple[Raw, ...]:
        blocks = []
        self.depth += 1
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closing:
                break
            if token.map:
                self.last = (token.map[0], token.map[1])
            blocks.append(self.read_token(token))
        self.depth -= 1
        return tuple(blocks)

    def read_token(self, token: Token) -> Raw:
        start, stop = token.map or self.last
        line, end = self.first + start, self.first + max(start, stop - 1)
        kind = token.type
        if kind in ("paragraph_open", "code_block"):
            self.complain_about_indented(start, stop)
        if kind in ("paragraph_open", "heading_open"):
            inline = self.tokens[self.at]
            self.at += 2
            if UNDERLINE.match(inline.content):
                return Raw("rule", line, end, inline.content)
            level = int(token.tag[1]) if kind == "heading_open" else -1
            return Raw(kind.removesuffix("_open"), line, end, inline.content, level=level)
        if kind == "table_open":
            return self.table(line, start, stop)
        if kind in ("bullet_list_open", "ordered_list_open"):
            first = int(token.attrs.get("start", 1)) if kind.startswith("ordered") else -1
            items = self.until(kind.replace("_open", "_close"))
            return Raw("list", line, end, level=first, children=items)
        if kind == "list_item_open":
            inner = self.item_with_directives(start, stop)
            children = self.until("list_item_close") if inner is None else inner
            return _unboxed(Raw("item", line, end, children=children))
        if kind == "blockquote_open":
            return Raw("quote", line, end, children=self.until("blockquote_close"))
        if kind in ("math_block", "math_block_label"):
            latex = _without_margin(token.content, self.lines[start].find("$$"))
            return Raw("formula", line, end, latex.strip("\n"), name=token.info)
        if kind in ("comment", "fence", "code_block"):
            kind = kind if kind == "comment" else "code"
            return Raw(kind, line, end, token.content, name=token.info.strip())
        return Raw("rule", line, end, token.markup)

    def item_with_directives(self, start: int, stop: int) -> tuple[Raw, ...] | None:
        """Read an item that holds directives, indented by four or more, as lines of their own."""
        marker = _MARKER.match(self.lines[start])
        if not marker or not any(":::{" in row for row in self.lines[start:stop]):
            return None
        width = len(marker[0])
        rows = [row[width:] if not row[:width].strip() else row for row in self.lines[start:stop]]
        rows[0] = self.lines[start][width:]
        if not any(OPENING.match(row) for row in rows):
            return None
        depth = 1
        while depth:
            kind = self.tokens[self.at].type
            depth += (kind == "list_item_open") - (kind == "list_item_close")
            self.at += 1
        inside, _ = fenced(rows)
        return tuple(_Splitter(self.reading, rows, inside, self.first + start, self.depth).all())

    def complain_about_indented(self, start: int, stop: int) -> None:
        for at in range(start, stop):
            if ":::" in self.lines[at] and _INDENTED_DIRECTIVE.match(self.lines[at]):
                self.reading.problem(
                    self.first + at,
                    "ML206",
                    "a directive stands indented and is read as text",
                    "begin it at the start of the line, or below the text of a list item",
                )

    def table(self, line: int, start: int, stop: int) -> Raw:
        while self.tokens[self.at].type != "table_close":
            self.at += 1
        self.at += 1
        rows = [(self.first + i, self.lines[i]) for i in range(start, stop) if i != start + 1]
        end = self.first + max(start, stop - 1)
        return Raw("table", line, end, rows=tuple(row for row in rows if row[1].strip()))


def _without_margin(formula: str, column: int) -> str:
    """Take the margin of a list off a formula that opens at a column of its line."""
    first, *more = formula.split("\n")
    indents = (len(line) - len(line.lstrip(" ")) for line in more if line.strip())
    margin = min((column, *indents))
    return "\n".join((first, *(line[margin:] for line in more)))


def _unboxed(item: Raw) -> Raw:
    """Take the box off an item's text: `[x] …`; it may stand alone, above what is to be done."""
    first = item.children[0] if item.children else None
    match = _TICK.match(first.text) if first and first.kind == "paragraph" else None
    if not first or not match:
        return item
    words = first.text[match.end() :]
    text = (Raw("paragraph", first.line, first.end, words),) if words else ()
    ticked = bool((match["mark"] or match["alone"] or "").strip())
    return Raw("item", item.line, item.end, ticked=ticked, children=(*text, *item.children[1:]))
