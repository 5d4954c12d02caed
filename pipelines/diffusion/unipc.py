"""UniPC (Zhao et al. 2023, arXiv 2302.04867): a predictor whose corrector costs nothing.

Each evaluation serves twice: it corrects the step that led to it and predicts the next one. Here
order 2, on x0 predictions, with B(h) = e^-h - 1, in lambda = -ln sigma (B2 of the paper).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor

from pipelines.diffusion.denoisers import Denoise


class Step(NamedTuple):
    """A step from `high` to `low`: where it began, and what is known of x0.

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


def unipc(denoise: Denoise, x: Tensor, levels: Tensor) -> Iterator[tuple[Tensor, float]]:
    """Integrate in one evaluation a step: second order. The first and last steps are first order.

    Yields the predicted states: the correction of a state is part of the next step.
    """
    yield x, levels[0].item()
    done: Step | None = None
    final = len(levels) - 2
    for i, (high, low) in enumerate(pairwise(levels)):
        pred_x0 = denoise(x, high)
        x = x if done is None else done.corrected(pred_x0)
        known = None if done is None or i == final else (done.pred_x0, done.h)
        done = Step(x, high, low, pred_x0, known)
        x = done.predicted()
        yield x, low.item()
