"""Numbers of sections: `1. Hook`, `1) …`, `Section 1: …`, `§1 …`, `**1.** …`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = r"(?:(?:section|step|§|#)\s*#?\s*)"
_NUMBERED = re.compile(
    rf"(?:(?P<word>{_PREFIX})|(?P<open>\())?(?P<number>\d{{1,2}}(?:\.\d{{1,2}})?[a-z]?)"
    r"(?:(?(open)\)|[.):])(?:\*\*)?(?:\s+|$)|\s+(?:--+|[—–-])\s+|(?(word)\s+|(?!))|$)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?P<number>\d{1,2})\s+(?=[A-Z“\"])")
ORNAMENT = re.compile(r"^[^\w\s(\[#§*\"“`$]+\s*")


@dataclass(frozen=True)
class Numbered:
    """A title with its number; `number` is empty where it has none.

    Attributes:
        of: The section that it is a part of: `4` for `4a` and `4.2`, empty for others.
    """

    number: str
    title: str
    of: str = ""


def read_number(title: str, *, bare: bool = True) -> Numbered:
    """Cut the number off a title.

    Args:
        bare: Take `1 Hook` for a number, too.
    """
    words = ORNAMENT.sub("", title.strip())
    bold = words.startswith("**")
    words = words.removeprefix("**") if bold else words
    match = _NUMBERED.match(words) or (_BARE.match(words) if bare else None)
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
