"""Latent consistency distillation: the solver's step, the boundary condition, the loss.

Luo et al. 2023 (arXiv 2310.04378), section 4: the student learns that two neighbouring points of
one trajectory of the guided ODE have the same end. The trajectory's step from t_{n+k} to t_n is
one step of DDIM under guidance (equation 17 and algorithm 1); k is the skipping step.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.methods.latent.process import Process

SIGMA_DATA = 0.5  # both as in LCMScheduler
TIMESTEP_SCALING = 10.0


def boundary(t: Tensor) -> tuple[Tensor, Tensor]:
    """Return c_skip and c_out at times (B,), shape (B, 1, 1, 1): 1 and 0 at t = 0."""
    scaled = (TIMESTEP_SCALING * t.float())[:, None, None, None]
    total = scaled.square() + SIGMA_DATA**2
    return SIGMA_DATA**2 / total, scaled / total.sqrt()


def ends(process: Process, x_t: Tensor, v: Tensor, t: Tensor) -> Tensor:
    """Return f(x_t, t) = c_skip x_t + c_out x0, where the student jumps to."""
    c_skip, c_out = boundary(t)
    x0, _ = process.split(x_t, v, t)
    return c_skip * x_t + c_out * x0


def pseudo_huber(x: Tensor, y: Tensor, c: float) -> Tensor:
    """Return the mean of sqrt((x - y)² + c²) - c over all numbers."""
    return (((x - y).square() + c**2).sqrt() - c).mean()


def solver_grid(skip: int, steps: int = 50) -> tuple[Tensor, int]:
    """Return the times 19, 39, … 999 that a student starts from, and how far a step goes down."""
    apart = 1000 // steps
    return torch.arange(1, steps + 1) * apart - 1, skip
