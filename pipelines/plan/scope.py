"""The scope of a lesson: what it is about, what not, and how deep it goes."""

from __future__ import annotations

import re

from pipelines.contracts.planning import DepthTarget, Scope
from pipelines.plan.blocks import typed
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_depth

_TARGET = re.compile(r"\s*(?P<concept>.+?):\s*(?P<depth>[A-Z][A-Z ]+\b.*)", re.DOTALL)
_IS = re.compile(r"\*\*(?:this lesson )?is about:?\*\*:?|\*\*in scope:?\*\*", re.IGNORECASE)
_IS_NOT = re.compile(
    r"\*\*(?:this lesson )?is not about:?\*\*:?|\*\*(?:not|out of) (?:in )?scope:?\*\*",
    re.IGNORECASE,
)
_TARGETS = re.compile(r"\*\*(?:target )?depth targets?:?\*\*", re.IGNORECASE)


def scope(reading: Reading, part: Part) -> Scope:
    """Read what a lesson is about, what not, and how deep it goes."""
    piles: dict[str, list[Raw]] = {"covers": [], "excludes": [], "targets": []}
    pile = "covers"
    for raw in raw_blocks(reading, *part.whole):
        turn = _turn(raw)
        pile = turn or pile
        if turn:
            reading.label(raw.line, raw.text, raw.end)
        if not turn and raw.kind != "rule":
            piles[pile].append(raw)
    targets = [one for raw in piles["targets"] for one in raw.children]
    found = tuple(target for one in targets if (target := _target(reading, one)))
    return Scope(
        covers=typed(reading, piles["covers"]),
        excludes=typed(reading, piles["excludes"]),
        depth_targets=found,
    )


def _turn(raw: Raw) -> str:
    if raw.kind == "paragraph" and _IS_NOT.match(raw.text):
        return "excludes"
    if raw.kind == "paragraph" and _IS.match(raw.text):
        return "covers"
    return "targets" if raw.kind == "paragraph" and _TARGETS.match(raw.text) else ""


def _target(reading: Reading, raw: Raw) -> DepthTarget | None:
    text = " ".join(child.text for child in raw.children if child.kind == "paragraph")
    match = _TARGET.match(text.replace("**", ""))
    concept, depth = (match["concept"], match["depth"]) if match else (text, "")
    src = reading.src(raw.line, raw.end)
    return DepthTarget(src=src, concept=reading.spans(concept, raw.line), depth=read_depth(depth))
