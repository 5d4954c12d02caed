"""`<details><summary>Answer</summary> … </details>`: what authors elsewhere hide answers in."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_OPENS = re.compile(
    r"\s*<details\b[^>]*>\s*(?:<summary\b[^>]*>(?P<summary>.*?)</summary>)?\s*", re.I | re.S
)
_CLOSES = re.compile(r"\s*</details>\s*$", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\W*(?:(?:the |model |sample )?(?:answer|solution|reveal)|(?:click|show|see|check|open)\b)",
    re.IGNORECASE,
)


def without_details(reading: Reading, raws: Sequence[Raw]) -> list[Raw]:
    """Read what is folded: the answer to the question before it or in its summary, or plain text.

    What is never closed stays as it is.
    """
    found: list[Raw] = []
    at = 0
    while at < len(raws):
        opened = _OPENS.match(raws[at].text) if raws[at].kind == "paragraph" else None
        end = _end(raws, at) if opened else -1
        if opened and end >= 0:
            inside = _inside(raws[at : end + 1], opened.end())
            found += _read(reading, opened, raws[at], raws[end], inside)
            at = end + 1
        else:
            found.append(raws[at])
            at += 1
    return found


def _end(raws: Sequence[Raw], start: int) -> int:
    """Return the index of the block that closes, -1 if another fold or nothing comes first."""
    for at in range(start, len(raws)):
        if raws[at].kind != "paragraph":
            continue
        if at > start and _OPENS.match(raws[at].text):
            return -1
        if _CLOSES.search(raws[at].text):
            return at
    return -1


def _inside(raws: Sequence[Raw], begin: int) -> list[Raw]:
    """Return the blocks without the tags around them."""
    found = [replace(raws[0], text=raws[0].text[begin:]), *raws[1:]]
    found[-1] = replace(found[-1], text=_CLOSES.sub("", found[-1].text))
    return [one for one in found if one.kind != "paragraph" or one.text.strip()]


def _read(
    reading: Reading, opened: re.Match[str], first: Raw, last: Raw, inside: list[Raw]
) -> list[Raw]:
    summary = (opened["summary"] or "").strip()
    reading.label(first.line, opened[0], first.end)
    head = [Raw("paragraph", first.line, first.end, summary)] if summary else []
    if not inside:
        return head
    asks = "?" in summary
    if not asks and summary and not _ANSWERS.match(summary):
        return [replace(head[0], text=f"**{summary}**"), *inside]
    if inside[0].kind == "paragraph":
        inside[0] = replace(inside[0], text=f"Answer: {inside[0].text}")
    else:
        inside.insert(0, Raw("paragraph", first.line, first.end, "Answer: …"))
    item = Raw("item", first.line, last.end, children=tuple(inside))
    folded = Raw("list", first.line, last.end, level=-1, children=(item,))
    return [*(head if asks else []), folded]
