"""Guided consistency distillation, after latent consistency models (LCM).

Luo et al. 2023 (arXiv 2310.04378), sections 4.2 and 4.3, Algorithm 1:

    augmented PF-ODE       dx/dsigma = (x - D_w(x, sigma, c)) / sigma, guided by w = 1 + omega
    one stage              the guided teacher's step replaces the plain one; w is drawn evenly from
                           [lowest, highest] and the student is told it
    skipping steps         x_hi at level n + k, one solver step of k levels down to n;
                           minimise |f(x_hi, w, c, n + k) - target(x_lo, w, c, n)|²

The solver is DDIM, which on these levels is Euler's method: guided increments add up as in the
paper, z + (1 + omega) Psi(c) - omega Psi(null). `heun` solves the guided ODE to second order (the
paper also tries DPM-Solver++). With lowest = highest the student is not told w: it is distilled at
one guidance, as LCM-LoRA is (Luo et al. 2023, arXiv 2311.05556).

Different here: the data are points, so there is no latent space; levels are those of EDM; the
scalings hold the boundary at the lowest level, and the target follows with 0.95.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import NonNegativeFloat, ValidationInfo, field_validator
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.conditional import with_more_inputs
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.distilling import DistillationLoss
from pipelines.diffusion.guidance import Classify, Guided, guided
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import gaussian, integers, uniform
from pipelines.diffusion.samplers import heun_step, slope
from pipelines.diffusion.systems import EDM, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Decay, Parents, family_of, labelled_shape_of, options_of


class Options(Strict):
    """What an experiment can set."""

    intervals: Positive = 72  # of the fine grid of noise levels
    skip: Positive = 4  # k, levels in one jump of the solver; 1: neighbours
    lowest: NonNegativeFloat = 1.0  # of the guidance w; if it is the highest too,
    highest: NonNegativeFloat = 4.0  # the student knows only that one
    solver: Literal["ddim", "heun"] = "ddim"  # of the guided teacher's jump
    target_ema: Decay = 0.95  # decay of the target; 0: the current weights

    @field_validator("skip")
    @classmethod
    def _within_the_grid(cls, skip: int, info: ValidationInfo) -> int:
        if skip > info.data.get("intervals", skip):
            raise ValueError("a jump is longer than the grid: give at most `intervals`")
        return skip

    @field_validator("highest")
    @classmethod
    def _above_the_lowest(cls, highest: float, info: ValidationInfo) -> float:
        if highest < info.data.get("lowest", highest):
            raise ValueError("below `lowest`")
        return highest

    @property
    def takes_guidance(self) -> bool:
        """Whether the student is told a guidance scale."""
        return self.lowest < self.highest

    @property
    def usual(self) -> float:
        """Return the guidance where none is asked for: none, or the nearest to it."""
        return min(max(1.0, self.lowest), self.highest)


class GuidedDistillationLoss(DistillationLoss):
    """The squared distance of f at two levels of one guided trajectory, k levels apart."""

    def __init__(
        self, student: Denoiser, teacher: Denoiser, options: Options, classify: Classify
    ) -> None:
        super().__init__(student, teacher, EDM, options)
        self.options, self.classify = options, classify

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the mean distance over a batch (B, dim); each point has its own w."""
        grid, skip = self.grid.to(x0.device), self.options.skip
        n = integers(len(grid) - skip, len(x0), generator)
        low, high = grid[n], grid[n + skip]
        label = self.classify(x0).to(x0)[:, None]
        lowest, highest = self.options.lowest, self.options.highest
        w = lowest + (highest - lowest) * uniform(len(x0), generator)
        x_hi = self.process.noised(x0, gaussian(x0.shape, generator), high)
        condition = (label, w) if self.options.takes_guidance else (label,)
        with torch.no_grad():
            x_lo = self.jumped(x_hi, high, low, label, w)
            target = self.target(x_lo, low, *condition)
        return self.distance(self.student(x_hi, high, *condition), target)

    def jumped(self, x: Tensor, high: Tensor, low: Tensor, label: Tensor, w: Tensor) -> Tensor:
        """Return the solver's step of the augmented ODE from `high` to `low`, both (B, 1)."""

        def guided_denoise(x: Tensor, level: Tensor) -> Tensor:
            return guided(self.teacher, x, level, label, w)

        if self.options.solver == "heun":
            return heun_step(guided_denoise, x, high, low)
        return x + (low - high) * slope(guided_denoise, x, high)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student of the guided trajectories of its teacher."""
    options, teacher = options_of(experiment, Options), parents["teacher"]
    family_of(experiment, parents, {"guided_edm": EDM})
    frozen = labelled_shape_of(teacher.experiment).trained(EDM.denoiser, teacher.weights)
    shape = labelled_shape_of(experiment, options.takes_guidance)
    student = shape.fresh(EDM.consistency, generator)
    columns = 2 * experiment.network.noise_frequencies if options.takes_guidance else 0
    student.network.load_state_dict(with_more_inputs(teacher.weights, columns))
    return GuidedDistillationLoss(student, frozen, options, DATASETS[experiment.data].mode)


def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
    """Return the student, guided in one evaluation."""
    options = options_of(experiment, Options)
    takes = options.takes_guidance
    shape, known = labelled_shape_of(experiment, takes), None if takes else options.highest
    f = shape.trained(EDM.consistency, weights)
    guided_f = Guided(f, shape.classes, options.usual, takes_guidance=takes, known=known)
    return System(EDM.process, guided_f)
