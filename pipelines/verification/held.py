"""How a lesson's own numbers and verdicts compare with the module's reference, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipelines.contracts.evidence import Evidence, Verdict
from pipelines.contracts.measurement import Ledger
from pipelines.verification.comparison import VerdictPair
from pipelines.verification.evidence import number_of
from pipelines.verification.numbers import Status, compare_numbers


def held_against(reference: Evidence, ledger: Ledger, verdicts: Mapping[str, Verdict]) -> str:
    """Return how what a lesson shows compares with a reference; empty for another preset's."""
    if ledger.preset != reference.preset:
        return ""
    here = {key: number_of(row) for key, row in ledger.measurements.items()}
    both = here.keys() & reference.numbers.keys()
    pairs = compare_numbers(
        {key: reference.numbers[key] for key in both}, {key: here[key] for key in both}
    )
    counts = Counter(pair.status for pair in pairs.values())
    each = [f"{counts[one]:,} {_SAID[one]}" for one in Status if counts[one]]
    newer = len(here) - len(both)
    if newer:
        each.append(f"{newer:,} newer than it")
    return (
        f"Held against the reference of {reference.made} ({_told(reference)}): of {len(here):,}"
        f" measured numbers {', '.join(each)}; {_of_verdicts(reference, verdicts)}."
    )


_SAID = {
    Status.IDENTICAL: "are identical",
    Status.WITHIN: "within their tolerances",
    Status.UNKNOWN: "changed without a known tolerance",
    Status.DIFFERENT: "beyond their tolerances",
}


def _told(reference: Evidence) -> str:
    told = [reference.origin.commit[:8], *reference.processors[:1]]
    return ", ".join(filter(None, told))


def _of_verdicts(reference: Evidence, verdicts: Mapping[str, Verdict]) -> str:
    pairs = [
        VerdictPair(name, reference.verdicts[name], verdict)
        for name, verdict in verdicts.items()
        if name in reference.verdicts
    ]
    turned = [pair.name.partition(":")[2] for pair in pairs if pair.status is not Status.IDENTICAL]
    if not turned:
        return f"all {len(pairs)} verdicts are the same"
    return f"{len(turned)} of {len(pairs)} verdicts are not the same: {', '.join(turned)}"
