"""The point network with a class, and perhaps a guidance, as further inputs.

What it is told beside the level comes last among the features, and the first layer is linear: the
columns behind the one-hot class *are* the embeddings of the classes, and those behind the guidance
its projection. A network without them becomes one with them by columns of zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from pipelines.diffusion.networks import PointMLP, Weights
from pipelines.diffusion.systems import Shape

LARGEST = 4.0  # guidance is told in its units, as the level is told as ln(sigma) / 4


class LabelledMLP(PointMLP):
    """F(x, c), c = (level, label) or (level, label, guidance), shapes (B, dim) and (B, 2 or 3).

    Args:
        classes: Labels 0 … classes - 1; any other, the null label, has no column: zeros.
        guided: The network is conditioned on a guidance, too.
        point: Of the point network: see `PointMLP`.
    """

    def __init__(self, *, classes: int, guided: bool, **point: Any) -> None:
        super().__init__(**point)
        self.classes, self.guided = classes, guided
        more = classes + (2 * len(self.c_frequencies) if guided else 0)
        first = cast(nn.Linear, self.hidden[0])
        self.hidden[0] = nn.Linear(first.in_features + more, first.out_features)

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return those of the point and the level, then the class, then those of the guidance."""
        one_hot = c[:, 1:2] == torch.arange(self.classes).to(c)
        parts = [super().features(x, c[:, :1]), one_hot.to(x)]
        if self.guided:
            angles = c[:, 2:] / LARGEST * self.c_frequencies
            parts += [angles.sin(), angles.cos()]
        return torch.cat(parts, dim=1)


@dataclass(frozen=True)
class LabelledShape(Shape):
    """The size of a point network that is told a class."""

    classes: int = 2
    guided: bool = False

    def _network(self) -> LabelledMLP:
        return LabelledMLP(**vars(self))


def with_more_inputs(weights: Weights, columns: int) -> Weights:
    """Return weights for a network with `columns` further features, which do nothing yet.

    ControlNet's zero initialisation (Zhang et al. 2023, arXiv 2302.05543).
    """
    first = nn.functional.pad(weights["hidden.0.weight"], (0, columns))
    return {**weights, "hidden.0.weight": first}
