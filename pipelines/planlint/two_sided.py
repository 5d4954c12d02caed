"""Scores that are best at one value: more is better below it, and worse above."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.contracts.keys import MeasurementKey

if TYPE_CHECKING:
    from pipelines.claims import Expression

BEST = {"sharpness": 1.0}  # relative to renders: noise and oversharpened pictures lie above


def unbounded(check: Expression) -> Iterator[str]:
    """Yield the keys that a check says are higher than another's of the same such score, and
    that it does not bound from above by a number. Renders are what is best.
    """
    from pipelines.claims.ranges import comparisons, sides

    pairs = [sides(one) for one in comparisons(check) if one.kind != "=="]
    bounded = {key for low, high in pairs if not high.keys for key in low.keys}
    for low, high in pairs:
        scores = {MeasurementKey.parse(key).metric for key in low.keys} & BEST.keys()
        for key in _signed(high):
            found = MeasurementKey.parse(key)
            if found.metric in scores and key not in bounded and found.sampling.base != "renders":
                yield key


def _signed(node: Expression) -> Iterator[str]:
    """Yield the keys of an expression that stand in no absolute value."""
    if node.kind == "key":
        yield node.name
    elif node.kind != "abs":
        for part in node.parts:
            yield from _signed(part)
