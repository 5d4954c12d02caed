"""Numbers and points as figures, alternative texts and tables write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pipelines.contracts.figure import DataTable, Description
from pipelines.contracts.system_names import sampler_name as sampler_name
from pipelines.contracts.system_names import solver_name as solver_name
from pipelines.contracts.system_names import steps_text as steps_text
from pipelines.contracts.system_names import system_name as system_name

SHARES = {
    "off_manifold",
    "class_accuracy",
    *("all", "size", "pattern", "colour", "shape", "place", "style", "clipped"),
}  # written in per cent
METRICS = {
    "off_manifold": "Off-manifold share",
    "sliced_w2": "Sliced Wasserstein-2",
    "energy_distance": "Energy distance",
    "modes_reached": "Modes reached",
    "class_accuracy": "Class as asked",
    "class_spread": "Deviation within a class",
    "class_sliced_w2": "Sliced Wasserstein-2 to the class",
    "frechet_distance": "Fréchet distance",
    "mode_variation": "Total variation of modes",
    "paired_rmse": "Paired RMSE",
    "spread": "Standard deviation",
    "all": "All attributes right",
    "frechet": "Fréchet distance",
    "kernel": "Kernel distance",
    "sharpness": "Sharpness",
    "clipped": "Clipped values",
    "diversity": "Diversity within a caption",
}


def metric_name(metric: str) -> str:
    """Return what people call a metric."""
    return METRICS.get(metric, metric.replace("_", " ").capitalize())


def number(value: float, decimals: int = 2) -> str:
    """Return a decimal number with a true minus sign; never minus zero."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if not float(text) else text.replace("-", "−")


def significant(value: float, digits: int = 2) -> str:
    """Return a number with `digits` significant digits, without an exponent."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = digits - 1 - int(np.floor(np.log10(abs(rounded))))
    return number(rounded, max(0, decimals))


def rounded(value: float) -> str:
    """Return a duration or a like quantity: two digits below a hundred, none after the point."""
    return number(value, 0) if value >= 10 else significant(value, 2)


def percent(share: float) -> str:
    """Return a share in per cent: one decimal, more for what would read 0.0, none for 100."""
    value = 100 * share
    if value == 0:
        return "0 %"
    text = number(value, 1) if value >= 0.1 else significant(value, 1)
    return f"{'100' if text == '100.0' else text} %"


def quantity(metric: str, value: float) -> str:
    """Return a value of a metric as a reader wants it."""
    if metric in SHARES:
        return percent(value)
    return significant(value, 2) if metric == "loss" else number(value, 3)


def with_spread(metric: str, value: float, spread: float) -> str:
    """Return a value of a metric with its spread, which is left out where it is 0 or unknown."""
    if not spread:
        return quantity(metric, value)
    error = percent(spread) if metric in SHARES else significant(spread, 1)
    return f"{quantity(metric, value)} ± {error}"


def point(xy: np.ndarray) -> str:
    """Return a point of the plane, shape (2,): (0.25, −0.61)."""
    return f"({number(float(xy[0]))}, {number(float(xy[1]))})"


def spread_note(over: Iterable[str]) -> str:
    """Return what a table says of its spreads, from what each of them is over; "" is unknown."""
    known = sorted({*over} - {""})
    return f"±: standard deviation over {enumerated(known)}." if known else ""


def count_of_modes(modes: float | None) -> str:
    """Return a mean number of modes: 25, or 12.3; nothing if there is none."""
    return "" if modes is None else number(modes, 0 if float(modes).is_integer() else 1)


def described(
    alt: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str, ...]],
    note: str = "",
    timed: bool = False,
) -> Description:
    """Return a figure in words and as a table."""
    table = DataTable(columns=tuple(columns), rows=tuple(rows), note=note)
    return Description(alt=alt, table=table, timed=timed)


def enumerated(parts: list[str]) -> str:
    """Return parts as a sentence lists them: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
