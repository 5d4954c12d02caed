"""Directives that ask for what is measured: figures, tables, listings, claims."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contracts.blocks import Blocks, Claim, FigureRequest, Listing, TableRequest
from pipelines.plan.blocks import flattened, typed
from pipelines.plan.markdown import Raw
from pipelines.plan.options import bad_option, flag, named
from pipelines.plan.reading import Reading

_FREED = re.compile(r"(?P<codes>ML\d{3}(?:, ML\d{3})*)\s+(?P<reason>\S.*)")
_FREEABLE = ("ML314", "ML315", "ML316", "ML317", "ML411", "ML412")  # what the lint says of claims
_STAND_IN = re.compile(r"(?P<repository>[\w./-]+)\s*=\s*(?P<experiment>[a-z0-9-]+)")


def figure(reading: Reading, raw: Raw) -> Blocks:
    name = named(reading, raw, raw.text)
    return (FigureRequest(figure=name, **_request(reading, raw, name)),)


def table(reading: Reading, raw: Raw) -> Blocks:
    name = named(reading, raw, raw.text)
    return (TableRequest(table=name, **_request(reading, raw, name)),)


def _request(reading: Reading, raw: Raw, name: str) -> dict[str, Any]:
    """Return what figures and tables have in common; the id is their name where none is given."""
    return {
        "src": reading.src(raw.line, raw.end),
        "id": named(reading, raw, raw.options.get("id", name)),
        "options": {key: value for key, value in raw.options.items() if key != "id"},
        "caption": flattened(typed(reading, raw.children)),
    }


def listing(reading: Reading, raw: Raw) -> Blocks:
    return (
        Listing(
            src=reading.src(raw.line, raw.end),
            id=named(reading, raw, raw.text),
            models=_stand_ins(reading, raw),
            caption=flattened(typed(reading, raw.children)),
        ),
    )


def _stand_ins(reading: Reading, raw: Raw) -> dict[str, str]:
    """Read `repository = experiment, …`."""
    written = raw.options.get("models", "")
    pairs = [_STAND_IN.fullmatch(part.strip()) for part in written.split(",")]
    found = {pair["repository"]: pair["experiment"] for pair in pairs if pair}
    if written and len(found) < len(pairs):
        bad_option(reading, raw, "models", "`:models: repository = experiment, …`")
    return found


def claim(reading: Reading, raw: Raw) -> Blocks:
    holds = flag(reading, raw, "holds", default=True)
    fails = raw.options.get("fails", "")
    because = reading.spans(raw.options.get("because", ""), raw.line)
    if "check" not in raw.options:
        bad_option(reading, raw, "check", "`:check:` and a comparison of measured numbers")
    if not holds and fails:
        bad_option(reading, raw, "fails", "either `:holds: no`, or `:fails:` for a part")
    if (fails or not holds) and not because:
        bad_option(reading, raw, "because", "`:because:` and the reason why it does not hold")
    return (
        Claim(
            src=reading.src(raw.line, raw.end),
            id=named(reading, raw, raw.text),
            check=raw.options.get("check", ""),
            holds=holds,
            fails=fails,
            short=reading.spans(raw.options.get("short", ""), raw.line),
            because=because,
            **_freed(reading, raw),
            nodes=typed(reading, raw.children),
        ),
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
