"""What a metric can be: its least and greatest value, which end is good, what words speak of it.

The only place where this stands: the lint finds by it checks that cannot fail, and the tables in
docs/experiments.md and docs/latent.md are held against it.
"""

import math
from dataclasses import dataclass, replace
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
    blind: What it does not see: a set of samples that fools it. Pages say it beside the numbers,
        tests/evaluation/test_blind_spots.py makes the set.
    """

    low: float = -math.inf
    high: float = math.inf
    better: Literal["", "low", "high"] = ""
    quantity: Quantity = ""
    blind: str = ""

    def unseeing(self, blind: str) -> "Metric":
        """Return the same metric with its own blind spot."""
        return replace(self, blind=blind)

    @property
    def range_text(self) -> str:
        """Return range and good end, as the tables of the documentation have them."""
        reaches = f"{self.low:g} to {self.high:g}" if math.isfinite(self.high) else "0 or more"
        return ", ".join(filter(None, ["any" if self.low < 0 else reaches, self.better]))


_DISTANCE = Metric(0, better="low", quantity="distance")
_UNBIASED = Metric(better="low", quantity="distance")
_TIME = Metric(0, better="low", quantity="time")
_RIGHT = Metric(0, 1, "high", "right")
_SHARE = Metric(0, 1, "high")
_ATTRIBUTES = "all size pattern colour shape place"
_HELD_OUT = "held_out_"  # before a metric: on captions that no training has seen


def _alike(names: str, metric: Metric) -> dict[str, Metric]:
    return dict.fromkeys(names.split(), metric)


METRICS: dict[str, Metric] = {
    "off_manifold": Metric(0, 1, "low", "misses", "all samples in one good place have none"),
    "sliced_w2": _DISTANCE.unseeing("a few of a hundred samples between the modes hardly move it"),
    "energy_distance": _UNBIASED.unseeing("a few samples between the modes hardly move it"),
    "mmd_squared": _UNBIASED.unseeing("one point a mode is near, as it blurs what is finer"),
    "modes_reached": Metric(  # the greatest: see `MODES`
        0, better="high", quantity="modes", blind="a blob over everything reaches every mode"
    ),
    "mode_variation": Metric(0, 1, "low", blind="one point a mode, and nothing else, has none"),
    "precision": _SHARE.unseeing("all samples in one good place are precise"),
    "recall": _SHARE.unseeing("a few samples far out have balls that hold all data"),
    "coverage": _SHARE.unseeing("a quarter of the samples may lie anywhere"),
    "density": Metric(0, better="high", blind="all samples in the densest place have most"),
    "frechet_distance": _DISTANCE.unseeing("images under a little noise are as near"),
    "classifier_accuracy": _RIGHT,
    "memorised": Metric(0, 1, "low", blind="blends of two training images are no copies"),
    "nearer_than_new": Metric(
        0, 1, quantity="distance", blind="copies and far-off images make up for each other"
    ),
    "class_accuracy": _RIGHT.unseeing("one point for each class is always right"),
    "class_spread": Metric(0, quantity="variety", blind="samples of other classes are as wide"),
    "class_sliced_w2": _DISTANCE.unseeing("a few samples of other classes hardly move it"),
    "paired_rmse": _DISTANCE.unseeing("fresh data are far off: it is likeness to a teacher"),
    "spread": Metric(0, quantity="variety", blind="any set as wide has the same"),
    "restart_deviation": _DISTANCE,
    **_alike("a_x a_y b_x b_y end_x end_y", Metric()),
    **_alike("a_level b_level", Metric(0)),
    **_alike("jump_a_x jump_a_y jump_b_x jump_b_y", Metric(quantity="distance")),
    "jump_gap_squared": _DISTANCE,
    **_alike("seconds_per_1000 cpu_seconds seconds", _TIME),
    **_alike("latency latency_1 latency_8 loop_1 loop_8", _TIME),
    **_alike(_ATTRIBUTES, _RIGHT.unseeing("blurred pictures are as right")),
    **_alike("ceiling_{name}", _RIGHT),
    **_alike(" ".join(_HELD_OUT + name for name in _ATTRIBUTES.split()), _RIGHT),
    "style": Metric(0, 1, quantity="style", blind="pictures of other captions have it"),
    "frechet": _DISTANCE.unseeing("pictures that are a little blurred are about as near"),
    "kernel": _UNBIASED.unseeing("pictures of each other's captions are as near"),
    "sharpness": Metric(0, quantity="sharpness", blind="noise is sharp; above 1 is wrong, too"),
    "clipped": Metric(0, 1, "low", blind="grey pictures have none"),
    "diversity": Metric(0, quantity="variety", blind="pictures of wrong captions are diverse"),
    "loaded": Metric(0, 1),
}
UNKNOWN = Metric()


def metric_of(key: str) -> Metric:
    """Return what the metric of a ledger key can be."""
    return METRICS.get(MeasurementKey.parse(key).metric, UNKNOWN)


def on_held_out(metric: str) -> str:
    """Return what a metric is called on held-out captions; "" if it is not measured there."""
    return _HELD_OUT + metric if _HELD_OUT + metric in METRICS else ""


def is_held_out(metric: str) -> bool:
    """Tell whether a metric is of captions that no training has seen."""
    return metric.startswith(_HELD_OUT)


def range_of(key: str, data: str = "") -> tuple[float, float]:
    """Return the least and the greatest value of a key.

    Args:
        data: On which data the experiment is measured: how many modes there are.
    """
    metric = metric_of(key)
    high = MODES.get(data, metric.high) if metric.quantity == "modes" else metric.high
    return metric.low, high
