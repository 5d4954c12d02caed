"""A rendered page as a machine sees it: its anchors, links, pictures and words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_WORD = re.compile(r"[^\W_]+")


@dataclass
class PageMap:
    """What stands on a page.

    Attributes:
        ids: Every anchor, as often as it is there.
        pictured: Anchors of elements that hold a picture.
        hrefs: The targets of its links.
        without_alt: Pictures that say nothing to those who cannot see them.
        words: All its text, in small letters, one space between words, spaces around.
        unbalanced: Tags that end what did not begin, or begin what does not end.
    """

    ids: list[str] = field(default_factory=list)
    pictured: set[str] = field(default_factory=set)
    hrefs: list[str] = field(default_factory=list)
    without_alt: list[str] = field(default_factory=list)
    words: str = ""
    unbalanced: list[str] = field(default_factory=list)

    def says(self, text: str) -> bool:
        """Whether the words of a text stand on the page, one after the other."""
        return f" {normal(text)} " in self.words


def normal(text: str) -> str:
    """Return the words of a text in small letters, without what stands between them."""
    return " ".join(_WORD.findall(text.lower()))


def map_page(html: str) -> PageMap:
    """Read a rendered page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    made = reader.map
    made.unbalanced += [f"<{tag}>" for tag, _ in reader.open]
    made.words = f" {normal(' '.join(reader.texts))} "
    return made


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.map = PageMap()
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        name = known.get("id") or ""
        if name:
            self.map.ids.append(name)
        if tag == "a" and known.get("href"):
            self.map.hrefs.append(known["href"] or "")
        if tag in ("img", "svg"):
            self.map.pictured |= {one for _, one in self.open if one}
        if tag == "img" and known.get("alt") is None:
            self.map.without_alt.append(known.get("src") or "")
        if tag not in _VOID:
            self.open.append((tag, name))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        else:
            self.map.unbalanced.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
