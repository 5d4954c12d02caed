"""Directives that ask for what is measured: figures, tables, listings, claims."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contracts.blocks import Claim, FigureRequest, Listing, TableRequest
from pipelines.plan.blocks import bad_option, flag_option, flattened, identifier, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_FREED = re.compile(r"(?P<codes>ML\d{3}(?:, ML\d{3})*)\s+(?P<reason>\S.*)")
_FREEABLE = ("ML314", "ML315", "ML316", "ML317", "ML411", "ML412")  # what the lint says of claims
_STAND_IN = re.compile(r"(?P<repository>[\w./-]+)\s*=\s*(?P<experiment>[a-z0-9-]+)")


def read_figure_request(reading: Reading, raw: Raw) -> FigureRequest:
    """Read `{figure} name`."""
    name = identifier(reading, raw, raw.text)
    return FigureRequest(figure=name, **_request(reading, raw, name))


def read_table_request(reading: Reading, raw: Raw) -> TableRequest:
    """Read `{table} name`."""
    name = identifier(reading, raw, raw.text)
    return TableRequest(table=name, **_request(reading, raw, name))


def _request(reading: Reading, raw: Raw, name: str) -> dict[str, Any]:
    """Return what figures and tables have in common; the id is their name where none is given."""
    return {
        "src": reading.src(raw.line, raw.end),
        "id": identifier(reading, raw, raw.options.get("id", name)),
        "options": {key: value for key, value in raw.options.items() if key != "id"},
        "caption": flattened(typed(reading, raw.children)),
    }


def read_listing(reading: Reading, raw: Raw) -> Listing:
    """Read `{listing} name`, and from its options `repository = experiment, …`."""
    written = raw.options.get("models", "")
    pairs = [_STAND_IN.fullmatch(part.strip()) for part in written.split(",")]
    models = {pair["repository"]: pair["experiment"] for pair in pairs if pair}
    if written and len(models) < len(pairs):
        bad_option(reading, raw, "models", "`:models: repository = experiment, …`")
    return Listing(
        src=reading.src(raw.line, raw.end),
        id=identifier(reading, raw, raw.text),
        models=models,
        caption=flattened(typed(reading, raw.children)),
    )


def read_claim(reading: Reading, raw: Raw) -> Claim:
    """Read `{claim} name`, its check and what the plan says of it."""
    holds = flag_option(reading, raw, "holds", default=True)
    fails = raw.options.get("fails", "")
    because = reading.spans(raw.options.get("because", ""), raw.line)
    if "check" not in raw.options:
        bad_option(reading, raw, "check", "`:check:` and a comparison of measured numbers")
    if not holds and fails:
        bad_option(reading, raw, "fails", "either `:holds: no`, or `:fails:` for a part")
    if (fails or not holds) and not because:
        bad_option(reading, raw, "because", "`:because:` and the reason why it does not hold")
    return Claim(
        src=reading.src(raw.line, raw.end),
        id=identifier(reading, raw, raw.text),
        check=raw.options.get("check", ""),
        holds=holds,
        fails=fails,
        short=reading.spans(raw.options.get("short", ""), raw.line),
        because=because,
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
