"""The lesson outline: its sections in three notations, their content in either spelling."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipelines.contracts.plan import Blocks, Outline, OutlineNotation, Section, SectionKind
from pipelines.plan.blocks import typed
from pipelines.plan.dialect import read_dialect
from pipelines.plan.fences import fenced
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.numbering import Numbered, read_number, read_numbers
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part, deeper
from pipelines.plan.subsections import subsections
from pipelines.plan.tables import grid
from pipelines.plan.vocabulary import DECORATION, read_kind, undecorated

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
_ANY_HINT = re.compile(r"\((?P<words>[^()]{1,60})\)")
_SEPARATOR = re.compile(r"^\s*(?:--+|[—–:])\s*")


@dataclass(frozen=True)
class Draft:
    """A section before its content is read."""

    number: str
    title: str
    line: int
    end: int
    raws: tuple[Raw, ...]


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
        return intro, _headed(reading, part.children), OutlineNotation.HEADING
    if starts:
        return raws[: starts[0]], _bold(reading, raws, starts), OutlineNotation.BOLD
    lists = [raw for raw in raws if raw.kind == "list" and raw.level >= 0]
    if any(_is_listed(one) for raw in lists for one in raw.children):
        return [], _listed(reading, raws, _is_listed), OutlineNotation.LIST
    if lists and len(lists[0].children) > 2:
        return [], _listed(reading, raws, _is_dashed), OutlineNotation.LIST
    return _unnumbered(reading, raws)


def _unnumbered(
    reading: Reading, raws: list[Raw]
) -> tuple[list[Raw], list[Draft], OutlineNotation]:
    """Find sections by the words of their titles: bold lines, bullets, rows of a table."""
    starts = [at for at, raw in enumerate(raws) if _is_titled(raw)]
    if len(starts) > 2:
        return raws[: starts[0]], _bold(reading, raws, starts), OutlineNotation.BOLD
    for at, raw in enumerate(raws):
        if raw.kind == "list" and sum(map(_is_named, raw.children)) > 2:
            drafts = [_listed_item(item, None) for item in raw.children]
            for rest in raws[at + 1 :]:
                drafts[-1] = _longer(drafts[-1], rest.end, (rest,))
            return raws[:at], drafts, OutlineNotation.LIST
        if raw.kind == "table" and (rows := _tabled(reading, raw)):
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


def _tabled(reading: Reading, raw: Raw) -> list[Draft]:
    """Read `| # | Section | Content |`: a row is a section, its other cells are paragraphs."""
    cells = grid(reading, raw)
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
        drafts.append(Draft(number, found.title.replace("**", ""), line, line, raws))
    return drafts


def _stretches(reading: Reading, first: int, last: int) -> list[Raw]:
    """Read lines so that `**2. Title**` right below a list does not go on with its last item."""
    lines = reading.source.lines[first - 1 : last]
    inside, _ = fenced(lines)
    starts = [
        first + at
        for at, line in enumerate(lines)
        if line[:2] in ("**", "__")
        and not (inside[at] or reading.explicit)
        and _bold_title(line)[0].number
    ]
    bounds = [first, *(start for start in starts if start > first), last + 1]
    pairs = itertools.pairwise(bounds)
    return [raw for start, stop in pairs for raw in raw_blocks(reading, start, stop - 1)]


def _headed(reading: Reading, parts: list[Part]) -> list[Draft]:
    """Make a draft of each heading; `4a.` is a sub-section of the one before it."""
    drafts: list[Draft] = []
    for part, found in zip(parts, read_numbers([one.title for one in parts]), strict=True):
        raws = tuple(raw_blocks(reading, *part.whole))
        if drafts and found.of:
            head = Raw("heading", part.line, part.line, part.title, level=5)
            drafts[-1] = _longer(drafts[-1], part.end, (head, *raws))
        else:
            drafts.append(Draft(found.number, found.title, part.line, part.end, raws))
    return drafts


def _longer(draft: Draft, end: int, raws: tuple[Raw, ...]) -> Draft:
    return replace(draft, end=max(draft.end, end), raws=(*draft.raws, *raws))


def _bold_title(text: str) -> tuple[Numbered, str]:
    """Return the bold title that a text begins with, and what follows it."""
    if match := _BOLD_NUMBER.match(text):
        title = match["title"].strip()
        return Numbered(re.sub(r"\D", "", match["number"]), title.strip("*")), match["rest"]
    match = _BOLD.match(text)
    if not match:
        return Numbered("", ""), text
    return read_number(match["title"]), match["rest"]


def _bold_starts(raws: list[Raw]) -> list[int]:
    """Return where sections begin: bold numbers that go on counting; others stand inside one."""
    starts: list[int] = []
    last = -1
    for at, raw in enumerate(raws):
        found = _bold_title(raw.text)[0].number if raw.kind == "paragraph" else ""
        if found.isdecimal() and last < int(found) <= last + 3 + (last < 0):
            starts.append(at)
            last = int(found)
    return starts if len(starts) > 1 else []


def _bold(reading: Reading, raws: list[Raw], starts: list[int]) -> list[Draft]:
    drafts = []
    for start, stop in zip(starts, [*starts[1:], len(raws)], strict=True):
        found, rest = _bold_title(raws[start].text)
        body = raws[start + 1 : stop]
        title, rest = found.title.rstrip(": "), rest.strip()
        if hint := DECORATION.match(" " + rest):
            title, rest = f"{title} {hint[0].strip()}", ""
        elif aside := _ANY_HINT.fullmatch(rest):
            reading.label(raws[start].line, aside[0], raws[start].end)
            title, rest = f"{title} (~{aside['words']})", ""
        first = [_rest(raws[start], rest)] if rest else []
        end = body[-1].end if body else raws[start].end
        drafts.append(Draft(found.number, title, raws[start].line, end, (*first, *body)))
    return drafts


def _rest(raw: Raw, text: str) -> Raw:
    return Raw("paragraph", raw.line, raw.end, _SEPARATOR.sub("", text))


def _is_listed(item: Raw) -> bool:
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and _LISTED.match(first.text))


def _is_dashed(item: Raw) -> bool:
    """`Hook — text` without bold print, or the bare name of a kind of section."""
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and _DASHED.match(first.text))


def _listed(reading: Reading, raws: list[Raw], is_section: Callable[[Raw], bool]) -> list[Draft]:
    """Sections are the items of ordered lists that go on counting; the rest belongs to them."""
    drafts: list[Draft] = []
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
            for number, item in zip(_numbers(reading, raw), raw.children, strict=True):
                number = last + 1 if always_one and is_section(item) else number
                if last < number <= last + 3 or not drafts:
                    drafts.append(_listed_item(item, number))
                    last = number
                else:
                    inner = replace(raw, line=item.line, end=item.end, children=(item,))
                    drafts[-1] = _longer(drafts[-1], item.end, (replace(inner, level=number),))
        elif drafts:
            drafts[-1] = _longer(drafts[-1], raw.end, (raw,))
        else:
            drafts.append(Draft("", "", raw.line, raw.end, (raw,)))
    return drafts


def _numbers(reading: Reading, raw: Raw) -> list[int]:
    """Return the items' numbers as written: a list that restarts may look like one to Markdown."""
    lines = reading.source.lines
    found = [re.match(r"[\s>]*(\d{1,9})[.)]", lines[item.line - 1]) for item in raw.children]
    written = [int(match[1]) for match in found if match]
    lazy = len(written) != len(raw.children) or len(set(written)) == 1
    return [raw.level + at for at in range(len(raw.children))] if lazy else written


def _listed_item(item: Raw, number: int | None) -> Draft:
    written = "" if number is None else str(number)
    first, *body = item.children or (Raw("paragraph", item.line, item.end),)
    match = _LISTED.match(first.text) or _DASHED.match(first.text)
    if not match:
        return Draft(written, first.text, item.line, item.end, tuple(body))
    title, rest = match["title"], match["rest"].strip()
    if hint := DECORATION.match(" " + rest):
        title, rest = f"{title} {hint[0].strip()}", rest[hint.end() - 1 :].strip()
    raws = (_rest(first, rest), *body) if rest else tuple(body)
    return Draft(written, title, item.line, item.end, raws)


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
