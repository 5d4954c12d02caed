"""The lesson outline: sections under numbered headings, and the sub-sections inside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.contracts.blocks import Blocks, Subheading
from pipelines.contracts.planning import Outline, OutlineNotation, Section, Subsection
from pipelines.plan.blocks import typed
from pipelines.plan.inline import plain
from pipelines.plan.lines import Heading, deeper
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw, SectionDraft
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_kind, undecorated

_PREFIX = r"(?:(?:section|step|§|#)\s*#?\s*)"
_NUMBERED = re.compile(
    rf"(?:(?P<word>{_PREFIX})|(?P<open>\())?(?P<number>\d{{1,2}}(?:\.\d{{1,2}})?[a-z]?)"
    r"(?:(?(open)\)|[.):])(?:\*\*)?(?:\s+|$)|\s+(?:--+|[—–-])\s+|(?(word)\s+|(?!))|$)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?P<number>\d{1,2})\s+(?=[A-Z“\"])")
ORNAMENT = re.compile(r"^[^\w\s(\[#§*\"“`$]+\s*")
_PART_LABEL = re.compile(
    r"(?P<label>\d+(?:[a-z]|\.\d+)|part [A-Z\d]+|[A-Z](?=[.:)])|\([a-z]\))\s*(?:[.:)]|--|—)?\s*",
    re.IGNORECASE,
)


def read_outline(reading: Reading, part: Heading) -> Outline:
    """Read the part under `### Lesson Outline`."""
    headed = part
    if reading.explicit and not part.children and part.level > 3:
        headed = deeper(part, reading.source.lines, deepest=5)
    numbers = [read_number(one.title) for one in headed.children]
    intro: Sequence[Raw]
    numbered = any(one.number and not one.of for one in numbers)
    if reading.importer and not (numbered or reading.explicit):
        intro, drafts, notation = reading.importer().sections(reading, part)
    else:
        intro = raw_blocks(reading, *headed.own)
        drafts = headed_drafts(reading, headed.children, numbers)
        notation = OutlineNotation.HEADING if drafts else OutlineNotation.NONE
    sections = tuple(_section(reading, draft) for draft in drafts)
    content = _content(reading, intro, "")
    if content and not sections:
        _report_no_section(reading, part)
    return Outline(notation=notation, intro=content, sections=sections)


def _report_no_section(reading: Reading, part: Heading) -> None:
    remedy = "begin each section with a heading: `#### 1. Hook`"
    if reading.explicit:
        remedy += (
            "; or take out `**Voice:** explicit` and let `measured-lessons format` write them"
        )
    severity = "error" if reading.explicit else "warning"
    reading.problem(part.line, "ML341", "no section in this outline", remedy, severity)


def headed_drafts(
    reading: Reading, parts: Sequence[Heading], numbers: Sequence[Numbered]
) -> list[SectionDraft]:
    """Make a draft of each heading; `4a.` is a sub-section of the one before it."""
    drafts: list[SectionDraft] = []
    for part, found in zip(parts, numbers, strict=True):
        raws = tuple(raw_blocks(reading, *part.whole))
        if drafts and found.of:
            head = Raw("heading", part.line, part.line, part.title, level=5)
            drafts[-1] = longer(drafts[-1], part.end, (head, *raws))
        else:
            drafts.append(SectionDraft(found.number, found.title, part.line, part.end, raws))
    return drafts


def longer(draft: SectionDraft, end: int, raws: tuple[Raw, ...]) -> SectionDraft:
    """Return a draft with more blocks."""
    return replace(draft, end=max(draft.end, end), raws=(*draft.raws, *raws))


def _section(reading: Reading, draft: SectionDraft) -> Section:
    title, decorations = undecorated(draft.title)
    spans = reading.title(title, draft.line)
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


# --- numbers of sections: `1. Hook`, `1) …`, `Section 1: …`, `§1 …`, `**1.** …` ---


@dataclass(frozen=True)
class Numbered:
    """A title with its number; `number` is empty where it has none.

    Attributes:
        of: The section that it is a part of: `4` for `4a` and `4.2`, empty for others.
    """

    number: str
    title: str
    of: str = ""


def read_number(title: str) -> Numbered:
    """Cut the number off a title."""
    words = ORNAMENT.sub("", title.strip())
    bold = words.startswith("**")
    words = words.removeprefix("**") if bold else words
    match = _NUMBERED.match(words) or _BARE.match(words)
    if not match:
        return Numbered("", title.strip())
    return _numbered(match["number"], _unbold(words[match.end() :], bold=bold))


def _numbered(number: str, title: str) -> Numbered:
    whole, _, part = number.partition(".")
    whole = whole.lstrip("0") or "0"
    if part:
        return Numbered(whole, title) if not part.strip("0") else Numbered(number, title, whole)
    return Numbered(whole, title, whole[:-1] if whole[-1].isalpha() else "")


def _unbold(title: str, *, bold: bool) -> str:
    """Take bold print off a title that was bold from its number on."""
    title = title.strip()
    if bold and title.count("**") % 2:
        before, _, after = title.partition("**")
        return f"{before.strip()} {after.strip()}".strip()
    whole = re.fullmatch(r"\*\*([^*]+)\*\*", title)
    return whole[1] if whole else title


# --- sub-sections: `4a. Title`, `Part A: Title`, `(a) Title` within a section ---


def subsections(nodes: Blocks) -> tuple[Subsection, ...]:
    """Return the headings within a section: each reaches to the next, the last one to the end."""
    heads = [node for node in nodes if isinstance(node, Subheading)]
    stops = [head.src.line - 1 for head in heads[1:]] + [nodes[-1].src.end if nodes else 0]
    return tuple(_subsection(head, stop) for head, stop in zip(heads, stops, strict=False))


def _subsection(head: Subheading, stop: int) -> Subsection:
    text = plain(head.spans)
    match = _PART_LABEL.match(text)
    first = head.spans[0] if head.spans else None  # a heading may be nothing but its signs
    title = head.spans
    if match and first and first.type == "text" and len(first.text) >= match.end():
        rest = replace(first, text=first.text[match.end() :])
        title = ((rest, *head.spans[1:]) if rest.text else head.spans[1:]) or head.spans
    src = replace(head.src, end=max(stop, head.src.line))
    label = match["label"].strip("()") if match else ""
    return Subsection(src=src, label=label, title=title, slug=head.slug)
