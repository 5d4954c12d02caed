"""The networks of all small models: small multilayer perceptrons, one or several as one.

Without Fourier features of the point itself a network of this size cannot draw thin curves.

Small networks on one core spend much of a step on calls, not on arithmetic; three at once share
the calls. In an ensemble each keeps its own random numbers and meets no other: the results are
those of separate trainings, but for the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


class FeatureMLP(nn.Module):
    """Features of the inputs, `layers` hidden layers of `hidden` units, and a linear layer.

    A subclass says what the features are, (B, width) from inputs of B rows each.
    """

    activation: Callable[[Tensor], Tensor] = staticmethod(nn.functional.silu)
    features: Callable[..., Tensor]

    def __init__(self, width: int, hidden: int, layers: int, out: int) -> None:
        super().__init__()
        sizes = [width] + [hidden] * layers
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.last = nn.Linear(hidden, out)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Map inputs of B rows each to (B, out)."""
        h = self.features(*inputs)
        for layer in self.hidden:
            h = self.activation(layer(h))
        out: Tensor = self.last(h)
        return out


class PointMLP(FeatureMLP):
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
        width = dim + 2 * dim * len(frequencies) + 2 * noise_frequencies * conditions
        super().__init__(width, hidden, layers, dim)
        geometric = torch.logspace(-2, 4, noise_frequencies, base=2.0)
        self.register_buffer("x_frequencies", torch.tensor(frequencies), persistent=False)
        self.register_buffer("c_frequencies", geometric, persistent=False)

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return points (B, dim) beside sines and cosines of them and of c (B, conditions)."""
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


class Stacked(nn.Module):
    """R linear layers: (R, B, in) to (R, B, out)."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.stack([layer.weight.detach() for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach() for layer in layers]))

    def forward(self, h: Tensor) -> Tensor:
        """Return what each member's layer makes of its own batch, (members, batch, out)."""
        return torch.baddbmm(self.bias[:, None], h, self.weight.transpose(1, 2))


class Ensemble(nn.Module):
    """R networks of one shape as one: weights under the names of one, R their first dimension."""

    def __init__(self, networks: Sequence[FeatureMLP]) -> None:
        super().__init__()
        self.count, self._activation = len(networks), networks[0].activation
        self._features = networks[0].features  # no weights: one for all
        layers = zip(*(network.hidden for network in networks), strict=True)
        self.hidden = nn.ModuleList(Stacked(alike) for alike in layers)
        self.last = Stacked([network.last for network in networks])

    def forward(self, *inputs: Tensor) -> Tensor:
        """Map inputs of R B rows, the B of the first network first, to (R B, out)."""
        h = self._features(*inputs).view(self.count, len(inputs[0]) // self.count, -1)
        for layer in self.hidden:
            h = self._activation(layer(h))
        out: Tensor = self.last(h).flatten(0, 1)
        return out

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Take the weights of an ensemble, or those of one network for all."""
        own = self.state_dict()
        wide = {name: weight.expand_as(own[name]) for name, weight in state_dict.items()}
        return super().load_state_dict(wide, strict, assign)


def stacked(each: Sequence[Weights]) -> Weights:
    """Return the weights of an ensemble from those of its networks."""
    return {name: torch.stack([weights[name] for weights in each]) for name in each[0]}


def member(weights: Weights, index: int) -> Weights:
    """Return the weights of one network of an ensemble."""
    return {name: weight[index].clone() for name, weight in weights.items()}
