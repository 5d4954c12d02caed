"""Which metrics belong to which data, and what each compares.

No metric alone carries a claim: one-step means lie "on the manifold", a blob reaches every mode,
a collapsed model is precise, and a distance of point sets hardly sees thin bridges between modes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from pipelines.contracts.experiment import Experiment
from pipelines.diffusion.datasets import DATASETS, Dataset
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.features import digit_features
from pipelines.diffusion.frechet import frechet_distance
from pipelines.diffusion.metrics import (
    energy_distance,
    mmd_squared,
    off_manifold,
    sliced_w2,
    spread,
)
from pipelines.diffusion.modes import (
    class_accuracy,
    class_sliced_w2,
    class_spread,
    mode_variation,
    modes_reached,
)
from pipelines.diffusion.neighbours import Fidelity, fidelity, memorised, nearer_than_new
from pipelines.evaluation.plane.evaluated_systems import evaluate_problem
from pipelines.registry import METHODS

ENERGY_POINTS = 4000  # its cost grows as their square
NEIGHBOUR_POINTS = 2000  # the same; density and coverage want equal counts on both sides
Scores = dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """Samples (n, dim) beside real points (n, dim) of one data set.

    `label` are the classes that the samples were asked for, (n,); None: none. `shortened` divides
    the counts of the costly metrics, which do not look at all points.
    """

    x: Tensor
    real: Tensor
    dataset: Dataset
    label: Tensor | None = None
    shortened: int = 1

    @property
    def labels(self) -> Tensor:
        """The class that each sample should have, (n,)."""
        if self.label is None:
            raise ValueError("metrics of classes want the classes that were asked for")
        return self.label

    def first(self, count: int) -> tuple[Tensor, Tensor]:
        """Return the first samples and real points that a costly metric looks at."""
        count //= self.shortened
        return self.x[:count], self.real[:count]

    @cached_property
    def fidelity(self) -> Fidelity:
        """Precision, recall, density and coverage."""
        return fidelity(*self.first(NEIGHBOUR_POINTS))


METRICS: dict[str, Callable[[Comparison], float]] = {
    "off_manifold": lambda c: off_manifold(c.x, c.dataset),
    "sliced_w2": lambda c: sliced_w2(c.x, c.real),
    "energy_distance": lambda c: energy_distance(*c.first(ENERGY_POINTS)),
    "spread": lambda c: spread(c.x),
    "modes_reached": lambda c: modes_reached(c.x, c.dataset),
    "mode_variation": lambda c: mode_variation(c.x, c.dataset),
    "mmd_squared": lambda c: mmd_squared(*c.first(NEIGHBOUR_POINTS)),
    "precision": lambda c: c.fidelity.precision,
    "recall": lambda c: c.fidelity.recall,
    "density": lambda c: c.fidelity.density,
    "coverage": lambda c: c.fidelity.coverage,
    "frechet_distance": lambda c: frechet_distance(digit_features(c.x), digit_features(c.real)),
    "memorised": lambda c: memorised(c.first(NEIGHBOUR_POINTS)[0], training_digits().x),
    "nearer_than_new": lambda c: nearer_than_new(
        c.first(NEIGHBOUR_POINTS)[0], held_out_digits().x, training_digits().x
    ),
    "class_accuracy": lambda c: class_accuracy(c.x, c.labels, c.dataset),
    "class_spread": lambda c: class_spread(c.x, c.labels),
    "class_sliced_w2": lambda c: class_sliced_w2(c.x, c.labels, c.real, c.dataset),
}
ANYWHERE = ("sliced_w2", "energy_distance", "spread")
CURVE = ("off_manifold", *ANYWHERE)
SEPARATE = (*CURVE, "modes_reached", "mode_variation")
ASKED = ("mmd_squared", "precision", "recall", "density", "coverage")  # costly: only if named
CLASSES = ("class_accuracy", "class_spread", "class_sliced_w2")  # if a class was asked for
COPIES = ("memorised", "nearer_than_new")  # of data that are few enough to be learnt by heart
ALWAYS: dict[str, tuple[str, ...]] = {
    "moons": CURVE,
    "grid25": SEPARATE,
    "ring8": SEPARATE,
    "checkerboard": SEPARATE,
    "digits": (*ANYWHERE, "modes_reached", "mode_variation", "frechet_distance", *COPIES),
}


def metrics_of(experiment: Experiment) -> list[str]:
    """Return the metrics of an experiment: those of its data, then those that it asks for.

    Raises:
        InputProblems: A metric that is unknown, or that means nothing on these data.
    """
    always = ALWAYS[experiment.data]
    allowed = {*always, *SEPARATE, *ASKED}
    if DATASETS[experiment.data].distance is None:
        allowed -= {"off_manifold"}
    wrong = [name for name in experiment.evaluate.metrics if name not in allowed]
    if wrong:
        message = f"`{wrong[0]}` is no metric of {experiment.data}"
        remedy = f"name some of {', '.join(sorted(allowed))}"
        raise evaluate_problem(experiment, ("metrics",), message, remedy)
    of_classes = CLASSES if METHODS[experiment.method].labelled else ()
    return list(dict.fromkeys((*always, *of_classes, *experiment.evaluate.metrics)))


def scores_of(
    experiment: Experiment, x: Tensor, real: Tensor, label: Tensor | None = None, parts: int = 1
) -> Scores:
    """Return the metrics of samples (n, dim), asked for by class or not, against real points.

    Args:
        parts: Where the samples are one of so many parts, the costly metrics look at that much
            less, so that all parts together look at as many points as the whole.
    """
    comparison = Comparison(x, real, DATASETS[experiment.data], label, parts)
    return {name: METRICS[name](comparison) for name in metrics_of(experiment)}
