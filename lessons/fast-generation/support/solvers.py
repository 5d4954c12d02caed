"""Solvers that walk from noise to data: each takes a denoiser, points and levels."""

from itertools import pairwise

import torch


def euler(denoise, x, levels):
    """Euler's method: one evaluation a step."""
    for t, s in pairwise(levels):
        x = x + (s - t) * (x - denoise(x, t)) / t
    return x


def heun(denoise, x, levels):
    """Heun's method: two evaluations a step, but one for the last, which goes to level 0."""
    for t, s in pairwise(levels):
        slope = (x - denoise(x, t)) / t
        guess = x + (s - t) * slope
        if s > 0:
            guess = x + (s - t) * (slope + (guess - denoise(guess, s)) / s) / 2
        x = guess
    return x


def multistep(denoise, x, levels):
    """DPM-Solver++(2M) for levels of the diffusion teacher: one evaluation a step."""
    before = None
    for t, s in pairwise(levels):
        x0, h = denoise(x, t), (t / s).log()
        guess = x0
        if before is not None and s > 0:
            guess = x0 + h / (2 * before[1]) * (x0 - before[0])
        x = s / t * x + (1 - s / t) * guess
        before = x0, h
    return x


def jumps(f, x, levels, fresh, eps=0.01):
    """A consistency model in several steps, jump after jump: one evaluation a level."""
    x = f(x, levels[0])
    for level, z in zip(levels[1:], fresh, strict=False):
        x = f(x + (level**2 - eps**2) ** 0.5 * z, level)
    return x


def flow_levels(steps):
    """Return evenly spaced levels of a flow, from 1 down to 0."""
    return torch.linspace(1.0, 0.0, steps + 1)
