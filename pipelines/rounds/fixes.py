"""Which finding a line of a fix check is about: by its id, by its words, by its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contracts.planning import Finding, FixCheck
from pipelines.plan.inline import plain

_ENOUGH = 0.5  # of the words of the shorter of two titles
_ID = re.compile(r"\d{1,3}\.\d{1,3}")
_WORD = re.compile(r"[a-z0-9]+")
_COMMON = frozenset(("a", "an", "and", "are", "as", "at", "by", "for", "from", "has", "in", "is"))


@dataclass(frozen=True)
class Named:
    """A finding under its id."""

    id: str
    round: int
    finding: Finding


def matched(checks: Sequence[FixCheck], earlier: Sequence[Named]) -> dict[int, str]:
    """Return the ids of the findings that checks are about, by the checks' places.

    Ids count first, then words, the likest pair first; what is left is taken in order where as
    many findings of the last round are left, of the same severities.
    """
    ids = {one.id for one in earlier}
    named = {place: one.ref for place, one in enumerate(checks) if _ID.fullmatch(one.ref)}
    found = dict(named)  # who names an id means no other finding, even if there is none
    pairs = sorted(
        (
            (-_likeness(check, one.finding), -one.round, place, order)
            for place, check in enumerate(checks)
            for order, one in enumerate(earlier)
            if place not in found and _likeness(check, one.finding) >= _ENOUGH
        ),
    )
    for _, _, place, order in pairs:
        if place not in found and earlier[order].id not in found.values():
            found[place] = earlier[order].id
    found |= _in_order(checks, earlier, found)
    return {place: id for place, id in found.items() if id in ids}


def _in_order(
    checks: Sequence[FixCheck], earlier: Sequence[Named], found: dict[int, str]
) -> dict[int, str]:
    last = max((one.round for one in earlier), default=0)
    rest = [one for one in earlier if one.round == last and one.id not in found.values()]
    places = [place for place in range(len(checks)) if place not in found]
    alike = len(rest) == len(places) and all(
        checks[place].severity in (None, one.finding.severity)
        for place, one in zip(places, rest, strict=True)
    )
    return {place: one.id for place, one in zip(places, rest, strict=True)} if alike else {}


def _likeness(check: FixCheck, finding: Finding) -> float:
    """Return the share of the shorter title's words that the longer one has; 0 … 1."""
    if check.severity and check.severity is not finding.severity:
        return 0.0
    one, other = _words(plain(check.finding)), _words(plain(finding.title))
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower())} - _COMMON
