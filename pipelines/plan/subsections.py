"""Sub-sections: `4a. Title`, `Part A: Title`, `(a) Title` within a section."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contracts.blocks import Blocks, Subheading
from pipelines.contracts.planning import Subsection
from pipelines.plan.reading import plain

_LABEL = re.compile(
    r"(?P<label>\d+(?:[a-z]|\.\d+)|part [A-Z\d]+|[A-Z](?=[.:)])|\([a-z]\))\s*(?:[.:)]|--|—)?\s*",
    re.IGNORECASE,
)


def subsections(nodes: Blocks) -> tuple[Subsection, ...]:
    """Return the headings within a section: each reaches to the next, the last one to the end."""
    heads = [node for node in nodes if isinstance(node, Subheading)]
    stops = [head.src.line - 1 for head in heads[1:]] + [nodes[-1].src.end if nodes else 0]
    return tuple(_read(head, stop) for head, stop in zip(heads, stops, strict=False))


def _read(head: Subheading, stop: int) -> Subsection:
    text = plain(head.spans)
    match = _LABEL.match(text)
    first = head.spans[0] if head.spans else None  # a heading may be nothing but its signs
    title = head.spans
    if match and first and first.type == "text" and len(first.text) >= match.end():
        rest = replace(first, text=first.text[match.end() :])
        title = ((rest, *head.spans[1:]) if rest.text else head.spans[1:]) or head.spans
    src = replace(head.src, end=max(stop, head.src.line))
    label = match["label"].strip("()") if match else ""
    return Subsection(src=src, label=label, title=title, slug=head.slug)
