"""What is timed of the plane: a thousand samples in one batch, by every sampler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from torch import Tensor

from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.samplers import last
from pipelines.diffusion.systems import System
from pipelines.evaluation.plane.evaluated_systems import guided_at, systems_of
from pipelines.evaluation.plane.networks import method_of, noise_of
from pipelines.evaluation.plane.sample_plane import fresh_noise
from pipelines.evaluation.timing import Run
from pipelines.methods.toy import Parent

SAMPLES = 1000


def plane_runs(name: str, trained: Mapping[str, Parent]) -> Iterator[Run]:
    """Yield every sampler and step count of one of the networks that are given."""
    experiment, weights = trained[name].experiment, trained[name].weights
    parents = {role: trained[parent] for role, parent in experiment.needs.items()}
    system = method_of(experiment).rebuild(experiment, weights, parents)
    noise = rows(SAMPLES, noise_of(experiment), stream("noise"))
    for sampling in systems_of(experiment):
        guided = guided_at(experiment, system, sampling.guidance)
        extra = fresh_noise(experiment, guided, sampling, SAMPLES)
        counted, counter = guided.counted()
        _sample(counted, sampling, noise[:1], [(level, fresh[:1]) for level, fresh in extra])
        act = partial(_sample, guided, sampling, noise, extra)
        key = SystemKey(experiment.name, sampling).key("seconds_per_1000")
        yield Run(key, act, counter.nfe)


def _sample(
    system: System, sampling: Sampling, noise: Tensor, extra: list[tuple[float, Tensor]]
) -> None:
    last(system.states(sampling.base, sampling.steps, noise, extra))
