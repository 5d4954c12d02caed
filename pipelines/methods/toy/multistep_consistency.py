"""Multistep consistency (Heek, Hoogeboom & Salimans 2024, arXiv 2403.06807, Algorithm 1).

The levels are cut into segments; the student's x0 estimate, followed by a DDIM step, need only be
consistent down to the lower end of its segment. One segment is consistency distillation, very
many are the teacher itself:

    x_s = a step of the teacher, t → s;   z = DDIM(f(x_s, s), x_s, s → end of the segment)
    minimise |f(x_t, t) - inverse DDIM(z, x_t, t → end)|²

Different here: the step is Heun's without the paper's aDDIM correction, the number of teacher
steps is fixed, and the error is weighted by 1 / c_out² of its level, at most 400.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.losses import squared
from pipelines.diffusion.randomness import gaussian, integers
from pipelines.diffusion.samplers import heun_step
from pipelines.diffusion.schedules import Segmented
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, teacher_and_student

PROCESS = Segmented()
HEAVIEST = 400.0


class Options(Strict):
    """What an experiment can set."""

    segments: Positive = 4  # as many steps as its sampler `euler` takes
    intervals: Positive = 8  # of the teacher, in each segment


class SegmentLoss(PlaneObjective):
    """Consistency within each of a few segments of the trajectory."""

    def __init__(self, student: Denoiser, teacher: Denoise, options: Options) -> None:
        self.student, self.teacher, self.options = student, teacher, options
        self.network = student.network
        grid = PROCESS.grid(options.segments * options.intervals)
        self.grid = torch.cat([grid.new_zeros(1), grid[1:]])
        self.ends = self.grid[:: options.intervals]

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Return the weighted error of the x0 estimate over a batch (B, 2)."""
        grid, device = self.grid.to(x0.device), x0.device
        n = integers(len(grid) - 1, len(x0), generator)
        low, high = grid[n], grid[n + 1]
        end = self.ends.to(device)[n.div(self.options.intervals, rounding_mode="floor")]
        noise = gaussian(x0.shape, generator)
        x_t = PROCESS.noised(x0, noise, high)
        with torch.no_grad():
            target = self.target(x_t, high, low, end)
        weight = (self.student.scalings(high).c_out ** -2).clamp_max(HEAVIEST)
        return (weight * squared(self.student(x_t, high), target)).mean()

    def target(self, x_t: Tensor, high: Tensor, low: Tensor, end: Tensor) -> Tensor:
        """Return the x0 estimate that lands where the student's own does from one step below."""
        above = low.clamp_min(PROCESS.lowest)  # no step of a solver is defined at 0
        x_s = heun_step(self.teacher, x_t, high, above)
        landed = landing(self.student(x_s, above), x_s, above, end)
        landed = torch.where((low == end) & (end > 0), x_s, landed)
        return undone(landed, x_t, high, end)


def landing(pred_x0: Tensor, x: Tensor, level: Tensor, end: Tensor) -> Tensor:
    """Return DDIM's step from `level` to `end`."""
    return pred_x0 + end / level * (x - pred_x0)


def undone(z: Tensor, x: Tensor, level: Tensor, end: Tensor) -> Tensor:
    """Return the x0 estimate with which DDIM steps from x to z."""
    share = end / level
    return (z - share * x) / (1 - share)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a student that starts as its teacher."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}
    )
    return SegmentLoss(student, teacher, options)


rebuild = rebuild_with(PROCESS, EDM.denoiser)
