"""Outlines whose sections are no numbered headings: bold lines, lists, rows of a table.

A revised outline says of some that they are kept as they were in the first one.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipelines.contracts.planning import Outline, OutlineNotation, Section, SectionKind
from pipelines.plan.blocks import table_grid
from pipelines.plan.frame import is_outline, part_of
from pipelines.plan.inline import plain
from pipelines.plan.lines import Heading, deeper, fenced
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.outline import (
    ORNAMENT,
    Numbered,
    headed_drafts,
    longer,
    read_number,
    subsections,
)
from pipelines.plan.raw import Raw, SectionDraft
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import DECORATION, read_kind

_BOLD = re.compile(r"(?:\*\*|__)(?P<title>[^*_]+(?:_[^*_]+)*)(?:\*\*|__)(?P<rest>.*)", re.DOTALL)
_BOLD_NUMBER = re.compile(
    r"(?:\*\*|__)(?P<number>(?:section |step )?#?\d+[.):]?)(?:\*\*|__)\s+"
    r"(?P<title>[^\n]+)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LISTED = re.compile(r"\*\*(?P<title>[^*]+)\*\*(?P<rest>.*)", re.DOTALL)
_DASHED = re.compile(
    r"(?P<title>[^*\n]{2,80}?)(?:\s+(?:--+|[—–])\s+|:\s+|(?=\s\()|$)(?P<rest>.*)", re.DOTALL
)
_LETTERED = re.compile(r"(?P<number>[IVX]+|[A-Z])[.)]\s+")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII",
          "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX")  # fmt: skip
_ANY_HINT = re.compile(r"\((?P<words>[^()]{1,60})\)")
_SEPARATOR = re.compile(r"^\s*(?:--+|[—–:])\s*")
_TITLE_WORDS = re.compile(r"[^\W_][^\n.?!:;\"“”„$`*<|\\]{1,58}[^\W_)]")
# parts in which an outline is their own
_HOLD_OUTLINES = ("outline", "built", "revision", "fixes", "widget")


def outline_drafts(
    reading: Reading, part: Heading
) -> tuple[list[Raw], list[SectionDraft], OutlineNotation]:
    """Find the sections of an outline, however they are written, after its introduction."""
    if not part.children:
        part = deeper(part, reading.source.lines)
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
    match = _BOLD.fullmatch(raw.text.strip()) if raw.kind == "paragraph" else None
    return bool(match) and not match["rest"].strip() and _is_kind(match["title"])  # type: ignore[index]


def _is_kind(title: str) -> bool:
    exercise = re.match(r"(?:exercise|part) [\dA-Z]\b", title, re.IGNORECASE)
    return not exercise and read_kind(title) is not SectionKind.OTHER


def _is_named(item: Raw) -> bool:
    """A list item that begins with the bold name of a known kind of section."""
    first = item.children[0] if item.children else None
    match = _LISTED.match(first.text) if first and first.kind == "paragraph" else None
    return bool(match) and _is_kind(match["title"])  # type: ignore[index]


def _stretches(reading: Reading, first: int, last: int) -> list[Raw]:
    """Read lines so that `**2. Title**` right below a list does not go on with its last item."""
    lines = reading.source.lines[first - 1 : last]
    inside, _ = fenced(lines)
    starts = [
        first + at
        for at, line in enumerate(lines)
        if line[:2] in ("**", "__") and not inside[at] and bold_title(line)[0].number
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
        number = int(found) if found.isdecimal() and len(found) < 10 else -1
        if last < number <= last + 3 + (last < 0):
            starts.append(at)
            last = number
    return starts if len(starts) > 1 else []


def _is_listed(item: Raw) -> bool:
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and _LISTED.match(first.text))


def _is_dashed(item: Raw) -> bool:
    """`Hook — text` without bold print, or the bare name of a kind of section."""
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and _DASHED.match(first.text))


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


# --- sections as each of the notations writes them ---


def read_numbers(titles: Sequence[str]) -> list[Numbered]:
    """Cut the numbers off titles that stand in one row.

    Where none is a plain number, Roman numerals, letters and `3.1` are read as numbers.
    """
    found = [read_number(title) for title in titles]
    if any(one.number and not one.of for one in found):
        return found
    dotted = [one.number.partition(".")[2] for one in found]
    if any(part.isdecimal() for part in dotted):
        return [Numbered(part, one.title) for part, one in zip(dotted, found, strict=True)]
    lettered = [_LETTERED.match(ORNAMENT.sub("", title).strip("*")) for title in titles]
    written = [match["number"] for match in lettered if match]
    for row in (_ROMAN, (" ", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")):
        if len(written) > 1 and written == list(row[1 : len(written) + 1]):
            return [
                _lettered(title, match, row) for title, match in zip(titles, lettered, strict=True)
            ]
    return found


def _lettered(title: str, match: re.Match[str] | None, row: Sequence[str]) -> Numbered:
    if not match:
        return Numbered("", title)
    words = ORNAMENT.sub("", title).strip("*")
    return Numbered(str(list(row).index(match["number"])), words[match.end() :].strip())


def bold_title(text: str) -> tuple[Numbered, str]:
    """Return the bold title that a text begins with, and what follows it."""
    if match := _BOLD_NUMBER.match(text):
        title = match["title"].strip()
        return Numbered(re.sub(r"\D", "", match["number"]), title.strip("*")), match["rest"]
    match = _BOLD.match(text)
    if not match:
        return Numbered("", ""), text
    return read_number(match["title"]), match["rest"]


def bold_drafts(reading: Reading, raws: list[Raw], starts: list[int]) -> list[SectionDraft]:
    """Make a section of each bold title, with all that follows it."""
    drafts = []
    for start, stop in zip(starts, [*starts[1:], len(raws)], strict=True):
        found, rest = bold_title(raws[start].text)
        body = raws[start + 1 : stop]
        title, rest = found.title.rstrip(": "), rest.strip()
        if hint := DECORATION.match(" " + rest):
            title, rest = f"{title} {hint[0].strip()}", ""
        elif aside := _ANY_HINT.fullmatch(rest):
            reading.label(raws[start].line, aside[0], raws[start].end)
            title, rest = f"{title} (~{aside['words']})", ""
        title, rest = _whole_title(title, rest, body)
        first = [_rest(raws[start], rest)] if rest else []
        end = body[-1].end if body else raws[start].end
        drafts.append(SectionDraft(found.number, title, raws[start].line, end, (*first, *body)))
    return drafts


def _whole_title(title: str, rest: str, body: Sequence[Raw]) -> tuple[str, str]:
    """Add `Where a rope tears` to `Explain`: a few words that are no sentence, above the rest."""
    words = _SEPARATOR.sub("", rest)
    kind = title.strip(" :*")
    named = _is_kind(kind) and len(kind.split()) <= 2 and _SEPARATOR.match(rest)
    if named and body and _TITLE_WORDS.fullmatch(words):
        return f"{kind}: {words}", ""
    return title, rest


def _rest(raw: Raw, text: str) -> Raw:
    return Raw("paragraph", raw.line, raw.end, _SEPARATOR.sub("", text))


def listed_drafts(
    reading: Reading, raws: list[Raw], is_section: Callable[[Raw], bool]
) -> list[SectionDraft]:
    """Sections are the items of ordered lists that go on counting; the rest belongs to them."""
    drafts: list[SectionDraft] = []
    last = 0
    lists = [raw for raw in raws if raw.kind == "list" and raw.level >= 0]
    always_one = len(lists) > 1 and all(
        row.lstrip().startswith(("1.", "1)"))
        for raw in lists
        if any(map(is_section, raw.children))
        for row in (reading.source.line(item.line) for item in raw.children)
    )
    for raw in raws:
        if raw in lists and any(map(is_section, raw.children)):
            for number, item in zip(_item_numbers(reading, raw), raw.children, strict=True):
                number = last + 1 if always_one and is_section(item) else number
                if last < number <= last + 3 or not drafts:
                    drafts.append(listed_draft(item, number))
                    last = number
                else:
                    inner = replace(raw, line=item.line, end=item.end, children=(item,))
                    drafts[-1] = longer(drafts[-1], item.end, (replace(inner, level=number),))
        elif drafts:
            drafts[-1] = longer(drafts[-1], raw.end, (raw,))
        else:
            drafts.append(SectionDraft("", "", raw.line, raw.end, (raw,)))
    return drafts


def _item_numbers(reading: Reading, raw: Raw) -> list[int]:
    """Return the items' numbers as written: a list that restarts may look like one to Markdown."""
    lines = reading.source.lines
    found = [re.match(r"[\s>]*(\d{1,9})[.)]", lines[item.line - 1]) for item in raw.children]
    written = [int(match[1]) for match in found if match]
    lazy = len(written) != len(raw.children) or len(set(written)) == 1
    return [raw.level + at for at in range(len(raw.children))] if lazy else written


