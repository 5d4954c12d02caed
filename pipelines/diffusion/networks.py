"""The network of all small models: a small multilayer perceptron on Fourier features.

Without Fourier features of the point itself a network of this size cannot draw thin curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


class PointMLP(nn.Module):
    """F(x, c): a point and conditioning numbers (the noise level, scaled) to a point.

    Args:
        frequencies: Of the sines and cosines of each coordinate.
        noise_frequencies: How many frequencies, from 1/4 to 16, the noise level gets.
        conditions: How many conditioning numbers: a level, or a level and a step size.
        dim: Of the points. Each frequency adds 2 dim inputs: many dimensions want none.
    """

    x_frequencies: Tensor
    c_frequencies: Tensor

    def __init__(
        self,
        hidden: int,
        layers: int,
        frequencies: Sequence[float],
        noise_frequencies: int,
        conditions: int = 1,
        dim: int = 2,
    ) -> None:
        super().__init__()
        geometric = torch.logspace(-2, 4, noise_frequencies, base=2.0)
        self.register_buffer("x_frequencies", torch.tensor(frequencies), persistent=False)
        self.register_buffer("c_frequencies", geometric, persistent=False)
        width = dim + 2 * dim * len(frequencies) + 2 * noise_frequencies * conditions
        sizes = [width] + [hidden] * layers
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.last = nn.Linear(hidden, dim)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Map points (B, dim) and conditioning (B, conditions) to (B, dim)."""
        h = self.features(x, c)
        for layer in self.hidden:
            h = nn.functional.silu(layer(h))
        out: Tensor = self.last(h)
        return out

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return the points beside sines and cosines of them and of the conditioning."""
        of_x = (x[:, :, None] * self.x_frequencies).flatten(1)
        of_c = (c[:, :, None] * self.c_frequencies).flatten(1)
        angles = torch.cat([of_x, of_c], dim=1)
        return torch.cat([x, angles.sin(), angles.cos()], dim=1)


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw all weights from `generator`: uniform within 1/sqrt(fan-in), torch's own default."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            bound = layer.in_features**-0.5
            nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
