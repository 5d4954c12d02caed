"""Checklists: lists and tables whose entries are ticked, or are to be ticked."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipelines.contracts.plan import TableHead
from pipelines.contracts.planning import ChecklistItem, CountClaim
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import flattened, item, table_grid
from pipelines.plan.inline import plain
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_TICKED = "✅☑✔✓"
_SIGN = re.compile(rf"[{_TICKED}☐❌✗✘⬜]")
_BOX = re.compile(rf"(?:\[(?P<mark>[ xX✓✔]?)\]|{_SIGN.pattern})(?!\()\s*")
_BOX_CELL = re.compile(rf"(?:^\s*|\|[ \t]*){_BOX.pattern}")
_REMARK = re.compile(r"\((?P<words>[^()]*)\)[\s.]*$")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = re.compile(
    r"(?P<least>≥\s*|>=\s*|at least )?\b(?P<count>\d{1,2}|" + "|".join(_WORDS) + r")\+?\s+"
    r"(?:[\w-]+\s+)?(?P<of>prerequisite|gap|misconception|example|exercise|concept)s?\b",
    re.IGNORECASE,
)


def has_boxes(raw: Raw) -> bool:
    """A list with items that are ticked or to be ticked, or a table with one box in every row."""
    if raw.kind == "table":
        counts = {len(_BOX_CELL.findall(text)) for _, text in raw.rows[1:]}
        return counts == {1}
    return raw.kind == "list" and any(_is_ticked(item) is not None for item in _items(raw))


def checklist(reading: Reading, raw: Raw, group: str) -> tuple[ChecklistItem, ...]:
    """Read the items of a list and those of the lists inside them, or the rows of a table."""
    found = _row_items(reading, raw) if raw.kind == "table" else _items(raw)
    return tuple(_checked(reading, one, group) for one in found)


def _row_items(reading: Reading, raw: Raw) -> Iterator[Raw]:
    """Yield the rows of a table as items: the cells without the box are their paragraphs."""
    cells = table_grid(reading, raw)
    head = TableHead(src=reading.src(raw.line, raw.line + 1), columns=cells.columns)
    reading.heads.append(head)
    for line, row in cells.rows:
        boxes = [match for cell in row if (match := _BOX.match(cell))]
        ticked = any((box["mark"] or "").strip() or box[0][0] in _TICKED for box in boxes)
        for box in boxes:
            reading.label(line, box[0])
        texts = (_BOX.sub("", cell, count=1) for cell in row)
        children = tuple(Raw("paragraph", line, line, text) for text in texts if text)
        yield Raw("item", line, line, ticked=ticked, children=children)


def _items(raw: Raw) -> Iterator[Raw]:
    for child in raw.children:
        yield child
        for inner in child.children:
            if inner.kind == "list" and any(_is_ticked(one) is not None for one in inner.children):
                yield from _items(inner)


def _is_ticked(raw: Raw) -> bool | None:
    """Whether an item is ticked; a sign at its beginning may stand for the box."""
    first = raw.children[0].text if raw.children else ""
    sign = _SIGN.match(first)
    return raw.ticked if raw.ticked is not None or not sign else sign[0] in _TICKED


def _checked(reading: Reading, raw: Raw, group: str) -> ChecklistItem:
    spans = _first_spans(reading, raw)
    remark = _REMARK.search(plain(spans))
    return ChecklistItem(
        src=reading.src(raw.line, raw.end),
        group=group,
        spans=spans,
        ticked=bool(_is_ticked(raw)),
        parenthesis=remark["words"].strip() if remark else "",
        claim=_claim(plain(spans)),
    )


def _claim(text: str) -> CountClaim | None:
    match = _COUNTED.search(text)
    if not match:
        return None
    word = match["count"].lower()
    count = int(word) if word.isdecimal() else _WORDS.index(word)
    return CountClaim(count=count, at_least=bool(match["least"]), of=f"{match['of'].lower()}s")


def _first_spans(reading: Reading, raw: Raw) -> Spans:
    """Return all text of an item but the items with boxes inside it."""
    kept = tuple(child for child in raw.children if not has_boxes(child))
    return flattened(item(reading, replace(raw, children=kept)).nodes)
