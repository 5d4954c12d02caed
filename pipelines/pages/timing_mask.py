"""Blank what depends on the clock, so that two builds of a page can be compared.

Every text that comes from wall-clock time stands in an element with the attribute `data-timed`.
"""

from html.parser import HTMLParser

MARK = "data-timed"
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"})


def blank_timings(page: str) -> str:
    """Return the page with each timed element emptied and without its other attributes."""
    parser = _Blanker()
    parser.feed(page)
    parser.close()
    return "".join(parser.kept)


class _Blanker(HTMLParser):
    """Copies a page verbatim, but for timed elements; `depth` counts open tags inside one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self.depth = 0

    def keep_text(self, text: str) -> None:
        if not self.depth:
            self.kept.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        timed = any(name == MARK for name, _ in attrs)
        self.keep_text(f"<{tag} {MARK}>" if timed else self.get_starttag_text() or "")
        if tag not in _VOID and (self.depth or timed):
            self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        timed = any(name == MARK for name, _ in attrs)
        self.keep_text(f"<{tag} {MARK}/>" if timed else self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in _VOID:
            self.depth -= 1
        self.keep_text(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.keep_text(data)

    def handle_entityref(self, name: str) -> None:
        self.keep_text(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.keep_text(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.keep_text(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.keep_text(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.keep_text(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.keep_text(f"<![{data}]>")
