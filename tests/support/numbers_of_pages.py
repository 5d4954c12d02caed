"""What tests read off built pages: their numbers, where these say they come from, their size."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

STOPS = {"button", "input", "select", "summary", "textarea"}


def classes(node: ET.Element) -> list[str]:
    return (node.get("class") or "").split()


def text_of(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


def nodes(tree: ET.Element) -> int:
    """Count the elements of a page."""
    return sum(isinstance(node.tag, str) for node in tree.iter())


def tab_stops(node: ET.Element) -> int:
    """Count what the tabulator stops at while all but the second sitting is folded."""
    if node.get("hidden") is not None or node.get("popover") is not None:
        return 0
    focused = node.tag in STOPS or (node.tag == "a" and node.get("href")) or node.get("tabindex")
    inner = list(node)
    if node.tag == "details" and node.get("open") is None and "sitting" not in classes(node):
        inner = [child for child in inner if child.tag == "summary"]
    return bool(focused and node.get("tabindex") != "-1") + sum(map(tab_stops, inner))


def numbers(tree: ET.Element) -> list[ET.Element]:
    """Return the measured and cited numbers of a page, in texts and in cells."""
    return [n for n in tree.iter() if n.tag == "data" or n.get("data-value") is not None]


def value(number: ET.Element) -> str:
    return number.get("value") or number.get("data-value") or ""


class Blocks:
    """The blocks of a page, each with its list of sources."""

    def __init__(self, tree: ET.Element) -> None:
        self.parents = {child: node for node in tree.iter() for child in node}
        self.lists = [node for node in tree.iter() if "sources" in classes(node)]
        self.around = {above for node in self.lists for above in self.above(node)}

    def above(self, node: ET.Element) -> Iterator[ET.Element]:
        """Yield the elements around a node, inmost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def sources(self, number: ET.Element) -> list[ET.Element]:
        """Return the lists of sources in the smallest element around a number that has some.

        A row of the table of claims leads to its claim, which has them.
        """
        block = self.claim(number)
        if block is None:
            block = next(node for node in self.above(number) if node in self.around)
        return [node for node in block.iter() if "sources" in classes(node)]

    def claim(self, number: ET.Element) -> ET.Element | None:
        """Return the claim that a number's row of the table of claims leads to."""
        above = list(self.above(number))
        if not any("claims-table" in classes(node) for node in above):
            return None
        row = next(node for node in above if node.tag == "tr")
        anchor = next(a.get("href", "") for a in row.iter("a") if "#claim-" in a.get("href", ""))
        return next(node for node in self.parents if node.get("id") == anchor.removeprefix("#"))

    def place(self, listed: ET.Element) -> str:
        """Return the anchor of the block of a list: of its button, or of the block itself."""
        opened = (listed.get("id") or "").removesuffix("-list")
        return opened or next(node.get("id") for node in self.above(listed) if node.get("id"))


def links(node: ET.Element) -> list[str]:
    """Return the anchors of the rows that a list of sources leads to."""
    found = (a.get("href", "").partition("#") for a in node.iter("a"))
    return [anchor for page, _, anchor in found if page == "numbers.html"]


class Rows:
    """The rows of a page of numbers, by anchor."""

    def __init__(self, tree: ET.Element) -> None:
        self.rows = {node.get("id"): node for node in tree.iter("tr") if node.get("id")}
        self.groups = {row: group for group in tree.iter("tbody") for row in group.iter("tr")}

    def near(self, anchor: str) -> list[ET.Element]:
        """Return a row and those of the same system."""
        return list(self.groups[self.rows[anchor]].iter("tr"))

    def back(self, anchor: str) -> list[str]:
        """Return where a row leads back to."""
        uses = next(cell for cell in self.rows[anchor].iter("td") if "uses" in classes(cell))
        return [a.get("href", "") for a in uses.iter("a")]


def unexplained(lesson: ET.Element, listed: ET.Element) -> list[str]:
    """Return the numbers of a lesson that no entry of their block explains.

    A number of a text is shown in its entry as the text has it. A number of a measured table
    belongs to the entry of its system, whose rows hold its value.
    """
    blocks, rows = Blocks(lesson), Rows(listed)
    return [text_of(number) for number in numbers(lesson) if not _explained(number, blocks, rows)]


def _explained(number: ET.Element, blocks: Blocks, rows: Rows) -> bool:
    lists = blocks.sources(number)
    if number.tag == "data" and "against" not in classes(number):
        return any(_has(text_of(a), text_of(number)) for one in lists for a in one.iter("a"))
    near = (row for one in lists for anchor in links(one) for row in rows.near(anchor))
    return any(_same(value(number), text_of(cell)) for row in near for cell in row.iter("td"))


def _same(exact: str, shown: str) -> bool:
    """Tell whether a cell shows a value, to four digits."""
    try:
        return math.isclose(float(exact), float(shown.split()[0]), rel_tol=1e-3)
    except (IndexError, ValueError):
        return False


def _has(listed: str, shown: str) -> bool:
    return re.search(rf"(?:^|, ){re.escape(shown)}(?:$|, )", listed) is not None


def dead_ends(lesson: ET.Element, listed: ET.Element) -> list[str]:
    """Return rows that lead nowhere, or not back to a block that lists them."""
    blocks, rows = Blocks(lesson), Rows(listed)
    wrong = [anchor for anchor in rows.rows if not rows.back(anchor)]
    for one in blocks.lists:
        here = f"index.html#{blocks.place(one)}"
        wrong += [anchor for anchor in links(one) if here not in rows.back(anchor)]
    return wrong
