"""A system: a noise process with a denoiser (or consistency function) for it, ready to sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    trig_scalings,
)
from pipelines.diffusion.guidance import Guided
from pipelines.diffusion.networks import Ensemble, PointMLP, Weights, initialise
from pipelines.diffusion.randomness import Source, members
from pipelines.diffusion.samplers import ETAS, ODE_SAMPLERS, States, consistency, ddim, flow_map
from pipelines.diffusion.schedules import FlowMatching, Process, TrigFlow, VarianceExploding
from pipelines.diffusion.variance_preserving import (
    BETAS,
    noise_consistency_scalings,
    noise_scalings,
    variance_preserving,
)

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
TRIG = Family(TrigFlow(), trig_scalings, trig_scalings)


def _noise_family(betas: str) -> Family:
    process = variance_preserving(betas, cut=_exploding.highest)
    ends = partial(noise_consistency_scalings, betas=betas, lowest=process.lowest)
    return Family(process, partial(noise_scalings, betas=betas), ends)


# x - sigma F carries the error of F sigma times, and where next to no signal is left nothing mends
# it. So sampling starts below the last times, whose sigma goes to 157 with linear betas and to
# 20 000 with cosine ones; from 10 on, x_T ~ N(0, 1 + sigma²) is right to a hundredth.
DDPM = {betas: _noise_family(betas) for betas in BETAS}


@dataclass(frozen=True)
class Shape:
    """The size of a point network."""

    hidden: int
    layers: int
    frequencies: Sequence[float]
    noise_frequencies: int
    conditions: int = 1  # conditioning numbers: the level, perhaps also a step size
    dim: int = 2  # of the points

    def fresh(self, scalings: Rescale, generator: Source) -> Denoiser:
        """Return a denoiser around a network with random weights, or around several as one."""
        networks = [self._network().to(one.device) for one in members(generator)]
        for network, one in zip(networks, members(generator), strict=True):
            initialise(network, one)
        alone = isinstance(generator, torch.Generator)
        return Denoiser(networks[0] if alone else Ensemble(networks), scalings)

    def trained(self, scalings: Rescale, weights: Weights) -> Denoiser:
        """Return a frozen denoiser around a network with given weights, or around an ensemble."""
        alone, last = self._network().to(weights["last.weight"].device), weights["last.weight"]
        network = alone if last.dim() == 2 else Ensemble([alone] * len(last))
        network.load_state_dict(weights)
        return Denoiser(network, scalings).requires_grad_(False)

    def _network(self) -> PointMLP:
        return PointMLP(**vars(self))


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
            renoise: Each further level with fresh noise, of multistep consistency sampling and
                of the stochastic samplers.
        """
        x = self.process.start(noise)
        if sampler == "consistency":
            further, noises = [level for level, _ in renoise], [extra for _, extra in renoise]
            return consistency(self.denoise, x, self.process, further, noises)
        if sampler == "generate":
            if steps != 1:
                raise ValueError(f"a generator has one step, not {steps}")
            return consistency(self.denoise, x, self.process, (), ())
        levels = self.process.levels(steps).to(noise.device)
        if sampler in ETAS:
            return ddim(self.denoise, x, levels, (extra for _, extra in renoise), ETAS[sampler])
        if sampler == "flow_map":
            return flow_map(self.denoise, x, levels)
        return ODE_SAMPLERS[sampler](self.denoise, x, levels)

    def counted(self) -> tuple[System, Counted]:
        """Return this system with its evaluations counted, and the counter.

        Of a guided denoiser those of the network count: two a step.
        """
        if isinstance(self.denoise, Guided):
            counter = Counted(self.denoise.denoise)
            return System(self.process, replace(self.denoise, denoise=counter)), counter
        counter = Counted(self.denoise)
        return System(self.process, counter), counter

    def guided(self, guidance: float | None) -> System:
        """Return this system at a guidance; None: as it is.

        Raises:
            TypeError: The network is not conditioned on a class.
        """
        if guidance is None:
            return self
        if not isinstance(self.denoise, Guided):
            raise TypeError("only a network that is told a class can be guided")
        return System(self.process, self.denoise.at(guidance))
