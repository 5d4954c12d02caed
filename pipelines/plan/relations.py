"""What an exercise says of others: the depths it works at, and what has to be done first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelines.contracts.blocks import Dependency, Exercise, TestedDepth, walk
from pipelines.contracts.spans import Record, Text
from pipelines.plan.reading import plain
from pipelines.plan.vocabulary import read_depth

_DEPTHS = r"MENTIONED|INTRODUCED|DEVELOPED|APPLIED|REINFORCED"
# `Depth: APPLIED for knots, DEVELOPED for ropes`
_TESTED = re.compile(
    rf"\b(?P<depth>(?:{_DEPTHS})(?:\s*(?:->|→|/)\s*(?:{_DEPTHS}))?)\b"
    rf"(?:\s*(?:for|of|on|:|--|—)\s*(?P<concept>.+?)(?=[.;]|,?\s*(?:and\s+)?(?:{_DEPTHS})|$))?",
    re.DOTALL,
)
_NEEDS = re.compile(
    r"(?:depends? on|builds? on|continues?|requires?|reus(?:es|ing)|uses? (?:the )?[\w ]{1,40}? "
    r"(?:from|of)|(?:same|trained|computed|defined) [\w ]{0,40}?(?:in|from|as in)|after)\s+"
    r"(?P<what>(?P<kind>exercise|ex\.?|cell|part|section)s?\s+#?(?P<number>\d+)"
    r"(?:(?:\s*,\s*|\s+and\s+)(?P<more>\d+))?)",
    re.IGNORECASE,
)


def with_relations(**fields: Any) -> Exercise:
    """Make an exercise; what it tests and needs is read from its own words."""
    tested = plain(fields.get("tests", ()))
    said = " ".join(_words(fields.values()))
    return Exercise(**fields, depths=tuple(_depths(tested)), depends_on=tuple(_needs(said)))


def _words(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, Record | tuple):
            yield "".join(one.text for one in walk(value) if isinstance(one, Text))


def _depths(text: str) -> Iterable[TestedDepth]:
    for match in _TESTED.finditer(text):
        concept = (match["concept"] or "").strip(" .,")
        spans = (Text(text=concept),) if concept else ()
        yield TestedDepth(depth=read_depth(match["depth"]), concept=spans)


def _needs(text: str) -> Iterable[Dependency]:
    for match in _NEEDS.finditer(text):
        kind = match["kind"].lower().rstrip(".")
        kind = "exercise" if kind == "ex" else kind
        for number in (match["number"], match["more"]):
            if number:
                yield Dependency(kind=kind, number=int(number), raw=match["what"])
