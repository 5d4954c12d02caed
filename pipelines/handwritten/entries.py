"""Lists, bold paragraphs and headings that stand where other plans have a table."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.contracts.planning import (
    Concept,
    Example,
    Gap,
    Misconception,
    Modality,
    Prerequisite,
)
from pipelines.contracts.spans import Spans, Src
from pipelines.plan.inline import plain
from pipelines.plan.lesson import is_entry
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import (
    read_depth,
    read_family,
    read_polarity,
    read_references,
    read_size,
    read_status,
)

_BOLD = re.compile(r"\s*\*\*(?P<name>.+?)\*\*(?P<rest>.*)", re.DOTALL)
_NAMED = re.compile(r"\s*(?P<name>[^:(\n—–]{2,80}?)\s*(?=:|\(|--|[—–])(?P<rest>.*)", re.DOTALL)
_SIGN = re.compile(r"^\s*(?:--+|[-–—:.])?\s*")
_NUMBER = re.compile(r"^(?:#?\d+[.):]|(?:misconception|example|gap)\s+#?\d+\s*[:.)–—-]*)\s*", re.I)
_DEPTH = re.compile(r"\b(?:MISSING|NOT TAUGHT|MENTIONED|INTRODUCED|DEVELOPED|APPLIED)\b")
_REQUIRED = re.compile(r"(?:required|needs?)\W*(?P<depth>[A-Z][A-Z ]+[A-Z])")
_ACTUAL = re.compile(r"(?:actual|has|have|current)\W*(?P<depth>[A-Z][A-Z ]+[A-Z])")
_STATUS = re.compile(r"\b(?P<status>OK|GAP|MISSING)\b(?: \([^)]*\))?")
_SIZED = re.compile(r"\b(?:trivial|small|medium|large|minor|major|gap)\b", re.IGNORECASE)
_SIZE = re.compile(r"(?:trivial|small|medium|large|minor|major)[\w-]*(?: gap)?", re.IGNORECASE)
_LABELS = (
    ("why", r"why[^:]*"),
    ("negative", r"(?:negative|counter)[ -]?\w*[^:]*"),
    ("where", r"where[^:]*|addressed[^:]*"),
)
_GROUP = re.compile(r"\W*(?P<words>(?:\w+ ){0,2}(?:positive|negative)[^.:*]{0,30})[:*\s]*$", re.I)


@dataclass(frozen=True)
class Entry:
    """One item; `more` is what stands below it, one text a block.

    Attributes:
        name: Its bold words, else what stands before a colon, dash or parenthesis.
        group: The label above its list: `Positive:`.
    """

    reading: Reading
    src: Src
    name: str
    rest: str
    more: tuple[str, ...] = ()
    group: str = ""

    @property
    def all_words(self) -> str:
        """All words of the entry."""
        return " ".join((self.name, self.rest, *self.more))

    def spans(self, text: str) -> Spans:
        """Read a part of the entry."""
        return self.reading.spans(text.strip(), self.src.line)


def entries(reading: Reading, raws: list[Raw]) -> Iterator[Entry]:
    """Yield the items of all lists, the paragraphs that begin in bold and the headings."""
    group = ""
    at = 0
    while at < len(raws):
        raw = raws[at]
        at += 1
        label = _GROUP.match(raw.text) if raw.kind in ("paragraph", "heading") else None
        if label:
            group = label["words"]
            reading.label(raw.line, raw.text, raw.end)
        elif raw.kind == "list":
            yield from (_item(reading, item, group) for item in raw.children)
        elif raw.kind == "heading":
            below = _below(raws, at)
            at += len(below)
            end = below[-1].end if below else raw.end
            texts = tuple(text for one in below for text in _entry_texts(one))
            yield Entry(
                reading, reading.src(raw.line, end), _NUMBER.sub("", raw.text), "", texts, group
            )
        elif raw.kind == "paragraph" and _BOLD.match(raw.text):
            yield _text_entry(reading, raw.text, reading.src(raw.line, raw.end), (), group)


def _below(raws: list[Raw], at: int) -> list[Raw]:
    stop = next((i for i in range(at, len(raws)) if raws[i].kind == "heading"), len(raws))
    return raws[at:stop]


def _item(reading: Reading, item: Raw, group: str) -> Entry:
    texts = [text for child in item.children for text in _entry_texts(child)]
    first, *more = texts or [""]
    return _text_entry(reading, first, reading.src(item.line, item.end), tuple(more), group)


def _entry_texts(raw: Raw) -> Iterator[str]:
    if raw.text:
        yield raw.text
    for _, row in raw.rows:
        yield row
    for child in raw.children:
        yield from _entry_texts(child)


def _text_entry(reading: Reading, text: str, src: Src, more: tuple[str, ...], group: str) -> Entry:
    text = _NUMBER.sub("", text)
    match = _BOLD.match(text) or _NAMED.match(text)
    name, rest = (match["name"], match["rest"]) if match else (text, "")
    name = _NUMBER.sub("", name).strip().rstrip(":")
    return Entry(reading, src, name, _SIGN.sub("", rest).strip(), more, group)


def _gap(entry: Entry) -> Gap | None:
    if not _SIZED.search(entry.all_words):
        return None
    size = _SIZE.search(entry.all_words)
    rest = entry.spans(" ".join((entry.rest, *entry.more)))
    raw = size[0] if size else ""
    return Gap(
        src=entry.src, concept=entry.spans(entry.name), size=read_size(raw), size_raw=raw,
        resolution=rest,
    )  # fmt: skip


def _misconception(entry: Entry, number: int) -> Misconception:
    fields: dict[str, list[str]] = {"why": [entry.rest] if entry.rest else []}
    for text in entry.more:
        for name, label in _LABELS:
            if match := re.match(rf"\W*(?:{label}):\**\s*", text, re.IGNORECASE):
                fields.setdefault(name, []).append(text[match.end() :])
                entry.reading.label(entry.src.line, match[0], entry.src.end)
                break
        else:
            fields["why"].append(text)
    why, negative, where = (
        " ".join(fields.get(name, ())) for name in ("why", "negative", "where")
    )
    return Misconception(
        src=entry.src, number=number, claim=entry.spans(entry.name), why=entry.spans(why),
        negative_example=entry.spans(negative), where=entry.spans(where),
    )  # fmt: skip


def _example(entry: Entry) -> Example:
    said = next((one for one in (entry.name, entry.group, entry.all_words) if _polar(one)), "")
    return Example(
        src=entry.src, what=entry.spans(entry.name), polarity=read_polarity(said), type_raw=said,
        purpose=entry.spans(" ".join((entry.rest, *entry.more))),
    )  # fmt: skip


def _polar(text: str) -> bool:
    return "positive" in text.lower() or "negative" in text.lower()


def _modality(entry: Entry) -> Modality:
    name = plain(entry.spans(entry.name))
    what = entry.spans(" ".join((entry.rest, *entry.more)))
    return Modality(src=entry.src, family=read_family(name), name=name, what=what)


def _concept(entry: Entry) -> Concept | None:
    text = " ".join((entry.rest, *entry.more))
    depth = _DEPTH.search(text)
    if not depth:
        return None
    return Concept(
        src=entry.src, name=entry.spans(entry.name), depth=read_depth(depth[0]),
        sources=read_references(text), note=entry.spans(text),
    )  # fmt: skip


def _prerequisite(entry: Entry) -> Prerequisite | None:
    text = " ".join((entry.rest, *entry.more))
    depths = _DEPTH.findall(text)
    if not depths:
        return None
    required, actual = _REQUIRED.search(text), _ACTUAL.search(text)
    needed = read_depth(required["depth"] if required else depths[0])
    known = read_depth(actual["depth"] if actual else depths[-1])
    found = _STATUS.search(text)
    status = found[0] if found else ""
    return Prerequisite(
        src=entry.src, concept=entry.spans(entry.name), required=needed, actual=known,
        sources=read_references(text), status=read_status(status), status_raw=status,
        size=read_size(status), reasoning=entry.spans(text),
        computed_gap=0 <= known.level.rank < needed.level.rank,
    )  # fmt: skip


_READERS: dict[str, Callable[[Entry], object | None]] = {
    "gaps": _gap,
    "examples": _example,
    "modalities": _modality,
    "concepts": _concept,
    "prerequisites": _prerequisite,
}


def read_rows(
    reading: Reading, raws: list[Raw], role: str
) -> tuple[tuple[object, ...], list[Raw]]:
    """Read the list that stands for a table, and return the blocks that are left."""
    headed = any(raw.kind == "heading" for raw in raws)
    mine = raws if headed else [raw for raw in raws if is_entry(raw)]
    return read_entries(reading, mine, role), [raw for raw in raws if raw not in mine]


def read_entries(reading: Reading, raws: list[Raw], role: str) -> tuple[object, ...]:
    """Read what stands where other plans have a table; () unless every item can be one of it."""
    listed = list(entries(reading, raws))
    if role == "misconceptions":
        return tuple(_misconception(entry, number) for number, entry in enumerate(listed, 1))
    found = tuple(_READERS[role](entry) for entry in listed)
    return () if None in found else found
