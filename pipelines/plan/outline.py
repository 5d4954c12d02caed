"""The lesson outline: its sections in three notations, their content in either spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.contracts.plan import Blocks, Outline, OutlineNotation, Section
from pipelines.plan.blocks import typed
from pipelines.plan.dialect import read_dialect
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_kind

_NUMBERED = re.compile(r"(?P<number>\d+[a-z]?)[.):]\s+(?P<title>.*)")
_BOLD = re.compile(r"\*\*(?P<number>\d+)[.)]\s+(?P<title>[^*]+)\*\*(?P<rest>.*)", re.DOTALL)
_LISTED = re.compile(r"\*\*(?P<title>[^*]+)\*\*(?P<rest>.*)", re.DOTALL)
_SEPARATOR = re.compile(r"^\s*(?:--+|[—–:])\s*")
# Length hints, layout hints and depth tags are for the builder: `(~2 min read)`, `(Row + Aside)`
_DECORATION = re.compile(
    r"\s*\((?P<words>~[^()]*|Row[^()]*|Aside|NEW|kept as-is|gap resolution|gap fill"
    r"|(?:MENTIONED|INTRODUCED|DEVELOPED|APPLIED|REINFORCED)[^()]*)\)\s*$"
)


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
    if part.children:
        intro = raw_blocks(reading, *part.own)
        return intro, [_headed(reading, one) for one in part.children], OutlineNotation.HEADING
    raws = raw_blocks(reading, *part.whole)
    starts = [
        at for at, raw in enumerate(raws) if raw.kind == "paragraph" and _BOLD.match(raw.text)
    ]
    if len(starts) > 1:
        return raws[: starts[0]], _bold(raws, starts), OutlineNotation.BOLD
    items = [raw for raw in raws if raw.kind == "list" and raw.level >= 0]
    listed = [one for raw in items for one in raw.children if _is_listed(one)]
    if listed:
        drafts = _listed(raws)
        return [], drafts, OutlineNotation.LIST
    return raws, [], OutlineNotation.NONE


def _headed(reading: Reading, part: Part) -> Draft:
    match = _NUMBERED.match(part.title)
    number, title = (match["number"], match["title"]) if match else ("", part.title)
    raws = tuple(raw_blocks(reading, *part.whole))
    return Draft(number, title, part.line, part.end, raws)


def _bold(raws: list[Raw], starts: list[int]) -> list[Draft]:
    drafts = []
    for start, stop in zip(starts, [*starts[1:], len(raws)], strict=True):
        match = _BOLD.match(raws[start].text)
        assert match  # that is how the starts were found
        body = raws[start + 1 : stop]
        title, rest = match["title"], match["rest"].strip()
        if hint := _DECORATION.match(" " + rest):
            title, rest = f"{title} {hint[0].strip()}", ""
        first = [_rest(raws[start], rest)] if rest else []
        end = body[-1].end if body else raws[start].end
        drafts.append(Draft(match["number"], title, raws[start].line, end, (*first, *body)))
    return drafts


def _rest(raw: Raw, text: str) -> Raw:
    return Raw("paragraph", raw.line, raw.end, _SEPARATOR.sub("", text))


def _is_listed(item: Raw) -> bool:
    first = item.children[0] if item.children else None
    return bool(first and first.kind == "paragraph" and _LISTED.match(first.text))


def _listed(raws: list[Raw]) -> list[Draft]:
    """Sections are the items of ordered lists; what stands between belongs to the one before."""
    drafts: list[Draft] = []
    for raw in raws:
        if raw.kind == "list" and raw.level >= 0 and any(map(_is_listed, raw.children)):
            for offset, item in enumerate(raw.children):
                drafts.append(_listed_item(item, raw.level + offset))
        elif drafts:
            last = drafts[-1]
            drafts[-1] = Draft(last.number, last.title, last.line, raw.end, (*last.raws, raw))
        else:
            drafts.append(Draft("", "", raw.line, raw.end, (raw,)))
    return drafts


def _listed_item(item: Raw, number: int) -> Draft:
    first, *body = item.children or (Raw("paragraph", item.line, item.end),)
    match = _LISTED.match(first.text)
    if not match:
        return Draft(str(number), first.text, item.line, item.end, tuple(body))
    rest = match["rest"].strip()
    raws = (_rest(first, rest), *body) if rest else tuple(body)
    return Draft(str(number), match["title"], item.line, item.end, raws)


def _section(reading: Reading, draft: Draft) -> Section:
    title, decorations = undecorated(draft.title)
    spans = reading.spans(title, draft.line)
    words = plain(spans)
    return Section(
        src=reading.src(draft.line, draft.end),
        number=draft.number,
        title=spans,
        slug=reading.slug(words),
        kind=read_kind(words),
        decorations=decorations,
        nodes=_content(reading, draft.raws, words),
    )


def undecorated(title: str) -> tuple[str, tuple[str, ...]]:
    """Take the builder's hints off the end of a title."""
    hints: list[str] = []
    while match := _DECORATION.search(title):
        hints.insert(0, match["words"])
        title = title[: match.start()]
    return title.strip(), tuple(hints)


def _content(reading: Reading, raws: tuple[Raw, ...], title: str) -> Blocks:
    trailing_rule = bool(raws) and raws[-1].kind == "rule"
    raws = raws[:-1] if trailing_rule else raws
    if reading.explicit:
        return typed(reading, raws)
    return read_dialect(reading, raws, read_kind(title))
