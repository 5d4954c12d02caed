"""Networks of one shape, trained together from different seeds: one matrix product for all.

Small networks on one core spend much of a step on calls, not on arithmetic; three at once share
the calls. Each keeps its own random numbers and meets no other: the results are those of separate
trainings, but for the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from pipelines.diffusion.networks import PointMLP, Weights


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
    """R point networks as one: weights under the names of one network, R their first dimension."""

    def __init__(self, networks: Sequence[PointMLP]) -> None:
        super().__init__()
        self.count = len(networks)
        self._features = networks[0].features  # no weights: one for all
        layers = zip(*(network.hidden for network in networks), strict=True)
        self.hidden = nn.ModuleList(Stacked(alike) for alike in layers)
        self.last = Stacked([network.last for network in networks])

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Map points (R B, dim), the B of the first network first, to (R B, dim)."""
        h = self._features(x, c).view(self.count, len(x) // self.count, -1)
        for layer in self.hidden:
            h = nn.functional.silu(layer(h))
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
