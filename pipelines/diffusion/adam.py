"""Adam (Kingma & Ba 2014, arXiv 1412.6980) by torch's own fused kernel, without its optimiser.

`torch._fused_adam_` is private: another version of torch may call it otherwise. The version is
pinned, and a test compares the results with those of `torch.optim.Adam(fused=True)`, which calls
the same kernel: they are the same to the bit. That optimiser imports torch's compiler with sympy,
1.0 CPU-second of a training of ten, and sorts the weights anew at every step, a fiftieth of it
(2026-11-29). If a new torch breaks this file, `torch.optim.Adam` can take its place.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

EPS = 1e-8


class Adam:
    """The moments of weights, all of which take part in every loss."""

    def __init__(
        self, weights: Iterable[Tensor], lr: float, betas: tuple[float, float] = (0.9, 0.999)
    ) -> None:
        self.weights, self.lr, self.betas = list(weights), lr, betas
        self.mean = [torch.zeros_like(weight) for weight in self.weights]
        self.square = [torch.zeros_like(weight) for weight in self.weights]
        self.count = [torch.zeros((), device=weight.device) for weight in self.weights]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weight in self.weights:
            weight.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move the weights by their gradients.

        Raises:
            ValueError: A weight has no gradient.
        """
        slopes = [weight.grad for weight in self.weights if weight.grad is not None]
        if len(slopes) < len(self.weights):
            raise ValueError("a weight has no gradient: it takes no part in the loss")
        torch._foreach_add_(self.count, 1)
        torch._fused_adam_(
            self.weights, slopes, self.mean, self.square, [], self.count,
            lr=self.lr, beta1=self.betas[0], beta2=self.betas[1], weight_decay=0.0, eps=EPS,
            amsgrad=False, maximize=False,
        )  # fmt: skip
