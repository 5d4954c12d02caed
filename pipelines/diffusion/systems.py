"""A system: a noise process with a denoiser (or consistency function) for it, ready to sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from pipelines.diffusion.denoisers import (
    Counted,
    Denoise,
    Denoiser,
    Scalings,
    consistency_scalings,
    edm_scalings,
    flow_consistency_scalings,
    flow_scalings,
)
from pipelines.diffusion.networks import PointMLP, Weights, initialise
from pipelines.diffusion.samplers import ODE_SAMPLERS, States, consistency
from pipelines.diffusion.schedules import FlowMatching, Process, VarianceExploding

Rescale = Callable[[Tensor], Scalings]


@dataclass(frozen=True)
class Family:
    """A noise process, and how a network becomes its denoiser or its consistency function."""

    process: Process
    denoiser: Rescale
    consistency: Rescale


_exploding = VarianceExploding()
EDM = Family(_exploding, edm_scalings, partial(consistency_scalings, lowest=_exploding.lowest))
_straight = FlowMatching()
FLOW = Family(
    _straight, flow_scalings, partial(flow_consistency_scalings, lowest=_straight.lowest)
)


@dataclass(frozen=True)
class Shape:
    """The size of a point network."""

    hidden: int
    layers: int
    frequencies: Sequence[float]
    noise_frequencies: int

    def fresh(self, scalings: Rescale, generator: torch.Generator) -> Denoiser:
        """Return a denoiser around a network with random weights."""
        network = self._network().to(generator.device)
        initialise(network, generator)
        return Denoiser(network, scalings)

    def trained(self, scalings: Rescale, weights: Weights) -> Denoiser:
        """Return a frozen denoiser around a network with given weights."""
        network = self._network().to(weights["last.weight"].device)
        network.load_state_dict(weights)
        return Denoiser(network, scalings).requires_grad_(False)

    def _network(self) -> PointMLP:
        return PointMLP(self.hidden, self.layers, self.frequencies, self.noise_frequencies)


@dataclass(frozen=True)
class System:
    """What can be sampled from."""

    process: Process
    denoise: Denoise

    def states(
        self, sampler: str, steps: int, noise: Tensor, renoise: Sequence[tuple[float, Tensor]] = ()
    ) -> States:
        """Return the states of a sampler from starting noise (B, 2).

        Args:
            renoise: Of multistep consistency sampling: each further level, with fresh noise.
        """
        x = self.process.start(noise)
        if sampler == "consistency":
            further, noises = [level for level, _ in renoise], [extra for _, extra in renoise]
            return consistency(self.denoise, x, self.process, further, noises)
        levels = self.process.levels(steps).to(noise.device)
        return ODE_SAMPLERS[sampler](self.denoise, x, levels)

    def counted(self) -> tuple[System, Counted]:
        """Return this system with its evaluations counted, and the counter."""
        counter = Counted(self.denoise)
        return System(self.process, counter), counter
