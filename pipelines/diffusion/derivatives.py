"""Derivatives along a way: forward mode, which costs about one more evaluation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Function = Callable[..., Tensor]


def along(function: Function, point: tuple[Tensor, ...], way: tuple[Tensor, ...]) -> Tensor:
    """Return the derivative of `function` at `point` in the direction `way`; no gradient.

    Args:
        point: The arguments, each shaped (B, k). way: Their rates, in the same shapes.

    Returns:
        The total derivative, e.g. df/dt = (∂f/∂x) dx/dt + ∂f/∂t, shaped like the value.
    """
    rate: Tensor = torch.func.jvp(function, point, way)[1]
    return rate.detach()
