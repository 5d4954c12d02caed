"""On which processors the results of a page were made: a cache may hold those of another."""

from collections import Counter
from collections.abc import Iterable, Mapping

_TOLD = ("device", "cpu", "arithmetic")  # what rounding depends on


def made_on(machines: Iterable[Mapping[str, str]], here: str) -> str:
    """Return a sentence on the machines of trainings and measurements; empty if there are none.

    Args:
        here: The processor that renders the page.
    """
    machines = list(machines)
    kinds = Counter(", ".join(one[key] for key in _TOLD if key in one) for one in machines)
    if not kinds:
        return ""
    if len(kinds) == 1 and machines[0].get("cpu") == here:
        (kind,) = kinds
        return f"Trained, sampled and measured on the processor that made this page: {kind}."
    counts = "; ".join(f"{count} on {kind}" for kind, count in kinds.most_common())
    return (
        f"This page was made on {here}; not all of its results were. Trainings and measurements"
        f" by processor: {counts}. The seconds of a training are those of its processor."
    )