def listed_draft(item: Raw, number: int | None) -> SectionDraft:
    """Make a section of a list item."""
    written = "" if number is None else str(number)
    first, *body = item.children or (Raw("paragraph", item.line, item.end),)
    match = _LISTED.match(first.text) or _DASHED.match(first.text)
    if not match:
        return SectionDraft(written, first.text, item.line, item.end, tuple(body))
    title, rest = match["title"], match["rest"].strip()
    if hint := DECORATION.match(" " + rest):
        title, rest = f"{title} {hint[0].strip()}", rest[hint.end() - 1 :].strip()
    title, rest = _whole_title(title, rest, body)
    raws = (_rest(first, rest), *body) if rest else tuple(body)
    return SectionDraft(written, title, item.line, item.end, raws)


def tabled_drafts(reading: Reading, raw: Raw) -> list[SectionDraft]:
    """Read `| # | Section | Content |`: a row is a section, its other cells are paragraphs."""
    cells = table_grid(reading, raw)
    heads = [column.strip("* ").lower() for column in cells.columns]
    at = next((i for i, head in enumerate(heads) if re.match(r"section|title|step", head)), -1)
    if at < 0 or len(cells.rows) < 3:
        return []
    reading.label(raw.line, " | ".join(cells.columns), raw.line + 1)
    drafts = []
    for line, row in cells.rows:
        others = [text for i, text in enumerate(row) if i != at and text]
        found = read_number(row[at])
        number = found.number or (others.pop(0) if others and others[0].isdecimal() else "")
        raws = tuple(Raw("paragraph", line, line, text) for text in others)
        drafts.append(SectionDraft(number, found.title.replace("**", ""), line, line, raws))
    return drafts


