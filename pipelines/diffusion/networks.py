"""The network of all 2D models: a small multilayer perceptron on Fourier features.

Without Fourier features of the point itself a network of this size cannot draw thin curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


class PointMLP(nn.Module):
    """F(x, c): a point and a conditioning number (the noise level, scaled) to a point.

    Args:
        frequencies: Of the sines and cosines of each coordinate.
        noise_frequencies: How many frequencies, from 1/4 to 16, the noise level gets.
    """

    x_frequencies: Tensor
    c_frequencies: Tensor

    def __init__(
        self, hidden: int, layers: int, frequencies: Sequence[float], noise_frequencies: int
    ) -> None:
        super().__init__()
        geometric = torch.logspace(-2, 4, noise_frequencies, base=2.0)
        self.register_buffer("x_frequencies", torch.tensor(frequencies), persistent=False)
        self.register_buffer("c_frequencies", geometric, persistent=False)
        width = 2 + 4 * len(frequencies) + 2 * noise_frequencies
        sizes = [width] + [hidden] * layers
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.last = nn.Linear(hidden, 2)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Map points (B, 2) and conditioning (B, 1) to (B, 2)."""
        angles = torch.cat(
            [(x[:, :, None] * self.x_frequencies).flatten(1), c * self.c_frequencies], dim=1
        )
        h = torch.cat([x, angles.sin(), angles.cos()], dim=1)
        for layer in self.hidden:
            h = nn.functional.silu(layer(h))
        out: Tensor = self.last(h)
        return out


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw all weights from `generator`: uniform within 1/sqrt(fan-in), torch's own default."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            bound = layer.in_features**-0.5
            nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
