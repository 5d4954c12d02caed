"""The lesson outline: its sections in three notations, their content in either spelling."""

from __future__ import annotations

import itertools
import re

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Outline, OutlineNotation, Section, SectionKind
from pipelines.handwritten.dialect import read_dialect
from pipelines.handwritten.section_drafts import (
    BOLD,
    DASHED,
    LISTED,
    Draft,
    bold_drafts,
    bold_title,
    headed_drafts,
    listed_draft,
    listed_drafts,
    longer,
    tabled_drafts,
)
from pipelines.plan.blocks import typed
from pipelines.plan.fences import fenced
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.numbering import read_number
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part, deeper
from pipelines.plan.subsections import subsections
from pipelines.plan.vocabulary import read_kind, undecorated


def read_outline(reading: Reading, part: Part) -> Outline:
    """Read the part under `### Lesson Outline`."""
    intro, drafts, notation = _drafts(reading, part)
    sections = tuple(_section(reading, draft) for draft in drafts)
    return Outline(notation=notation, intro=_content(reading, tuple(intro), ""), sections=sections)


def _drafts(reading: Reading, part: Part) -> tuple[list[Raw], list[Draft], OutlineNotation]:
    if not part.children and (part.level > 3 or not reading.explicit):
        part = deeper(part, reading.source.lines, deepest=5 if reading.explicit else 6)
    numbered = sum(bool(read_number(one.title).number) for one in part.children)
    raws = _stretches(reading, *(part.own if numbered else part.whole))
    starts = _bold_starts(raws)
    if part.children and (numbered or not starts):
        intro = raw_blocks(reading, *part.own)
        return intro, headed_drafts(reading, part.children), OutlineNotation.HEADING
    if starts:
        return raws[: starts[0]], bold_drafts(reading, raws, starts), OutlineNotation.BOLD
    lists = [raw for raw in raws if raw.kind == "list" and raw.level >= 0]
    if any(_is_listed(one) for raw in lists for one in raw.children):
        return [], listed_drafts(reading, raws, _is_listed), OutlineNotation.LIST
    if lists and len(lists[0].children) > 2:
        return [], listed_drafts(reading, raws, _is_dashed), OutlineNotation.LIST
    return _unnumbered(reading, raws)


def _unnumbered(
    reading: Reading, raws: list[Raw]
) -> tuple[list[Raw], list[Draft], OutlineNotation]:
    """Find sections by the words of their titles: bold lines, bullets, rows of a table."""
    starts = [at for at, raw in enumerate(raws) if _is_titled(raw)]
    if len(starts) > 2:
        return raws[: starts[0]], bold_drafts(reading, raws, starts), OutlineNotation.BOLD
    for at, raw in enumerate(raws):
        if raw.kind == "list" and sum(map(_is_named, raw.children)) > 2:
            drafts = [listed_draft(item, None) for item in raw.children]
            for rest in raws[at + 1 :]:
                drafts[-1] = longer(drafts[-1], rest.end, (rest,))
            return raws[:at], drafts, OutlineNotation.LIST
        if raw.kind == "table" and (rows := tabled_drafts(reading, raw)):
            return [*raws[:at], *raws[at + 1 :]], rows, OutlineNotation.LIST
    return raws, [], OutlineNotation.NONE


def _is_titled(raw: Raw) -> bool:
    """A paragraph that is nothing but a bold title of a known kind of section."""
    match = BOLD.fullmatch(raw.text.strip()) if raw.kind == "paragraph" else None
    return bool(match) and not match["rest"].strip() and _is_kind(match["title"])  # type: ignore[index]


def _is_kind(title: str) -> bool:
    exercise = re.match(r"(?:exercise|part) [\dA-Z]\b", title, re.IGNORECASE)
    return not exercise and read_kind(title) is not SectionKind.OTHER


def _is_named(item: Raw) -> bool:
    """A list item that begins with the bold name of a known kind of section."""
    first = item.children[0] if item.children else None
    match = LISTED.match(first.text) if first and first.kind == "paragraph" else None
    return bool(match) and _is_kind(match["title"])  # type: ignore[index]


def _stretches(reading: Reading, first: int, last: int) -> list[Raw]:
    """Read lines so that `**2. Title**` right below a list does not go on with its last item."""
    lines = reading.source.lines[first - 1 : last]
    inside, _ = fenced(lines)
    starts = [
        first + at
        for at, line in enumerate(lines)
        if line[:2] in ("**", "__")
        and not (inside[at] or reading.explicit)
        and bold_title(line)[0].number
    ]
    bounds = [first, *(start for start in starts if start > first), last + 1]
    pairs = itertools.pairwise(bounds)
    return [raw for start, stop in pairs for raw in raw_blocks(reading, start, stop - 1)]


def _bold_starts(raws: list[Raw]) -> list[int]:
    """Return where sections begin: bold numbers that go on counting; others stand inside one."""
    starts: list[int] = []
    last = -1
    for at, raw in enumerate(raws):
        found = bold_title(raw.text)[0].number if raw.kind == "paragraph" else ""
        if found.isdecimal() and last < int(found) <= last + 3 + (last < 0):
            starts.append(at)
            last = int(found)
    return starts if len(starts) > 1 else []


def _is_listed(item: Raw) -> bool:
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and LISTED.match(first.text))


def _is_dashed(item: Raw) -> bool:
    """`Hook — text` without bold print, or the bare name of a kind of section."""
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and DASHED.match(first.text))


def _section(reading: Reading, draft: Draft) -> Section:
    title, decorations = undecorated(draft.title)
    spans = reading.spans(title, draft.line)
    words = plain(spans)
    nodes = _content(reading, draft.raws, words)
    return Section(
        src=reading.src(draft.line, draft.end),
        subsections=subsections(nodes),
        number=draft.number,
        title=spans,
        slug=reading.slug(words),
        kind=read_kind(words),
        decorations=decorations,
        nodes=nodes,
    )


def _content(reading: Reading, raws: tuple[Raw, ...], title: str) -> Blocks:
    trailing_rule = bool(raws) and raws[-1].kind == "rule"
    raws = raws[:-1] if trailing_rule else raws
    if reading.explicit:
        return typed(reading, raws)
    return read_dialect(reading, raws, read_kind(title))
