"""`:::{claim} name`: a sentence that the build checks against what it measured."""

from __future__ import annotations

import re
from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.spans import Spans
from pipelines.plan.blocks import bad_option, flag_option, identifier, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_FREED = re.compile(r"(?P<codes>ML\d{3}(?:, ML\d{3})*)\s+(?P<reason>\S.*)")
_FREEABLE = ("ML314", "ML315", "ML316", "ML317", "ML411", "ML412")  # what the lint says of claims


class Claim(Block):
    """A sentence that the build checks: `check` is an expression over ledger keys.

    Attributes:
        holds: Whether the plan says that the check holds.
        fails: What the plan says does not hold, where the rest does: the claim holds partly.
        short: The sentence in a phrase, for tables of claims.
        found: What was measured instead, of a claim that does not hold, or holds in part.
        leads: Whether it stands open in its section; None leaves that to `module.leading`.
        freed: Codes of what the lint shall not say of it; `freed_because` is shown to reviewers.
    """

    type: Literal["claim"] = "claim"
    id: str
    check: str
    holds: bool = True
    fails: str = ""
    short: Spans = ()
    found: Spans = ()
    because: Spans = ()
    leads: bool | None = None
    freed: tuple[str, ...] = ()
    freed_because: Spans = ()
    nodes: Blocks


def read_claim(reading: Reading, raw: Raw) -> Claim:
    """Read a claim's name, its check and what the plan says of it."""
    holds = flag_option(reading, raw, "holds", default=True)
    fails = raw.options.get("fails", "")
    because = reading.spans(raw.options.get("because", ""), raw.line)
    if "check" not in raw.options:
        bad_option(reading, raw, "check", "`:check:` and a comparison of measured numbers")
    if not holds and fails:
        bad_option(reading, raw, "fails", "either `:holds: no`, or `:fails:` for a part")
    if holds and not fails and "found" in raw.options:
        bad_option(reading, raw, "found", "`:found:` only where something does not hold")
    if (fails or not holds) and not because:
        bad_option(reading, raw, "because", "`:because:` and the reason why it does not hold")
    return Claim(
        src=reading.src(raw.line, raw.end),
        id=identifier(reading, raw, raw.text),
        check=raw.options.get("check", ""),
        holds=holds,
        fails=fails,
        short=reading.spans(raw.options.get("short", ""), raw.line),
        found=reading.spans(raw.options.get("found", ""), raw.line),
        because=because,
        leads=flag_option(reading, raw, "leads", default=True) if "leads" in raw.options else None,
        **_freed(reading, raw),
        nodes=typed(reading, raw.children),
    )


def _freed(reading: Reading, raw: Raw) -> dict[str, Any]:
    """Read `ML411, ML316 a reason`: what the lint shall not say of a claim, and why."""
    written = raw.options.get("freed")
    match = _FREED.fullmatch(written or "")
    codes = tuple(match["codes"].split(", ")) if match else ()
    if written is not None and not (match and set(codes) <= set(_FREEABLE)):
        bad_option(reading, raw, "freed", f"one or more of {', '.join(_FREEABLE)}, and a reason")
        return {}
    spans = reading.spans(match["reason"], raw.line) if match else ()
    return {"freed": codes, "freed_because": spans}


def write_claim(writer: BlockWriter, block: Claim) -> Lines:
    """Write the claim, its check, and what else is said of it."""
    options = {
        "check": block.check,
        "holds": "" if block.holds else "no",
        "fails": block.fails,
        "short": writer.inline(block.short),
        "found": writer.inline(block.found),
        "because": writer.inline(block.because),
        "leads": "" if block.leads is None else ("yes" if block.leads else "no"),
    }
    if block.freed:
        options["freed"] = f"{', '.join(block.freed)} {writer.inline(block.freed_because)}"
    said = {name: text for name, text in options.items() if text}
    return writer.directive("claim", block.id, said, writer.blocks(block.nodes))


CLAIM = BlockKind(
    Claim,
    read_claim,
    write_claim,
    """\
:::{claim} second-step
:check: toy-cd/consistency@2/off_manifold <= 0.65 * toy-cd/consistency@1/off_manifold
:short: a second step helps

A second step helps.
:::""",
    lambda page, block: {
        "view": page.verdict(block),
        "folded": page.is_folded(block),
    },
    options=("check", "holds", "fails", "found", "because", "short", "leads", "freed"),
)
