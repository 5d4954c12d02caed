"""A rendered page as its readers see it: passages of text, by section.

Left out are menus, what stands behind controls, pictures, and the tables behind figures; formulas
are given as their authors wrote them, and what hangs on the clock as an ellipsis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pipelines.pages.timing_mask import MARK, blank_timings

_VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"))
_UNREAD = frozenset(
    ("head", "header", "footer", "nav", "script", "style", "svg", "button", "small", "template")
)
_BLOCK = re.compile(
    r"p|div|section|aside|article|[uod]l|li|d[td]|table|caption|tr|figure|figcaption|blockquote"
    r"|pre|summary|details|fieldset|legend|h[1-6]"
)
_APART = ("num", "sources")  # classes: numbers of sections, and where numbers come from
_CELLS = frozenset(("th", "td"))
_SPACE_BEFORE = re.compile(r" (?=[.,;:!?)])")
BEGINNING = "The beginning"


@dataclass
class SectionText:
    """What a section says, a passage for each paragraph, item, caption or row.

    Attributes:
        anchor: "" of what stands before the first section.
    """

    anchor: str
    title: str = ""
    passages: list[str] = field(default_factory=list)


def sections_of(page: str) -> list[SectionText]:
    """Return what a page says, in its order; sections that say nothing are left out."""
    reader = _Reader()
    reader.feed(blank_timings(page))
    reader.close()
    reader.end_passage()
    return [one for one in reader.sections if one.passages]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections = [SectionText("", BEGINNING)]
        self.texts: list[str] = []
        self.unread = 0  # open elements, from one that is not read inwards
        self.in_formula = self.in_source = self.in_title = False
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.unread or self._is_unread(tag, dict(attrs)):
            self.unread += tag not in _VOID
            return
        self.figures += tag == "figure"
        self.in_formula = self.in_formula or tag == "math"
        self.in_source = self.in_source or tag == "annotation"
        if _BLOCK.fullmatch(tag):
            self.end_passage()
        if tag == "section" and (anchor := dict(attrs).get("id")):
            self.sections.append(SectionText(anchor))
        self.in_title = self.in_title or (tag == "h2" and not self.sections[-1].title)
        if any(name == MARK for name, _ in attrs):
            self.texts.append("…")

    def _is_unread(self, tag: str, attrs: dict[str, str | None]) -> bool:
        hidden = attrs.get("aria-hidden") == "true" or attrs.get("class") in _APART
        return tag in _UNREAD or hidden or (tag == "details" and self.figures > 0)

    def handle_endtag(self, tag: str) -> None:
        if self.unread:
            self.unread -= tag not in _VOID
            return
        if tag == "h2" and self.in_title:
            self.sections[-1].title = _joined(self.texts)
            self.in_title = False
        self.figures -= tag == "figure" and self.figures > 0
        self.in_formula = self.in_formula and tag != "math"
        self.in_source = self.in_source and tag != "annotation"
        if tag in _CELLS:
            self.texts.append(" · ")
        if _BLOCK.fullmatch(tag):
            self.end_passage()

    def handle_data(self, data: str) -> None:
        if not self.unread and self.in_formula == self.in_source:
            self.texts.append(data)

    def end_passage(self) -> None:
        """End what was being read; nothing that reads as a passage is empty."""
        if text := _joined(self.texts):
            self.sections[-1].passages.append(text)
        self.texts = []


def _joined(texts: list[str]) -> str:
    words = " ".join("".join(texts).split())
    return _SPACE_BEFORE.sub("", words).removesuffix("·").rstrip()
