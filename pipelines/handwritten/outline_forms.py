"""Outlines whose sections are no numbered headings: bold lines, lists, rows of a table."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from pipelines.contracts.planning import OutlineNotation, SectionKind
from pipelines.handwritten.section_drafts import (
    BOLD,
    DASHED,
    LISTED,
    bold_drafts,
    bold_title,
    listed_draft,
    listed_drafts,
    read_numbers,
    tabled_drafts,
)
from pipelines.plan.frame import is_outline, part_of
from pipelines.plan.lines import Heading, deeper, fenced
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.outline import headed_drafts, longer, read_number
from pipelines.plan.raw import Raw, SectionDraft
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_kind

# parts in which an outline is their own
_HOLD_OUTLINES = ("outline", "built", "revision", "fixes", "widget")


def outline_drafts(
    reading: Reading, part: Heading
) -> tuple[list[Raw], list[SectionDraft], OutlineNotation]:
    """Find the sections of an outline, however they are written, after its introduction."""
    if not part.children and (part.level > 3 or not reading.explicit):
        part = deeper(part, reading.source.lines, deepest=5 if reading.explicit else 6)
    numbered = sum(bool(read_number(one.title).number) for one in part.children)
    raws = _stretches(reading, *(part.own if numbered else part.whole))
    starts = _bold_starts(raws)
    if part.children and (numbered or not starts):
        intro = raw_blocks(reading, *part.own)
        numbers = read_numbers([one.title for one in part.children])
        return intro, headed_drafts(reading, part.children, numbers), OutlineNotation.HEADING
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
) -> tuple[list[Raw], list[SectionDraft], OutlineNotation]:
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


def with_parts(parts: list[Heading], nested: bool) -> list[Heading]:
    """Find an outline's sections beside it, and an outline that is nested in another part."""
    found = with_sections(parts)
    return unnested(found) if nested else found


def with_sections(parts: list[Heading]) -> list[Heading]:
    """Give an outline's heading the numbered headings of its own level that follow it."""
    found: list[Heading] = []
    for part in parts:
        last = found[-1] if found else None
        empty = last and is_outline(last.title) and (last.adopted or not last.children)
        if last and empty and read_number(part.title).number:
            children = [*last.children, part]
            found[-1] = replace(last, end=part.end, children=children, adopted=True)
        else:
            found.append(part)
    return found


def unnested(parts: list[Heading]) -> list[Heading]:
    """Put an outline that stands below another heading beside it, with all that follows it."""
    found: list[Heading] = []
    for part in parts:
        inner = with_sections(part.children)
        at = next((at for at, one in enumerate(inner) if is_outline(one.title)), None)
        if at is None or part_of(part) in _HOLD_OUTLINES:
            found.append(part)
        else:
            before = replace(part, end=inner[at].line - 1, children=inner[:at])
            found += [before, *inner[at:]]
    return found
