"""Arrays for figures alone: a network seen as a field, watched crowds, shares of the modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.keys import ArrayKey
from pipelines.diffusion.datasets import DATASETS, Dataset
from pipelines.diffusion.modes import mode_shares
from pipelines.diffusion.schedules import Process
from pipelines.diffusion.systems import System
from pipelines.registry import METHODS

RATIOS = (3.0, 1.0, 0.5, 0.2)  # noise over signal (sigma of EDM) at which a field is seen
SIDE = 21  # of the lattice of states
REACH = 2.3  # of the lattice, at unit variance
ELSEWHERE = {"flow_map", "generate"}  # samplers of networks that are no function of (x, level)
GRAIN = 400  # levels among which the nearest to a ratio is sought


def seen(experiment: Experiment, system: System, arrays: Arrays) -> Arrays:
    """Return what an experiment in the plane has besides its samples; nothing for others."""
    dataset = DATASETS[experiment.data]
    if dataset.dim != 2:
        return {}
    method = METHODS[experiment.method]
    field = ELSEWHERE.isdisjoint(method.samplers) and not method.labelled
    return mode_arrays(dataset, arrays) | (field_arrays(system) if field else {})


@torch.no_grad()
def field_arrays(system: System) -> Arrays:
    """Return the output of a network on a lattice of states, at a few levels of its process.

    The states lie on the same square lattice at every level once they are scaled to unit
    variance. The output is E[x0 | x] of a teacher, the consistency function of a student.
    """
    levels = [nearest_level(system.process, ratio) for ratio in RATIOS]
    pairs = [torch.stack(coefficients(system.process, level)) for level in levels]
    x = [pair.norm() * _lattice() for pair in pairs]
    clean = [system.denoise(states, level) for states, level in zip(x, levels, strict=True)]
    return {
        "field/parts": torch.stack(pairs).numpy(),
        "field/x": torch.stack(x).numpy(),
        "field/clean": torch.stack(clean).numpy(),
    }


def _lattice() -> Tensor:
    """Return a square lattice of points, shape (SIDE², 2)."""
    line = torch.linspace(-REACH, REACH, SIDE)
    return torch.cartesian_prod(line, line)


def nearest_level(process: Process, ratio: float) -> Tensor:
    """Return the level of a fine grid whose noise over signal is nearest, in ratio: shape ()."""
    levels = process.grid(GRAIN)
    signal, noise = coefficients(process, levels)
    away = (noise / signal.clamp_min(1e-6)).clamp_min(1e-6).log() - np.log(ratio)
    return levels[away.abs().argmin()]


def scales(process: Process, levels: Sequence[float]) -> np.ndarray:
    """Return the deviation of noised data of unit deviation at levels (k,): shape (k,)."""
    return torch.hypot(*coefficients(process, torch.tensor(levels))).numpy()


def coefficients(process: Process, level: Tensor) -> tuple[Tensor, Tensor]:
    """Return the coefficients of data and of noise at levels of any shape."""
    one, zero = torch.ones_like(level), torch.zeros_like(level)
    return process.noised(one, zero, level), process.noised(zero, one, level)


def mode_arrays(dataset: Dataset, arrays: Arrays) -> Arrays:
    """Return the middle of every mode of the real data, and the shares of all sample arrays."""
    real = torch.from_numpy(arrays["real"])
    mode = dataset.mode(real)
    centres = [real[mode == k].mean(0) for k in range(dataset.modes)]
    shares: Arrays = {}
    for name, x in arrays.items():
        key = ArrayKey.find(name)
        if key and key.of_samples:
            found = mode_shares(torch.from_numpy(x), dataset).float().numpy()
            shares[str(replace(key, kind="modes"))] = found
    return {"modes/centre": torch.stack(centres).numpy(), **shares}
