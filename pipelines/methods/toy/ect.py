"""Easy consistency tuning (Geng et al. 2024, arXiv 2406.14548): from a denoiser, step by step.

    minimise E w |f(x0 + t z, t) - sg f(x0 + r z, r)|²,   w = 1 / (t - r) * 1 / sqrt(|.|² + c²)
    r = t max(0, 1 - n(t) / q^a),   n(t) = 1 + k sigmoid(-b t)      (the paper's mapping function)

The stage a rises from 1 while training. In the first, r = 0 for most t, and the loss is that of
the denoiser with which the student starts; then r closes in on t.

Different here: times beyond the lowest and highest level of the process are moved there, so that a
few of a hundred are exactly the highest; the student has the boundary scalings of consistency
models, which hold at a lowest level above 0; eight stages have equal shares of a short training.
"""

from __future__ import annotations

import math
from typing import Annotated

import torch
from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.critics import lognormal
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.losses import pseudo_huber
from pipelines.diffusion.randomness import gaussian
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, teacher_and_student

STEEP, TIMES = 1.0, 8.0  # b and k of n(t)


class Options(Strict):
    """What an experiment can set."""

    stages: Positive = 8  # how often r closes in on t
    factor: Annotated[float, Field(gt=1)] = 2.0  # q, by which the distance shrinks in a stage
    huber: NonNegativeFloat = 0.03  # c of the weight
    mean: float = -1.1  # of the lognormal of the levels
    deviation: PositiveFloat = 2.0  # the same


class TuningLoss(PlaneObjective):
    """Consistency training whose gap between levels narrows from a diffusion model's."""

    def __init__(self, student: Denoiser, options: Options) -> None:
        self.student, self.options = student, options
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted distance of f at two points of one line, over a batch (B, 2)."""
        options, process = self.options, EDM.process
        bounds = (1.01 * process.lowest, process.highest)
        t = lognormal(len(x0), options.mean, options.deviation, bounds, generator)
        r = nearer(t, progress, options).clamp_min(process.lowest)
        noise = gaussian(x0.shape, generator)
        with torch.no_grad():
            target = self.student(process.noised(x0, noise, r), r)
        found = self.student(process.noised(x0, noise, t), t)
        return (pseudo_huber(found, target, options.huber) / (t - r)).mean()


def nearer(t: Tensor, progress: float, options: Options) -> Tensor:
    """Return r(t), the mapping function, shaped like t."""
    stage = 1 + math.floor(progress * options.stages)
    share = (1 + TIMES * torch.sigmoid(-STEEP * t)) / options.factor**stage
    return t * (1 - share).clamp_min(0)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as a pretrained diffusion model."""
    options, _, _, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}, consistency=True
    )
    return TuningLoss(student, options)


rebuild = rebuild_with(EDM.process, EDM.consistency)
