"""What a metric can be: its least and greatest value, which end is good, what words speak of it.

The only place where this stands: the lint finds by it checks that cannot fail, and the tables in
docs/experiments.md and docs/latent.md are held against it.
"""

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.contracts.keys import MeasurementKey

MODES = {"moons": 2, "grid25": 25, "ring8": 8, "checkerboard": 8, "digits": 10}  # of the data
Quantity = Literal[
    "", "misses", "distance", "modes", "variety", "right", "style", "sharpness", "time"
]


@dataclass(frozen=True)
class Metric:
    """Attributes:
    low, high: The least and the greatest value that it can have.
    better: Which end is good: "low", "high", or "" where neither is.
    quantity: What a sentence about it speaks of.
    """

    low: float = -math.inf
    high: float = math.inf
    better: Literal["", "low", "high"] = ""
    quantity: Quantity = ""

    @property
    def range_text(self) -> str:
        """Return range and good end, as the tables of the documentation have them."""
        reaches = f"{self.low:g} to {self.high:g}" if math.isfinite(self.high) else "0 or more"
        return ", ".join(filter(None, ["any" if self.low < 0 else reaches, self.better]))


_DISTANCE = Metric(0, better="low", quantity="distance")
_TIME = Metric(0, better="low", quantity="time")
_RIGHT = Metric(0, 1, "high", "right")
_SHARE = Metric(0, 1, "high")
_ATTRIBUTES = "all size pattern colour shape place"


def _alike(names: str, metric: Metric) -> dict[str, Metric]:
    return dict.fromkeys(names.split(), metric)


METRICS: dict[str, Metric] = {
    "off_manifold": Metric(0, 1, "low", "misses"),
    "sliced_w2": _DISTANCE,
    "energy_distance": Metric(better="low", quantity="distance"),
    "mmd_squared": Metric(better="low", quantity="distance"),
    "modes_reached": Metric(0, better="high", quantity="modes"),  # the greatest: see `MODES`
    "mode_variation": Metric(0, 1, "low"),
    **_alike("precision recall coverage", _SHARE),
    "density": Metric(0, better="high"),
    "frechet_distance": _DISTANCE,
    "classifier_accuracy": _RIGHT,
    "memorised": Metric(0, 1, "low"),
    "nearer_than_new": Metric(0, 1),
    "class_accuracy": _RIGHT,
    "class_spread": Metric(0, quantity="variety"),
    "class_sliced_w2": _DISTANCE,
    "paired_rmse": _DISTANCE,
    "spread": Metric(0, quantity="variety"),
    "restart_deviation": _DISTANCE,
    **_alike("a_x a_y b_x b_y end_x end_y", Metric()),
    **_alike("a_level b_level", Metric(0)),
    **_alike("jump_a_x jump_a_y jump_b_x jump_b_y", Metric(quantity="distance")),
    "jump_gap_squared": _DISTANCE,
    **_alike("seconds_per_1000 cpu_seconds seconds", _TIME),
    **_alike("latency latency_1 latency_8 loop_1 loop_8", _TIME),
    **_alike(_ATTRIBUTES, _RIGHT),
    **_alike("ceiling_{name}", _RIGHT),
    "style": Metric(0, 1, quantity="style"),
    "frechet": _DISTANCE,
    "kernel": Metric(better="low", quantity="distance"),
    "sharpness": Metric(0, quantity="sharpness"),
    "clipped": Metric(0, 1, "low"),
    "diversity": Metric(0, quantity="variety"),
    "loaded": Metric(0, 1),
}
UNKNOWN = Metric()


def metric_of(key: str) -> Metric:
    """Return what the metric of a ledger key can be."""
    return METRICS.get(MeasurementKey.parse(key).metric, UNKNOWN)


def range_of(key: str, data: str = "") -> tuple[float, float]:
    """Return the least and the greatest value of a key.

    Args:
        data: On which data the experiment is measured: how many modes there are.
    """
    metric = metric_of(key)
    high = MODES.get(data, metric.high) if metric.quantity == "modes" else metric.high
    return metric.low, high
