"""Sections of an outline before their content is read: title, lines and blocks, as each of the
notations writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipelines.plan.blocks import grid
from pipelines.plan.outline import ORNAMENT, Numbered, longer, read_number
from pipelines.plan.raw import Raw, SectionDraft
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import DECORATION

BOLD = re.compile(r"(?:\*\*|__)(?P<title>[^*_]+(?:_[^*_]+)*)(?:\*\*|__)(?P<rest>.*)", re.DOTALL)
_BOLD_NUMBER = re.compile(
    r"(?:\*\*|__)(?P<number>(?:section |step )?#?\d+[.):]?)(?:\*\*|__)\s+"
    r"(?P<title>[^\n]+)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
LISTED = re.compile(r"\*\*(?P<title>[^*]+)\*\*(?P<rest>.*)", re.DOTALL)
DASHED = re.compile(
    r"(?P<title>[^*\n]{2,80}?)(?:\s+(?:--+|[—–])\s+|:\s+|(?=\s\()|$)(?P<rest>.*)", re.DOTALL
)
_LETTERED = re.compile(r"(?P<number>[IVX]+|[A-Z])[.)]\s+")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII",
          "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX")  # fmt: skip
_ANY_HINT = re.compile(r"\((?P<words>[^()]{1,60})\)")
_SEPARATOR = re.compile(r"^\s*(?:--+|[—–:])\s*")


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
    match = BOLD.match(text)
    if not match:
        return Numbered("", ""), text
    return read_number(match["title"]), match["rest"]


def bold_drafts(reading: Reading, raws: list[Raw], starts: list[int]) -> list[SectionDraft]:
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
        first = [_rest(raws[start], rest)] if rest else []
        end = body[-1].end if body else raws[start].end
        drafts.append(SectionDraft(found.number, title, raws[start].line, end, (*first, *body)))
    return drafts


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
            for number, item in zip(_numbers(reading, raw), raw.children, strict=True):
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


def _numbers(reading: Reading, raw: Raw) -> list[int]:
    """Return the items' numbers as written: a list that restarts may look like one to Markdown."""
    lines = reading.source.lines
    found = [re.match(r"[\s>]*(\d{1,9})[.)]", lines[item.line - 1]) for item in raw.children]
    written = [int(match[1]) for match in found if match]
    lazy = len(written) != len(raw.children) or len(set(written)) == 1
    return [raw.level + at for at in range(len(raw.children))] if lazy else written


def listed_draft(item: Raw, number: int | None) -> SectionDraft:
    written = "" if number is None else str(number)
    first, *body = item.children or (Raw("paragraph", item.line, item.end),)
    match = LISTED.match(first.text) or DASHED.match(first.text)
    if not match:
        return SectionDraft(written, first.text, item.line, item.end, tuple(body))
    title, rest = match["title"], match["rest"].strip()
    if hint := DECORATION.match(" " + rest):
        title, rest = f"{title} {hint[0].strip()}", rest[hint.end() - 1 :].strip()
    raws = (_rest(first, rest), *body) if rest else tuple(body)
    return SectionDraft(written, title, item.line, item.end, raws)


def tabled_drafts(reading: Reading, raw: Raw) -> list[SectionDraft]:
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
        drafts.append(SectionDraft(number, found.title.replace("**", ""), line, line, raws))
    return drafts
