"""The arrays of a sample file: samples, recorded paths, and the worked example of a teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.keys import ArrayKey, Sampling
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.guidance import alternating
from pipelines.diffusion.randomness import rows
from pipelines.diffusion.samplers import ETAS, State
from pipelines.diffusion.systems import System
from pipelines.diffusion.trajectories import Trajectories, chosen, restart_indices, restarts
from pipelines.evaluation.plane.draws import REPORTED, evaluation_stream
from pipelines.evaluation.plane.evaluated_systems import (
    evaluate_problem,
    guided_at,
    reference_of,
    systems_of,
)
from pipelines.evaluation.plane.fields import scales, seen
from pipelines.evaluation.plane.networks import noise_of
from pipelines.registry import METHODS

PATHS = 64  # points whose way is recorded
FILMED = 256  # points whose way is recorded where it has few steps, to be watched
FILM_STEPS = 20
CHUNK = 2000  # rows that fit the processor's cache; whole turns of the classes


def renoising(
    experiment: Experiment, system: System, sampling: Sampling, count: int, draws: str = REPORTED
) -> list[tuple[float, Tensor]]:
    """Return each further level of multistep sampling with its noise, the same for all methods.

    `consistency-<name>` takes the levels of that schedule, `consistency` those for its step count.
    Levels that the experiment does not give are those of an even grid.
    """
    even = system.process.grid(sampling.steps).flip(0)[1:-1].tolist()
    usual = experiment.evaluate.levels.get(sampling.steps, tuple(even))
    levels = experiment.evaluate.schedules.get(sampling.schedule, usual)
    low, high = system.process.lowest, system.process.highest
    falling = all(a > b for a, b in pairwise((high, *levels, low)))
    if len(levels) != sampling.steps - 1 or not falling:
        name, steps = sampling.schedule, sampling.steps
        place: tuple[str | int, ...] = ("schedules", name) if name else ("levels", steps)
        message = f"the noise levels for {steps} steps do not fit"
        remedy = f"give {steps - 1}, falling, below {high:g} and above {low:g}"
        raise evaluate_problem(experiment, place, message, remedy)
    draw = noise_of(experiment)
    return [
        (x, rows(count, draw, evaluation_stream(draws, "renoise", i)))
        for i, x in enumerate(levels)
    ]


def fresh_noise(
    experiment: Experiment, system: System, sampling: Sampling, count: int, draws: str = REPORTED
) -> list[tuple[float, Tensor]]:
    """Return each level at which a sampler adds noise, with that noise: (count, dim)."""
    if sampling.base == "consistency":
        return renoising(experiment, system, sampling, count, draws)
    if sampling.sampler not in ETAS:
        return []
    levels, draw = system.process.levels(sampling.steps)[1:-1].tolist(), noise_of(experiment)
    return [
        (x, rows(count, draw, evaluation_stream(draws, "ancestral", i)))
        for i, x in enumerate(levels)
    ]


def sample_plane(
    experiment: Experiment,
    count: int,
    systems: Sequence[System],
    seeds: Sequence[int],
    parents: Sequence[Arrays] = (),
    draws: str = REPORTED,
) -> Arrays:
    """Return all arrays of a sample file: `count` points of every network and sampler.

    Args:
        systems: The replicas of the experiment, trained from `seeds`.
        parents: Arrays of the sample files of those that it learnt from.
        draws: Which noise and real data, of `evaluation.plane.draws`.
    """
    sampler = PlaneSampler(experiment, count, draws)
    arrays = sampler.common()
    for seed, system in zip(seeds, systems, strict=True):
        arrays |= sampler.samples(system, seed)
    if experiment.evaluate.reference:
        arrays |= teacher_arrays(sampler, systems[0], arrays)
    jumps = "consistency" in METHODS[experiment.method].samplers
    for parent in parents if jumps else ():
        arrays |= worked_jump(systems[0], parent)
    return arrays | seen(experiment, systems[0], arrays)


@dataclass(frozen=True)
class PlaneSampler:
    """Samples `count` points of an experiment."""

    experiment: Experiment
    count: int
    draws: str = REPORTED
    noise: Tensor = field(init=False)

    def __post_init__(self) -> None:
        generator = evaluation_stream(self.draws, "noise")
        object.__setattr__(self, "noise", rows(self.count, noise_of(self.experiment), generator))

    def common(self) -> Arrays:
        """Return what is the same for every experiment on these data."""
        dataset = DATASETS[self.experiment.data]
        draw = dataset.fresh or dataset.draw  # judged by what no training has seen
        real = rows(self.count, draw, evaluation_stream(self.draws, "real", self.experiment.data))
        return {"noise": self.noise.numpy(), "real": real.numpy()} | self.labels()

    def labels(self) -> Arrays:
        """Return the class that each row asks for, of a network that is told one: (n,)."""
        if not METHODS[self.experiment.method].labelled:
            return {}
        classes = DATASETS[self.experiment.data].modes
        return {"label": alternating(self.noise, classes)[:, 0].numpy()}

    def samples(self, system: System, seed: int) -> Arrays:
        """Return the samples of one network, and for the first seed the paths and NFE."""
        arrays: Arrays = {}
        for sampling in systems_of(self.experiment):
            x, path, nfe = self.sampled(system, sampling)
            found = {ArrayKey.of_seed(sampling, seed): x.numpy()}
            if seed == self.experiment.seed:
                found |= {
                    ArrayKey(sampling, "x", "path"): path.x[:, :PATHS].numpy(),
                    ArrayKey(sampling, "level", "path"): np.asarray(path.level, dtype=np.float32),
                    ArrayKey(sampling, "scale", "path"): scales(system.process, path.level),
                    ArrayKey(sampling, kind="nfe"): np.asarray([nfe], dtype=np.float32),
                }
                if sampling.steps <= FILM_STEPS and x.shape[1] == 2:
                    found[ArrayKey(sampling, "x", "film")] = path.x.numpy()
            arrays |= {str(key): array for key, array in found.items()}
        return arrays

    @torch.no_grad()
    def sampled(self, network: System, sampling: Sampling) -> tuple[Tensor, Trajectories, int]:
        """Sample all points; return them, the first paths, and the evaluations they took."""
        system = guided_at(self.experiment, network, sampling.guidance)
        extra = fresh_noise(self.experiment, system, sampling, self.count, self.draws)
        ends, path, nfe = [], list[State](), 0
        for first in range(0, self.count, CHUNK):
            part = slice(first, first + CHUNK)
            counted, counter = system.counted()
            fresh = [(level, noise[part]) for level, noise in extra]
            states = counted.states(sampling.base, sampling.steps, self.noise[part], fresh)
            for x, level in states:
                if first == 0:
                    path.append((x[:FILMED].clone(), level))
            ends.append(x)
            nfe = counter.nfe
        return torch.cat(ends), Trajectories.from_states(path), nfe


def teacher_arrays(sampler: PlaneSampler, system: System, arrays: Arrays) -> Arrays:
    """Return the worked example, the restarts and the one-step output of a teacher.

    One with classes has none: its trajectories depend on more than the starting point.
    """
    if METHODS[sampler.experiment.method].labelled:
        return {}
    exact = reference_of(sampler.experiment)
    level = tuple(arrays[str(ArrayKey(exact, "level", "path"))].tolist())
    x = arrays[str(ArrayKey(exact, "x", "path"))]
    paths = Trajectories(torch.from_numpy(x), level)
    a, b = (paths.nearest(level) for level in system.process.halfway)
    point = chosen(paths, a, b)
    again = restarts(system, exact.sampler, exact.steps, paths)
    at = restart_indices(exact.steps)
    return {
        "worked/x": paths.x[[a, b], point].numpy(),
        "worked/level": np.asarray([level[a], level[b]], dtype=np.float32),
        "worked/path": paths.x[:, point].numpy(),
        "worked/end": paths.x[-1, point].numpy(),
        "worked/restarts": again[:, point].numpy(),
        "worked/restart_x": paths.x[at, point].numpy(),
        "worked/restart_level": np.asarray([level[i] for i in at], dtype=np.float32),
        "restarts": again.numpy(),
        "posterior_mean": _jumped(system, system.process.start(sampler.noise)),
    }


def worked_jump(system: System, parent: Arrays) -> Arrays:
    """Return a student's outputs at the two points of its teacher's worked example, if any."""
    if "worked/x" not in parent:
        return {}
    x, level = torch.from_numpy(parent["worked/x"]), torch.from_numpy(parent["worked/level"])
    return {"worked/jump": _jumped(system, x, level[:, None])}


@torch.no_grad()
def _jumped(system: System, x: Tensor, level: Tensor | None = None) -> np.ndarray:
    at = torch.tensor(system.process.highest) if level is None else level
    return system.denoise(x, at).numpy()
