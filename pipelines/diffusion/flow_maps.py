"""Flow maps: networks that jump from one time of a flow to any earlier one.

    jump(x_t, t, r) = x_t - (t - r) u(x_t, t, t - r)

u is the mean velocity over the way (MeanFlow), or the direction of a step of this size (shortcut
models); where r = t it is the velocity of flow matching. The identity at r = t needs no training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import Source
from pipelines.diffusion.systems import FLOW, Shape, System


class FlowMap(nn.Module):
    """A network of two conditioning numbers, the time and the size of the step, as a flow map."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def velocity(self, x: Tensor, t: Tensor, size: Tensor) -> Tensor:
        """Return u for points (B, 2); time and size (B, 1) or ()."""
        conditions = torch.cat([t.expand(len(x), 1), size.expand(len(x), 1)], dim=1)
        out: Tensor = self.network(x, conditions)
        return out

    def forward(self, x: Tensor, t: Tensor, to: Tensor | None = None) -> Tensor:
        """Return where the way through points (B, 2) at time t passes the time `to`, or 0."""
        size = t if to is None else t - to
        return x - size * self.velocity(x, t, size)


def new_flow_map(shape: Shape, generator: Source) -> FlowMap:
    """Return an untrained network of two conditions, or several as one."""
    return FlowMap(shape.fresh(FLOW.denoiser, generator).network)


def as_flow_map(weights: Weights, shape: Shape) -> Weights:
    """Return a velocity network's weights for a network that is told the size of a step, too.

    The features of the size have columns of zeros, so that at every size it says the velocity.

    Args:
        shape: Of the flow map: two conditions.
    """
    first, each = weights["hidden.0.weight"], shape.noise_frequencies
    waves = shape.dim * len(shape.frequencies) + each
    x, sines, cosines = first.split([shape.dim, waves, waves], dim=-1)
    parts = [x, *(nn.functional.pad(part, (0, each)) for part in (sines, cosines))]
    return {**weights, "hidden.0.weight": torch.cat(parts, dim=-1)}


def flow_map_system(shape: Shape, weights: Weights) -> System:
    """Return a trained network of two conditions, ready to jump from time to time."""
    return System(FLOW.process, FlowMap(shape.trained(FLOW.denoiser, weights).network))
