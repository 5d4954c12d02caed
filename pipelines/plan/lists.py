"""Lists that mean something: the scope of a lesson, its depth targets, its checklists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipelines.contracts.plan import ChecklistItem, CountClaim, DepthTarget, Scope, Spans
from pipelines.plan.blocks import flattened, item, typed
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading, plain
from pipelines.plan.structure import Part
from pipelines.plan.vocabulary import read_depth

_SIGN = re.compile(r"[✅☑✔✓☐❌✗✘⬜]")
_REMARK = re.compile(r"\((?P<words>[^()]*)\)[\s.]*$")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = re.compile(
    r"(?P<least>≥\s*|>=\s*|at least )?\b(?P<count>\d{1,2}|" + "|".join(_WORDS) + r")\+?\s+"
    r"(?:[\w-]+\s+)?(?P<of>prerequisite|gap|misconception|example|exercise|concept)s?\b",
    re.IGNORECASE,
)
_TARGET = re.compile(r"\s*(?P<concept>.+?):\s*(?P<depth>[A-Z][A-Z ]+\b.*)", re.DOTALL)
_IS = re.compile(r"\*\*(?:this lesson )?is about:?\*\*:?|\*\*in scope:?\*\*", re.IGNORECASE)
_IS_NOT = re.compile(
    r"\*\*(?:this lesson )?is not about:?\*\*:?|\*\*(?:not|out of) (?:in )?scope:?\*\*",
    re.IGNORECASE,
)
_TARGETS = re.compile(r"\*\*(?:target )?depth targets?:?\*\*", re.IGNORECASE)


def has_boxes(raw: Raw) -> bool:
    """A list with items that are ticked or to be ticked."""
    return raw.kind == "list" and any(_tick(item) is not None for item in _items(raw))


def checklist(reading: Reading, raw: Raw, group: str) -> tuple[ChecklistItem, ...]:
    """Read the items of a list, and those of the lists inside them."""
    return tuple(_checked(reading, one, group) for one in _items(raw))


def _items(raw: Raw) -> Iterator[Raw]:
    for child in raw.children:
        yield child
        for inner in child.children:
            if inner.kind == "list" and any(_tick(one) is not None for one in inner.children):
                yield from _items(inner)


def _tick(raw: Raw) -> bool | None:
    """Whether an item is ticked; a sign at its beginning may stand for the box."""
    first = raw.children[0].text if raw.children else ""
    sign = _SIGN.match(first)
    return raw.ticked if raw.ticked is not None or not sign else sign[0] in "✅☑✔✓"


def _checked(reading: Reading, raw: Raw, group: str) -> ChecklistItem:
    spans = _first_spans(reading, raw)
    remark = _REMARK.search(plain(spans))
    return ChecklistItem(
        src=reading.src(raw.line, raw.end),
        group=group,
        spans=spans,
        ticked=bool(_tick(raw)),
        parenthesis=remark["words"].strip() if remark else "",
        claim=_claim(plain(spans)),
    )


def _claim(text: str) -> CountClaim | None:
    match = _COUNTED.search(text)
    if not match:
        return None
    word = match["count"].lower()
    count = int(word) if word.isdecimal() else _WORDS.index(word)
    return CountClaim(count=count, at_least=bool(match["least"]), of=f"{match['of'].lower()}s")


def _first_spans(reading: Reading, raw: Raw) -> Spans:
    """Return all text of an item but the items with boxes inside it."""
    kept = tuple(child for child in raw.children if not has_boxes(child))
    return flattened(item(reading, replace(raw, children=kept)).nodes)


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