_KEPT = re.compile(
    r"\(?\b(?:kept|keep|unchanged|same as (?:before|in|the)|as before|no changes?)\b[^()]*\)?",
    re.IGNORECASE,
)
_KEPT_WHOLE = re.compile(
    r"\W*(?:kept|keep|unchanged|same as|as before|no changes?)\b", re.IGNORECASE
)


def with_kept_sections(revised: Outline, first: Outline) -> Outline:
    """Fill the sections of a revised outline that are kept as they were from the first one."""
    return replace(revised, sections=tuple(_kept(section, first) for section in revised.sections))


def _kept(section: Section, first: Outline) -> Section:
    """Return a section with the content of the one that it keeps, if it has none of its own."""
    hints = " ".join(section.decorations)
    own = " ".join(plain(getattr(node, "spans", ())) for node in section.nodes)
    title = f"{plain(section.title)} {hints}"
    kept = _KEPT_WHOLE.match(own) if section.nodes else _KEPT.search(title)
    if not kept or len(section.nodes) > 1:
        return section
    found = _same(section, first, own)
    if not found:
        return section
    nodes = (*section.nodes, *found.nodes)
    return replace(section, nodes=nodes, subsections=subsections(nodes), taken_over=found.src)


def _same(section: Section, first: Outline, own: str) -> Section | None:
    """Find the section that is meant: the one it names, else of its title, else of its number."""
    named = re.search(r"(?:section|as|from)\s+#?(\d+)\b", own)
    title = _title_words(section)
    keys: tuple[Callable[[Section], bool], ...] = (
        lambda one: bool(named) and one.number == named[1],  # type: ignore[index]
        lambda one: _title_words(one) == title,
        lambda one: one.number == section.number and one.kind is section.kind,
    )
    return next((one for same in keys for one in first.sections if same(one)), None)


def _title_words(section: Section) -> str:
    return re.sub(r"\W+", " ", _KEPT.sub("", plain(section.title)).lower()).strip()
