"""The parts of a plan that tell what became of it: record, revisions, fixes, widgets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Built, FixPass, Revision, WidgetSpec
from pipelines.contracts.spans import Node
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.lines import Heading, deeper
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.reviews import ReviewReader

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ITERATION = re.compile(r"iteration\s+(\d+)", re.IGNORECASE)
_NAME = re.compile(r"[^:(–—]*?(?::|--+|[–—]|\()\s*(?P<name>[^()]+?)\)?\s*$")
_FIELD = re.compile(r"\*\*(?P<label>[^*:]{2,40}):?\*\*:?\s*(?P<rest>.*)", re.DOTALL)


def read_built(reading: Reading, part: Heading) -> Built:
    """Read an account of the finished lesson."""
    return Built(**_headed(reading, part), nodes=_blocks(reading, part))


def read_revision(reading: Reading, part: Heading) -> Revision:
    """Read what was changed in the plan."""
    return Revision(**_headed(reading, part), date=_date(part.title), nodes=_blocks(reading, part))


def read_fix_pass(reading: Reading, part: Heading) -> FixPass:
    """Read the findings that were worked off; whatever has a severity here is none itself."""
    iteration = _ITERATION.search(part.title)
    found = ReviewReader(reading, deeper(part, reading.source.lines), checking=True)
    return FixPass(
        **_headed(reading, part),
        date=_date(part.title),
        iteration=int(iteration[1]) if iteration else None,
        checks=tuple(found.fix_checks),
        notes=found.notes,
    )


def read_widget(reading: Reading, part: Heading) -> WidgetSpec:
    """Read what a widget shows, by label or sub-heading."""
    name = _NAME.match(part.title)
    fields: dict[str, Blocks] = {}
    label = ""
    nodes: Blocks = ()
    for raw in raw_blocks(reading, *part.whole):
        match = _FIELD.match(raw.text) if raw.kind == "paragraph" else None
        if raw.kind == "rule":
            continue
        if match or raw.kind == "heading":
            label = match["label"].strip() if match else raw.text
            rest = match["rest"] if match else ""
            reading.label(raw.line, label)
            fields.setdefault(label, ())
            raw = type(raw)("paragraph", raw.line, raw.end, rest)
        blocks = typed(reading, [raw]) if raw.text.strip() or raw.kind != "paragraph" else ()
        if label:
            fields[label] += blocks
        else:
            nodes += blocks
    title = name["name"].strip() if name else ""
    return WidgetSpec(**_headed(reading, part), name=title, fields=fields, nodes=nodes)


def _headed(reading: Reading, part: Heading) -> dict[str, Any]:
    return {
        "src": reading.src(part.line, part.end),
        "title": reading.spans(part.title, part.line),
        "level": max(part.level, 1),
    }


def _date(title: str) -> str:
    date = _DATE.search(title)
    return date[0] if date else ""


def _blocks(reading: Reading, part: Heading) -> Blocks:
    blocks = read_blocks(reading, *part.whole)
    return blocks[:-1] if blocks and blocks[-1].type == "rule" else blocks


_READERS: dict[str, Callable[[Reading, Heading], Node]] = {
    "built": read_built,
    "revision": read_revision,
    "fixes": read_fix_pass,
    "widget": read_widget,
}


def read_afterwards(reading: Reading, part: Heading, name: str) -> Node:
    """Read what became of a plan; `name` says which part of it."""
    return _READERS[name](reading, part)
