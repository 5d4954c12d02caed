"""Where a lesson stands: `Lesson 2 of 4 in module, Lesson 12 of 30 in series`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.contracts.plan import Place

_FIRST = r"(?P<first>first|second|third|fourth|fifth|last)\s+lesson\s+(?:of|in)"
_PLACE = re.compile(
    r"(?:lesson\s+)?#?(?P<n>\d{1,3})\s*(?:of|/)\s*"
    r"(?:(?P<of>\d{1,3})(?P<more>\+)?(?:\s*(?:in|of)\s+(?:the\s+)?|\s+)?)?"
    r"(?P<scope>module|series|course)?(?:\s+(?P<number>\d+(?:\.\d+)*))?"
    rf"|{_FIRST}\s+(?P<scope2>module|series|course)(?:\s+(?P<number2>\d+(?:\.\d+)*))?"
    r"|^lesson\s+(?P<only>\d{1,3})$|^(?P<alone>\d{1,3})$",
    re.IGNORECASE,
)
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")


def read_places(position: str) -> tuple[Place, ...]:
    """Read every place that a position names; what names none gives ()."""
    return tuple(_places(position))


def _places(position: str) -> Iterator[Place]:
    for match in _PLACE.finditer(position.strip("`* ")):
        word = (match["first"] or "").lower()
        if word and word not in _ORDINALS:
            continue  # the last of an unknown number
        number = match["n"] or match["only"] or match["alone"] or _ORDINALS.index(word)
        if match["n"] and not (match["of"] or match["scope"]):
            continue
        yield Place(
            n=int(number),
            of=int(match["of"]) if match["of"] else None,
            open_ended=bool(match["more"]),
            scope=(match["scope"] or match["scope2"] or "").lower(),
            number=match["number"] or match["number2"] or "",
            raw=match[0].strip(),
        )
