"""Samplers: generators over the states (x_t, level) of a batch on its way from noise to data.

The ODE samplers integrate dx/dlevel = (x - D(x, level)) / level through given falling levels, of
which the last may be 0; every state is yielded, the first included. A step is one interval of
levels, however many evaluations of the denoiser it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Denoise
from pipelines.diffusion.schedules import Process
from pipelines.diffusion.unipc import unipc

State = tuple[Tensor, float]  # (B, 2) and its noise level
States = Iterator[State]
Jump = Callable[..., Tensor]  # x, its level, the level to reach → x there


def slope(denoise: Denoise, x: Tensor, level: Tensor) -> Tensor:
    """Return dx/dlevel of the probability-flow ODE, shape (B, 2)."""
    return (x - denoise(x, level)) / level


def heun_step(denoise: Denoise, x: Tensor, high: Tensor, low: Tensor) -> Tensor:
    """Return the state at `low` by the trapezoidal rule. Levels (B, 1) or (), low > 0."""
    first = slope(denoise, x, high)
    second = slope(denoise, x + (low - high) * first, low)
    return x + (low - high) * (first + second) / 2


def euler(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with Euler's method: first order, one evaluation a step. On EDM levels: DDIM."""
    yield x, levels[0].item()
    for high, low in pairwise(levels):
        x = x + (low - high) * slope(denoise, x, high)
        yield x, low.item()


def heun(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with Heun's method (EDM, Algorithm 1 without noise): second order.

    Two evaluations a step, but one for a step to 0, where the slope is not defined.
    """
    yield x, levels[0].item()
    for high, low in pairwise(levels):
        x = heun_step(denoise, x, high, low) if low > 0 else denoise(x, high)
        yield x, low.item()


def midpoint(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with the midpoint rule: second order, two evaluations a step, none at 0."""
    yield x, levels[0].item()
    for high, low in pairwise(levels):
        x = _midpoint_step(denoise, x, high, low)
        yield x, low.item()


def rk4(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with the classical Runge-Kutta method: fourth order, four evaluations a step.

    A step to 0, where the slope is not defined, is a midpoint step.
    """
    yield x, levels[0].item()
    for high, low in pairwise(levels):
        x = _rk4_step(denoise, x, high, low) if low > 0 else _midpoint_step(denoise, x, high, low)
        yield x, low.item()


def _midpoint_step(denoise: Denoise, x: Tensor, high: Tensor, low: Tensor) -> Tensor:
    middle = x + (low - high) / 2 * slope(denoise, x, high)
    return x + (low - high) * slope(denoise, middle, (high + low) / 2)


def _rk4_step(denoise: Denoise, x: Tensor, high: Tensor, low: Tensor) -> Tensor:
    h, middle = low - high, (high + low) / 2
    k1 = slope(denoise, x, high)
    k2 = slope(denoise, x + h / 2 * k1, middle)
    k3 = slope(denoise, x + h / 2 * k2, middle)
    k4 = slope(denoise, x + h * k3, low)
    return x + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6


def dpmpp_2m(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with DPM-Solver++(2M): second order, one evaluation a step.

    Lu et al. 2022 (arXiv 2211.01095), Algorithm 2, in lambda = -ln(sigma): exact but for a
    linear extrapolation of x0 from the last two evaluations. The last step, to 0, is first order.
    """
    yield x, levels[0].item()
    previous: tuple[Tensor, Tensor] | None = None  # x0 and h = lambda_low - lambda_high, before
    for high, low in pairwise(levels):
        pred_x0, h = denoise(x, high), (high / low).log()
        guess = pred_x0
        if previous is not None and low > 0:
            guess = pred_x0 + h / (2 * previous[1]) * (pred_x0 - previous[0])
        x = low / high * x + (1 - low / high) * guess
        previous = pred_x0, h
        yield x, low.item()


def consistency(
    f: Denoise, x: Tensor, process: Process, levels: Iterable[float], noises: Iterable[Tensor]
) -> States:
    """Jump to the data; then, for each further level, add noise and jump again.

    Song et al. 2023 (arXiv 2303.01469), Algorithm 1: one evaluation a step.

    Args:
        f: A consistency function.
        levels: Falling noise levels after the first jump; `noises`: one (B, 2) for each.
    """
    level = process.highest
    yield x, level
    for following, noise in zip(levels, noises, strict=True):
        x0 = f(x, x.new_tensor(level))
        x, level = process.renoised(x0, noise, following), following
        yield x, level
    yield f(x, x.new_tensor(level)), 0.0


def flow_map(jump: Jump, x: Tensor, levels: Tensor) -> States:
    """Jump from level to level with a network that is told both: one evaluation a step."""
    yield x, levels[0].item()
    for high, low in pairwise(levels):
        x = jump(x, high, low)
        yield x, low.item()


ODE_SAMPLERS = {
    "euler": euler,
    "heun": heun,
    "dpmpp_2m": dpmpp_2m,
    "unipc": unipc,
    "midpoint": midpoint,
    "rk4": rk4,
    "flow_euler": euler,
    "flow_midpoint": midpoint,
    "flow_rk4": rk4,
}


@torch.no_grad()
def last(states: States) -> Tensor:
    """Run a sampler to its end and return the last state, shape (B, 2)."""
    x, _ = next(states)
    for x, _ in states:  # noqa: B007
        pass
    return x
