"""The lesson outline: its sections under numbered headings, their content in either spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Outline, OutlineNotation, Section
from pipelines.plan.blocks import typed
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.numbering import Numbered, read_number
from pipelines.plan.raw import Draft, Raw
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part, deeper
from pipelines.plan.subsections import subsections
from pipelines.plan.vocabulary import read_kind, undecorated


def read_outline(reading: Reading, part: Part) -> Outline:
    """Read the part under `### Lesson Outline`."""
    headed = part
    if reading.explicit and not part.children and part.level > 3:
        headed = deeper(part, reading.source.lines, deepest=5)
    numbers = [read_number(one.title) for one in headed.children]
    intro: Sequence[Raw]
    if reading.importer and not any(one.number and not one.of for one in numbers):
        intro, drafts, notation = reading.importer().sections(reading, part)
    else:
        intro = raw_blocks(reading, *headed.own)
        drafts = headed_drafts(reading, headed.children, numbers)
        notation = OutlineNotation.HEADING if drafts else OutlineNotation.NONE
    sections = tuple(_section(reading, draft) for draft in drafts)
    return Outline(notation=notation, intro=_content(reading, intro, ""), sections=sections)


def headed_drafts(
    reading: Reading, parts: Sequence[Part], numbers: Sequence[Numbered]
) -> list[Draft]:
    """Make a draft of each heading; `4a.` is a sub-section of the one before it."""
    drafts: list[Draft] = []
    for part, found in zip(parts, numbers, strict=True):
        raws = tuple(raw_blocks(reading, *part.whole))
        if drafts and found.of:
            head = Raw("heading", part.line, part.line, part.title, level=5)
            drafts[-1] = longer(drafts[-1], part.end, (head, *raws))
        else:
            drafts.append(Draft(found.number, found.title, part.line, part.end, raws))
    return drafts


def longer(draft: Draft, end: int, raws: tuple[Raw, ...]) -> Draft:
    """Return a draft with more blocks."""
    return replace(draft, end=max(draft.end, end), raws=(*draft.raws, *raws))


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


def _content(reading: Reading, raws: Sequence[Raw], title: str) -> Blocks:
    """Read the blocks of a section but the rule that ends it."""
    raws = raws[:-1] if raws and raws[-1].kind == "rule" else raws
    if reading.explicit or not reading.importer:
        return typed(reading, raws)
    return reading.importer().content(reading, raws, title)
