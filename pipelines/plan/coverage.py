"""Nothing is lost: every word of a plan stands in a node that says it comes from that line.

Markup (list markers, bars, rules) is no word, and a notation's own words (`Answer:`,
`GradientCard`) are held by the type of the node that they make.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any
from urllib.parse import unquote

from pipelines.contracts.blocks import Unknown
from pipelines.contracts.plan import AnyPlan, Document, Segment
from pipelines.contracts.spans import Node, Record, Src
from pipelines.plan.lines import Source

_WORD = re.compile(r"[^\W_]+")
_MARKERS = re.compile(r"(?:[\s>]*(?:[-*+]|\d{1,9}[.)])\s+)*(?:\[[ xX]?\]\s?)?")
_MARKUP = re.compile(
    r"^(?:\s*:{3,}\{[^}]*\}|\s*:[a-z][a-z0-9_-]*:|(?:\s*>)*\s*(?:builder|student):)"
)
_NOTATION_WORDS = """
    answer answers expected reveal reasoning response exercise part question parts predict
    before run what it tests test purpose key insight result results bonus note depth hint
    left right gradientcard gradientcards comparisonrow insightblock warningblock tipblock
    trythisblock conceptblock constraintblock phasecard summaryblock nextstepblock
    modulecompleteblock seriescompleteblock grid aside block scope boundaries for yes no
    true false level number colour verdict finding severity iteration critical improvement
    polish location issue student impact suggested fix status address correct counter
    misconception analogies details builder guided supported independent scaffolded
    solution solutions
"""
_NOTATION = frozenset(_NOTATION_WORDS.split())


def lost(plan: AnyPlan) -> int:
    """Return how many characters of the plan's words stand in none of its nodes."""
    return sum(len(word) for _, words in missing(plan) for word in words)


def leftovers(plan: AnyPlan) -> tuple[Unknown, ...]:
    """Return the lines with words that no node holds, as nodes, to be kept with the plan."""
    lines = _source(plan).lines
    return tuple(
        Unknown(
            src=Src(file=plan.file, line=number, end=number),
            name="leftover",
            raw=lines[number - 1],
        )
        for number, _ in missing(plan)
    )


def missing(plan: AnyPlan) -> list[tuple[int, list[str]]]:
    """Return the one-based lines that have words in no node, with these words."""
    held: defaultdict[int, list[frozenset[str]]] = defaultdict(list)
    for src, own in _holders(plan):
        for at in range(src.line, src.end + 1):
            held[at].append(own)
    found = []
    for number, line in enumerate(_source(plan).lines, 1):
        if words := _unheld(line, held.get(number, [])):
            found.append((number, words))
    return found


def _source(plan: AnyPlan) -> Source:
    return Source(plan.file, "".join(segment.raw for segment in plan.segments))


def _unheld(line: str, held: list[frozenset[str]]) -> list[str]:
    text = _MARKUP.sub(" ", line, count=1)
    text = text[_MARKERS.match(text).end() :]  # type: ignore[union-attr]  # may be empty
    words = _absent(_folded_words(text), held)
    return _absent(_folded_words(html.unescape(text)), held) if words else words


def _absent(words: list[str], held: list[frozenset[str]]) -> list[str]:
    left = frozenset(words) - _NOTATION if held else frozenset(words)
    for one in held:
        if not left:
            return []
        left = left - one
    return [word for word in words if word in left]


def _folded_words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _holders(plan: AnyPlan) -> Iterator[tuple[Src, frozenset[str]]]:
    """Yield what each node says itself, its inner nodes left out."""
    head = next((one.src.line for one in plan.segments if one.level > 1), len(plan.segments) + 60)
    own: list[str] = []
    document = {one.name for one in fields(Document)}
    for name in (one.name for one in fields(plan)):
        if name in document and name not in ("leftover", "extra", "tables", "labels"):
            if name in ("title", "meta", "title_spans"):
                own += _own(getattr(plan, name))[0]
            continue
        yield from _nodes(getattr(plan, name))
    for name in ("extra", "tables", "labels", "leftover"):
        yield from _nodes(getattr(plan, name))
    for segment in plan.segments:
        yield _segment_heading(segment)
    yield Src(file=plan.file, line=1, end=head), _set(own)


def _segment_heading(segment: Segment) -> tuple[Src, frozenset[str]]:
    src = replace(segment.src, end=segment.src.line)
    return src, _set([segment.heading])


def _nodes(value: Any) -> Iterator[tuple[Src, frozenset[str]]]:
    """Yield each node inside `value` with its own texts: those of inner nodes are theirs."""
    _, todo = _own(value)
    while todo:
        node = todo.pop()
        texts, inner = _own(tuple(node.__dict__.values()))
        yield node.src, _set(texts)
        todo += inner


def _own(value: Any) -> tuple[list[str], list[Node]]:
    """Return the texts of a value, and the nodes in it, unopened."""
    found: list[str] = []
    nodes: list[Node] = []
    todo: list[Any] = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, tuple | list):
            todo += one
        elif isinstance(one, Node):
            nodes.append(one)
        elif isinstance(one, Record):
            if not isinstance(one, Src):
                todo += one.__dict__.values()
        elif isinstance(one, dict):
            todo += one
            todo += one.values()
        elif isinstance(one, int):
            found.append(str(one))
    return found, nodes


def _set(texts: list[str]) -> frozenset[str]:
    plain = [text for one in texts for text in ({one, unquote(one)} if "%" in one else (one,))]
    return frozenset(word for text in plain for word in _folded_words(text))
