"""A build's folder → what it gives in evidence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.claims import row_uncertainty
from pipelines.contracts.evidence import Evidence, Number, Product, Verdict, load_reference
from pipelines.contracts.files import read_json
from pipelines.contracts.input_files import lies_in
from pipelines.contracts.keys import MeasurementKey
from pipelines.contracts.measurement import Ledger, Measurement
from pipelines.contracts.metrics import METRICS
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.reviewed import REVIEWED, Reviewed
from pipelines.manifest import Manifest
from pipelines.verification.frames import frame_of

_RULE_OF_THREE = 3  # a share of which n draws show none may be 3/n: 95 %
_SHORT = 16  # of a hash: against accidents, not against forgery
_DIGITS = 4  # of a tolerance


# what files raise that are not what builds write
UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError),
    AssertionError,  # of html.parser
)


class NoEvidence(Exception):
    """There is nothing to compare: the message names the file, and what to do."""


def evidence_of(path: Path) -> Evidence:
    """Read a build's folder or a reference's file.

    Raises:
        NoEvidence: It is neither, or not whole.
    """
    remedy = "name the folder of a build that has ended, or a reference"
    if not path.exists():
        raise NoEvidence(f"{path}: error: no such file or folder\n    remedy: {remedy}")
    try:
        return _of_build(path) if path.is_dir() else load_reference(path)
    except InputProblems as found:
        raise NoEvidence("\n".join(map(str, found.problems))) from found
    except UNREADABLE as wrong:
        why = " ".join(str(wrong).split())[:200]
        message = f"{path}: error: no whole build: {why}\n    remedy: {remedy}"
        raise NoEvidence(message) from wrong


def _of_build(build: Path) -> Evidence:
    manifest = Manifest.model_validate(read_json(build / "manifest.json"))
    ledger = Ledger.model_validate(read_json(build / "ledger.json"))
    products = {
        name: Product(
            sha256=entry.untimed and entry.untimed[:_SHORT],
            frame=frame_of(build / name)[:_SHORT],
            inputs=entry.inputs,
        )
        for name, entry in manifest.products.items()
        if lies_in(build / name, build)
    }
    return Evidence(
        origin=manifest.origin,
        preset=ledger.preset,
        processors=_processors(build),
        numbers={key: number_of(row) for key, row in ledger.measurements.items()},
        verdicts=dict(_verdicts(build)),
        sources={name: sha256[:_SHORT] for name, sha256 in manifest.sources.items()},
        products=products,
        reviews=_reviews(build),
    )


def number_of(row: Measurement) -> Number:
    """Return a row's number, with what its own ledger says of chance."""
    moved = row_uncertainty(row)
    known = not moved.unknown
    error = float(f"{moved.error:.{_DIGITS}g}") if known else None
    return Number(value=row.value, error=error, step=0.0 if row.exact else _step(row))


def _step(row: Measurement) -> float:
    metric = METRICS.get(MeasurementKey.parse(row.key).metric)
    if metric and metric.quantity == "modes":
        return 1.0
    if metric is None or not math.isfinite(metric.high):
        return 0.0
    return float(f"{_RULE_OF_THREE * (metric.high - metric.low) / row.n:.{_DIGITS}g}")


def _verdicts(build: Path) -> Iterator[tuple[str, Verdict]]:
    for file in sorted((build / "draft").glob("*/claims.json")):
        yield from map(verdict_of, read_json(file))


def _reviews(build: Path) -> dict[str, Reviewed]:
    files = sorted((build / "draft").glob(f"*/{REVIEWED}"))
    found = (Reviewed.model_validate(read_json(file)) for file in files)
    return {one.lesson: one for one in found}


def verdict_of(record: Mapping[str, Any]) -> tuple[str, Verdict]:
    """Return a claim's name in the module, and its verdict, from its record (`claims.json`)."""
    kept = {name: record[name] for name in ("outcome", "margin", "timed")}
    return f"{record['lesson']}:{record['id']}", Verdict.model_validate(kept)


def _processors(build: Path) -> tuple[str, ...]:
    told = ("device", "cpu", "arithmetic")
    kinds: Counter[str] = Counter()
    for file in sorted(build.glob("samples/*.timing.json")):
        hardware = read_json(file)["hardware"]
        kinds[", ".join(hardware[key] for key in told if key in hardware)] += 1
    return tuple(kind for kind, _ in kinds.most_common())
