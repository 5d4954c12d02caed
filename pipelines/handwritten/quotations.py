"""Quotations in a line: which marks belong together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKS = '"“”„'
_AROUND = tuple('"“”')
_ANY = re.compile(f"[{MARKS}]")
_CLOSES = {'"': '"”', "“": '”"', "„": '“”"'}  # the usual one first


@dataclass(frozen=True)
class Quotation:
    """What stands between two marks; `start` and `end` include them."""

    text: str
    start: int
    end: int


def quotations(text: str) -> Iterator[Quotation]:
    """Yield the quotations of a text; a mark that nothing closes begins none."""
    at = 0
    while opened := _opening(text, at):
        places = (text.find(mark, opened.end()) for mark in _CLOSES[opened[0]])
        end = next((place for place in places if place >= 0), -1)
        if end < 0:
            return
        yield Quotation(text[opened.end() : end], opened.start(), end + 1)
        at = end + 1


def _opening(text: str, at: int) -> re.Match[str] | None:
    """Find the next mark that may begin a quotation: not that of `5"`, and none that closes."""
    for match in _ANY.finditer(text, at):
        before = text[match.start() - 1 : match.start()]
        if match[0] != "”" and not (match[0] == '"' and before.isalnum()):
            return match
    return None


def outside_quotations(text: str, shortest: int = 0) -> str:
    """Return a text without its quotations of at least so many characters."""
    kept, at = [], 0
    for one in quotations(text):
        if len(one.text) >= shortest:
            kept.append(text[at : one.start])
            at = one.end
    return " ".join((*kept, text[at:]))


def unquoted(text: str) -> str:
    """Take off the quotation marks around a text; of an unclosed quotation the one it has.

    Marks with nothing between them stay.
    """
    text = text.strip()
    if not text.strip(MARKS + " \n"):
        return text
    first, last = text[:1], text[-1:]
    if first in _AROUND and last in _AROUND and len(text) > 1:
        inner = text[1:-1]
        mark = _ANY.search(inner)
        # the first mark inside begins a quotation in it, or ends the one that the text begins with
        nested = not mark or not inner[: mark.start()].strip() or inner[mark.start() - 1].isspace()
        return inner.strip() if nested else text
    if len(_ANY.findall(text)) == 1:
        if first in _AROUND:
            return text[1:].strip()
        if last in _AROUND:
            return text[:-1].strip()
    return text
