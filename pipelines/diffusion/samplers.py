"""Samplers: generators over the states (x_t, level) of a batch on its way from noise to data.

The ODE samplers integrate dx/dlevel = (x - D(x, level)) / level through given falling levels, of
which the last may be 0; every state is yielded, the first included. A step is one interval of
levels, however many evaluations of the denoiser it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Denoise
from pipelines.diffusion.schedules import Process

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

    Lu et al. 2022 (arXiv 2211.01095), Algorithm 2, in lambda = -ln(sigma): x0 is taken as
    constant over a step, at its value in the middle, extrapolated from the last two evaluations.
    The last step, to 0, is first order.
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


class UniPCStep(NamedTuple):
    """A step of UniPC from `high` to `low`: where it began, and what is known of x0.

    Order 2, on x0 predictions, with B(h) = e^-h - 1, in lambda = -ln sigma (B2 of the paper).

    Attributes:
        x: The corrected state at `high`, (B, dim).
        pred_x0: The denoiser's value there.
        before: Its value one step before and that step's h; None: a step of order 1.
    """

    x: Tensor
    high: Tensor
    low: Tensor
    pred_x0: Tensor
    before: tuple[Tensor, Tensor] | None

    @property
    def h(self) -> Tensor:
        """The step in -ln sigma, half the logarithm of the signal-to-noise ratio."""
        return (self.high / self.low).log()

    def first_order(self) -> Tensor:
        """Return the state at `low` if x0 stayed as it is: DDIM."""
        ratio = self.low / self.high
        return ratio * self.x + (1 - ratio) * self.pred_x0

    def change(self) -> Tensor | float:
        """Return the difference of x0 over the step before, over the ratio of the steps."""
        if self.before is None:
            return 0.0
        earlier, h = self.before
        return (earlier - self.pred_x0) / (-h / self.h)

    def predicted(self) -> Tensor:
        """Return the state at `low` from the past alone (UniP)."""
        return self.first_order() + (1 - self.low / self.high) / 2 * self.change()

    def corrected(self, after: Tensor) -> Tensor:
        """Return the state at `low`, given x0 as seen from the predicted one (UniC)."""
        share_before, share_after = self._shares()
        step = share_before * self.change() + share_after * (after - self.pred_x0)
        return self.first_order() + (1 - self.low / self.high) * step

    def _shares(self) -> tuple[Tensor | float, Tensor | float]:
        """Return the weights of both differences, which make polynomials of x0 exact."""
        if self.before is None:
            return 0.0, 0.5
        ratio, h, full = -self.before[1] / self.h, self.h, self.low / self.high - 1
        second = -full / h - 1
        third = -second / h - 0.5
        share = (second - 2 * third) / full / (1 - ratio)
        return share, second / full - share


def unipc(denoise: Denoise, x: Tensor, levels: Tensor) -> States:
    """Integrate with UniPC (Zhao et al. 2023, arXiv 2302.04867): second order.

    One evaluation a step serves twice: it corrects the step before and predicts the next one.
    The first and last steps are first order. Yields the predicted states: the correction of a
    state is part of the next step.
    """
    yield x, levels[0].item()
    done: UniPCStep | None = None
    final = len(levels) - 2
    for i, (high, low) in enumerate(pairwise(levels)):
        pred_x0 = denoise(x, high)
        x = x if done is None else done.corrected(pred_x0)
        known = None if done is None or i == final else (done.pred_x0, done.h)
        done = UniPCStep(x, high, low, pred_x0, known)
        x = done.predicted()
        yield x, low.item()


def ddim(
    denoise: Denoise, x: Tensor, levels: Tensor, noises: Iterable[Tensor], eta: float
) -> States:
    """Remove more noise in a step than the ODE does and put some back, levels falling to 0.

    In sigma and x0 + sigma noise (states of DDPM divided by sqrt(abar)) one step is

        x_low = x0 + sqrt(low² - s²) (x_high - x0) / high + s noise
        s     = eta low sqrt(1 - low² / high²)

    eta = 1: ancestral sampling of DDPM (Ho et al. 2020, equation 7); eta = 0: DDIM, which is
    Euler's method on the ODE (Song et al. 2021, equations 12 and 16).

    Args:
        noises: One (B, dim) for each step but the last, which adds none.
    """
    yield x, levels[0].item()
    for (high, low), noise in zip(pairwise(levels), chain(noises, [x.new_zeros(())]), strict=True):
        pred_x0 = denoise(x, high)
        fresh = eta * low * (1 - (low / high) ** 2).sqrt()
        kept = (low**2 - fresh**2).sqrt()
        x = pred_x0 + kept / high * (x - pred_x0) + fresh * noise
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
ETAS = {"ddim": 0.0, "ddim_half": 0.5, "ddpm": 1.0}  # of the stochastic samplers


@torch.no_grad()
def last(states: States) -> Tensor:
    """Run a sampler to its end and return the last state, shape (B, 2)."""
    x, _ = next(states)
    for x, _ in states:  # noqa: B007
        pass
    return x
